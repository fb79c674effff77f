#!/usr/bin/env bash
# y-websocket 3.1.0 with yjs 13.6.33, lib0 0.2.120, y-protocols 1.0.7, ws 8.23.0; Node 20; 2026-11-29.
#
# Most expect: after a time offline a provider sends its own earlier state first (the step 2 that answers the server's
# step 1), and what is typed meanwhile behind it, so that updates of an honest client never build on what the server
# lacks.
# Our bet before the run: step 1, step 2, update.
# What happens: a provider counts as connected from the moment the socket is open, and sends each edit from then on as
# an update at once. One made there overtakes the offline edits: its clocks begin past what the server has, so the
# server must hold it back (yjs: pendingStructs) until step 2 fills the gap. In the event that says connected it
# overtakes even step 1; afterwards it does for as long as the server's step 1 is not there, say because the server
# reads a database first. A server that refuses updates with a gap refuses honest people.
# Seen: in the order of an unchanged client's frames at a server of ours. Source: src/y-websocket.js of the package:
# `onopen` sets `wsconnected` before step 1 is sent, and `broadcastMessage` asks for `wsconnected` and not for
# `synced`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --ignore-scripts --no-audit --no-fund --save-exact \
  y-websocket@3.1.0 yjs@13.6.33 lib0@0.2.120 y-protocols@1.0.7 ws@8.23.0 >>npm.log

cat >story.mjs <<'JS'
import { once } from "node:events";
import { createRequire } from "node:module";
import { createDecoder, readVarUint, readVarUint8Array } from "lib0/decoding";
import { createEncoder, toUint8Array, writeVarUint } from "lib0/encoding";
import { readSyncStep1, writeSyncStep1 } from "y-protocols/sync";
import { WebSocket, WebSocketServer } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const SYNC = 0;
const [STEP_1, STEP_2, UPDATE] = [0, 1, 2];
const theirs = new Y.Doc();
const told = [];
/** Whether the server sends its step 1 as the socket opens, or has something to read first: here until it hears an update. */
let greetsAtOnce = true;

/** A frame of the sync protocol to this socket. */
function send(socket, write) {
  const encoder = createEncoder();
  writeVarUint(encoder, SYNC);
  write(encoder);
  socket.send(toUint8Array(encoder));
}

/** What clocks an update spans, beside those that the server has. */
function clocks(update) {
  const had = Y.getState(theirs.store, ours.clientID);
  const from = Y.parseUpdateMeta(update).from.get(ours.clientID);
  if (from === undefined) return "nothing new";
  return `begins at clock ${from}, the server has ${had}${from > had ? `: a gap of ${from - had}` : ""}`;
}

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
await once(server, "listening");
server.on("connection", (socket) => {
  const greet = () => send(socket, (encoder) => writeSyncStep1(encoder, theirs));
  if (greetsAtOnce) greet();
  socket.on("message", (bytes) => {
    const decoder = createDecoder(new Uint8Array(bytes));
    if (readVarUint(decoder) !== SYNC) return;
    const kind = readVarUint(decoder);
    if (kind === STEP_1) {
      told.push("step 1");
      send(socket, (encoder) => readSyncStep1(decoder, encoder, theirs));
      return;
    }
    const update = readVarUint8Array(decoder);
    const spans = clocks(update);
    Y.applyUpdate(theirs, update);
    const waits = theirs.store.pendingStructs ? ", held back" : "";
    told.push(`${{ [STEP_2]: "step 2", [UPDATE]: "update" }[kind]}: ${spans}${waits}; the text is now "${theirs.getText("t")}"`);
    theirs.emit("heard", []);
    if (!greetsAtOnce && kind === UPDATE) greet();
  });
});

/** Resolves once the server has this text. */
const has = (text) =>
  new Promise((resolve) => {
    const look = () => theirs.getText("t").toString() === text && resolve();
    theirs.on("heard", look);
    look();
  });

const ours = new Y.Doc();
const text = ours.getText("t");
const provider = new WebsocketProvider(`ws://127.0.0.1:${server.address().port}`, "room", ours, {
  WebSocketPolyfill: WebSocket,
  disableBc: true,
});
const append = (words) => text.insert(text.length, words);
/** Resolves with what the work gives that is done in the event that tells of this status. */
const status = (wanted, work = () => {}) =>
  new Promise((resolve) => {
    const look = ({ status }) => status === wanted && (provider.off("status", look), resolve(work()));
    provider.on("status", look);
  });

/** Goes, writes one word, comes back and writes another one there. */
async function comeBack(offline, writeAtOnce, online) {
  const away = status("disconnected");
  provider.disconnect();
  await away;
  append(offline);
  const before = text.toString();
  const write = () => append(online);
  const back = status("connected", writeAtOnce ? write : () => setTimeout(write));
  provider.connect();
  await back;
  await has(before + online);
}

await new Promise((resolve) => provider.once("sync", resolve));
append("one ");
await has("one ");
told.length = 0;
told.push("-- back after a time offline, a word typed in the event that says connected; the server greets at once");
await comeBack("two ", true, "three ");
greetsAtOnce = false;
told.push("-- the same, a word typed a turn after that event; the server greets a little later");
await comeBack("four ", false, "five ");
console.log(told.join("\n"));
provider.destroy();
for (const socket of server.clients) socket.terminate();
server.close();
process.exit(0);
JS

cat >expected <<'TEXT'
-- back after a time offline, a word typed in the event that says connected; the server greets at once
update: begins at clock 8, the server has 4: a gap of 4, held back; the text is now "one "
step 1
step 2: begins at clock 4, the server has 4; the text is now "one two three "
-- the same, a word typed a turn after that event; the server greets a little later
step 1
update: begins at clock 19, the server has 14: a gap of 5, held back; the text is now "one two three "
step 2: begins at clock 14, the server has 14; the text is now "one two three four five "
TEXT

timeout 60 node story.mjs | tee seen
diff expected seen || { echo "This is not what was seen on 2026-11-29."; exit 1; }
