// What a stock peer is told when the server does not take what it sends, and when it sends too much at once.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { until } from "../browser/patience.mjs";
import { startProxy } from "../browser/proxy.mjs";
import { startServer } from "../browser/server.mjs";
import { openPeer } from "./peers.mjs";

let server;
let proxy;
let mara;
let postmortem;
/** What each test undoes at its end. */
const cleanups = [];
const peers = [];

before(async () => {
  server = await startServer();
  proxy = await startProxy(() => server.port);
  mara = await server.session("Mara");
  postmortem = await server.import("github-2018-10-21", mara.cookie);
});

after(async () => {
  await proxy?.close();
  await server?.close();
});

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function join(name, place = { proxy, postmortem, cookie: mara.cookie }) {
  const peer = openPeer({ name, ...place });
  peers.push(peer);
  peer.closes = [];
  peer.provider.on("connection-close", (event) => event && peer.closes.push([event.code, event.reason]));
  peer.provider.on("closed", (end) => (peer.end = end));
  await until(`${name} is synced`, () => peer.provider.synced);
  return peer;
}

const overview = (peer) => peer.doc.getMap("sections").get("overview");

test("the_first_refusal_is_named_to_a_stock_peer_and_ends_its_connection", async (context) => {
  const warned = context.mock.method(console, "warn", () => {});
  const refused = await join("refused");
  const bystander = await join("bystander");
  const [id] = refused.doc.getMap("timeline").keys();
  refused.doc.getMap("timeline").delete(id);
  await until("it is told for good", () => refused.end);

  assert.equal(refused.end.code, 4400);
  assert.match(refused.end.reason, /^lost_part: .*\.$/);
  assert.equal(refused.closes.length, 1, "at the first, and never again");
  const sentences = warned.mock.calls.map((call) => call.arguments.join(" "));
  assert.ok(
    sentences.some((sentence) => /Permission denied/.test(sentence) && sentence.includes(refused.end.reason)),
    `y-websocket tells its person as well: ${sentences}`,
  );

  overview(bystander).insert(0, "Still here. ");
  const watching = await join("watching");
  await until("the bystander works on", () => overview(watching).toString().startsWith("Still here. "));
  assert.ok(watching.doc.getMap("timeline").has(id), "what was refused is in nobody's document");
});

test("a_value_that_cannot_be_read_is_refused_as_the_shapes_say", async (context) => {
  context.mock.method(console, "warn", () => {});
  for (const [key, value, code] of [
    ["started_at", "yesterday", "foreign_value"],
    ["severity", 1, "foreign_value"],
    ["mood", "fine", "foreign_place"],
  ]) {
    const peer = await join(key);
    peer.doc.getMap("meta").set("title", `Before ${key}`);
    peer.doc.getMap("meta").set(key, value);
    await until("it is told for good", () => peer.end);
    assert.match(peer.end.reason, new RegExp(`^${code}: `), key);
    const body = await until("what was sent before it is kept", async () => {
      const shown = await server.show(postmortem);
      return shown.title === `Before ${key}` && shown;
    });
    assert.match(body.started_at, /^2018-10-21T/);
  }
});

test("a_message_that_is_too_large_is_named_to_a_stock_peer", async (context) => {
  const warned = context.mock.method(console, "warn", () => {});
  const pasting = await join("pasting");
  overview(pasting).insert(0, "x".repeat((1 << 20) + 1));
  await until("it is told", () => warned.mock.callCount() > 0 && pasting.closes.length > 0);
  assert.match(warned.mock.calls[0].arguments.join(" "), /too_large: .*1 MiB/);
  assert.equal(pasting.closes[0][0], 1009);
  assert.match(pasting.closes[0][1], /^too_large: /);
});

test("a_flood_of_a_stock_peer_is_put_off_and_all_of_it_is_saved", async () => {
  // Ten times as many at once, so that a server that reads what is typed in less than four minutes has to put it off.
  const small = await startServer(["--messages-per-second", "20"]);
  cleanups.push(() => small.close());
  const way = await startProxy(() => small.port);
  cleanups.push(() => way.close());
  const { cookie } = await small.session("Jonah");
  const copy = await small.import("github-2018-10-21", cookie);

  const LETTERS = 5_000;
  const typist = await join("typist", { proxy: way, postmortem: copy, cookie });
  const text = overview(typist);
  for (let count = 0; count < LETTERS; count += 1) text.insert(count, "x");
  await until("it is put off", () => typist.closes.length > 0);
  assert.equal(typist.closes[0][0], 4529);
  assert.match(typist.closes[0][1], /^too_often: More than 20 messages a second .*\.$/);
  assert.equal(typist.end, undefined, "it comes back by itself");

  const saved = async () => {
    return /^x*/.exec((await small.show(copy)).sections.overview)[0].length;
  };
  await until("it is back", () => typist.provider.synced);
  await until("everything typed is saved", async () => (await saved()) === LETTERS);
});
