#!/usr/bin/env bash
# WebKitGTK 2.50.6 (Debian 12: webkit2gtk-driver, and MiniBrowser of libwebkit2gtk-4.1-0), xvfb-run; Node 20;
# 2026-11-29.
#
# Most expect: `complete` means that an IndexedDB transaction is stored. For one that a page begins and commits in
# `pagehide`, either it is stored, or `abort` comes once the page is back from the page cache.
# Our bet before the run: `abort`, after `pageshow`.
# What happens: the row is not there, neither while the page is away nor after, and `complete` comes all the same. The
# row that the page writes next is stored. What counts a text as saved at `complete` has then lost it without a sign.
# Seen: when a copy of a text was folded in `pagehide`. A page that comes back (`event.persisted` of `pageshow`) has
# to read again.
# Needs those Debian packages; without them: exit 2. No package of a registry takes part.
set -euo pipefail
shopt -s nullglob
browsers=(/usr/lib/*-linux-gnu/webkit2gtk-4.*/MiniBrowser)
command -v WebKitWebDriver >/dev/null && command -v xvfb-run >/dev/null && [ ${#browsers[@]} -gt 0 ] || {
  echo "Not tried: this needs Debian's webkit2gtk-driver, xvfb and a MiniBrowser."
  exit 2
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export TMPDIR=$folder

cat >story.mjs <<'JS'
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";

/** The page: `write` adds a row in a transaction and notes how that ends, `rows` answers what is stored. */
const PAGE = `<!doctype html><title>Here</title><script>
  const events = [];
  const begin = (name) => new Promise((resolve) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("rows", { autoIncrement: true });
    opening.onsuccess = () => resolve((window.db = opening.result));
  });
  function write(word) {
    const transaction = db.transaction("rows", "readwrite");
    transaction.oncomplete = () => events.push(word + ": complete");
    transaction.onabort = () => events.push(word + ": abort");
    transaction.objectStore("rows").add(word);
    transaction.commit();
    return transaction;
  }
  const end = (transaction) => new Promise((resolve) => (transaction.oncomplete = transaction.onabort = resolve));
  const rows = () => new Promise((resolve) =>
    (db.transaction("rows").objectStore("rows").getAll().onsuccess = ({ target }) => resolve(target.result.join(", ") || "nothing")));
  addEventListener("pageshow", ({ persisted }) => persisted && events.push("back from the page cache"));
</script>`;

const server = createServer((request, response) => {
  response.setHeader("content-type", "text/html");
  response.end(request.url === "/elsewhere" ? PAGE.replace("Here", "Elsewhere") : PAGE);
}).listen(0, "127.0.0.1");
await once(server, "listening");
const origin = `http://127.0.0.1:${server.address().port}`;

const free = createServer().listen(0, "127.0.0.1");
await once(free, "listening");
const { port } = free.address();
free.close();
await once(free, "close");
// In a group of its own, since the script that brings the screen along is not the driver.
const child = spawn("xvfb-run", ["-a", "WebKitWebDriver", `--port=${port}`], { stdio: "ignore", detached: true });
process.once("exit", () => process.kill(-child.pid, "SIGTERM"));
process.once("SIGTERM", () => process.exit(1));

async function driver(method, path, body) {
  const options = { method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(10_000) };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, options);
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
  return value;
}

/** Asks until the answer is yes. */
async function until(ask) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await ask().catch(() => false)) return;
    await setTimeout(50);
  }
  throw new Error(`never true: ${ask}`);
}

await until(async () => (await driver("GET", "/status")).ready);
const alwaysMatch = { "webkitgtk:browserOptions": { binary: process.argv[2], args: ["--automation"] } };
const { sessionId, capabilities } = await driver("POST", "/session", { capabilities: { alwaysMatch } });
console.error(capabilities.browserName, capabilities.browserVersion);
const session = (method, path, body) => driver(method, `/session/${sessionId}${path}`, body);
const evaluate = (work) =>
  session("POST", "/execute/async", { script: `const done = arguments[0]; Promise.resolve(${work}).then(done)`, args: [] });
// The driver is asked and not the page: one that is replaced while a script runs in it may never answer.
const shown = (title) => until(async () => (await session("GET", "/title")) === title);
const open = async (store) => {
  await session("POST", "/url", { url: `${origin}/` });
  await evaluate(`begin("${store}").then(() => true)`);
};
const tell = async (name) => {
  await evaluate("end(write('a later row')).then(() => true)");
  console.log(`${name}: ${await evaluate("events.join(', ')")}; stored: ${await evaluate("rows()")}`);
};

await open("stays");
await evaluate("void write('row')");
await tell("written by a page that stays");

await open("leaves");
await evaluate("addEventListener('pagehide', () => write('row')), void setTimeout(() => location.assign('/elsewhere'))");
await shown("Elsewhere");
await evaluate("begin('leaves').then(() => true)");
console.log(`written in pagehide, looked for by the next page: stored: ${await evaluate("rows()")}`);
await evaluate("void setTimeout(() => history.back())");
await shown("Here");
await until(() => evaluate("events.length > 0"));
await tell("written in pagehide, once the page is back");
await session("DELETE", "");
process.exit(0);
JS

cat >expected <<'TEXT'
written by a page that stays: row: complete; stored: row, a later row
written in pagehide, looked for by the next page: stored: nothing
written in pagehide, once the page is back: back from the page cache, row: complete; stored: a later row
TEXT

timeout 120 node story.mjs "${browsers[0]}" | tee seen
diff expected seen || { echo "This is not what was seen on 2026-11-29."; exit 1; }
