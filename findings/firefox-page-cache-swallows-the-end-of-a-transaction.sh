#!/usr/bin/env bash
# Firefox ESR 153.8.0 (Debian 12), driven by puppeteer-core 24.43.1 over WebDriver BiDi; Node 20; 2026-11-29.
#
# Most expect: every IndexedDB transaction ends with `complete` or `abort`. For one that a page begins and commits in
# `pagehide`, the event comes once the page is back from the page cache, or the page is not cached at all.
# Our bet before the run: `complete`, after `pageshow`.
# What happens: the page is cached and the row is stored, but neither event ever comes, not even once a later
# transaction on the same store is complete. What awaits the end of such a transaction (a queue of saves, say) waits
# for as long as the page lives.
# Seen: when a copy of a text was folded in `pagehide`. A page can know it by `event.persisted` of `pageshow`, and
# read again.
# Needs firefox-esr (or FIREFOX=PATH); without it: exit 2.
set -euo pipefail
firefox=${FIREFOX:-$(command -v firefox-esr || true)}
[ -x "$firefox" ] || { echo "Not tried: this needs Debian's firefox-esr."; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export TMPDIR=$folder
npm init -y >npm.log
npm install --ignore-scripts --no-audit --no-fund --save-exact puppeteer-core@24.43.1 >>npm.log

cat >story.mjs <<'JS'
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import puppeteer from "puppeteer-core";

/** The page: `write` adds a row in a transaction and notes how that ends, `rows` answers what is stored. */
const PAGE = `<!doctype html><title>Here</title><script>
  const events = [];
  const isOpen = new Promise((resolve) => {
    const opening = indexedDB.open("words", 1);
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
    (db.transaction("rows").objectStore("rows").getAll().onsuccess = ({ target }) => resolve(target.result.join(", "))));
  addEventListener("pageshow", ({ persisted }) => persisted && events.push("back from the page cache"));
</script>`;

const server = createServer((request, response) => {
  response.setHeader("content-type", "text/html");
  response.end(request.url === "/elsewhere" ? "<!doctype html><title>Elsewhere</title>" : PAGE);
}).listen(0, "127.0.0.1");
await once(server, "listening");
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.argv[2], args: ["--headless"] });
console.error(await browser.version());

/** Asks until the page says yes; one that is replaced while it is asked may never answer. */
async function until(page, question) {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = page.evaluate(question).catch(() => false);
    if (await Promise.race([answer, setTimeout(1_000, false)])) return;
    await setTimeout(50);
  }
  throw new Error(`never true: ${question}`);
}

/** A page of a store of its own. */
async function opened() {
  const page = await (await browser.createBrowserContext()).newPage();
  await page.goto(`${origin}/`);
  await page.evaluate("isOpen.then(() => {})");
  return page;
}

async function tell(page, name) {
  await page.evaluate("end(write('a later row'))");
  console.log(`${name}: ${await page.evaluate("events.join(', ')")}; stored: ${await page.evaluate("rows()")}`);
}

try {
  const stays = await opened();
  await stays.evaluate("void write('row')");
  await tell(stays, "written by a page that stays");
  const leaves = await opened();
  await leaves.evaluate("addEventListener('pagehide', () => write('row')); void setTimeout(() => location.assign('/elsewhere'))");
  await until(leaves, "document.title === 'Elsewhere'");
  await leaves.evaluate("void setTimeout(() => history.back())");
  await until(leaves, "document.title === 'Here' && events.length > 0");
  await tell(leaves, "written in pagehide");
} finally {
  await browser.close();
  server.close();
}
process.exit(0);
JS

cat >expected <<'TEXT'
written by a page that stays: row: complete; stored: row, a later row
written in pagehide: back from the page cache; stored: row, a later row
TEXT

timeout 120 node story.mjs "$firefox" | tee seen
diff expected seen || { echo "This is not what was seen on 2026-11-29."; exit 1; }
