#!/usr/bin/env bash
# puppeteer-core 24.43.1 over WebDriver BiDi with Firefox ESR 153.8.0 (Debian 12); Node 20; 2026-11-29.
#
# Most expect: `page.goBack()` resolves once the page before is shown, and the next `page.goto()` works as any other.
# Our bet before the run: both resolve; at worst `goBack()` does not and `goto()` is fine.
# What happens, when the page comes back from Firefox's page cache: it is shown, but `goBack()` waits until its limit,
# and `page.url()` goes on naming the page that was left. The next `goto()` waits until its limit as well, though its
# page is there by then; the one after that is fine. With `history.back()` by the page itself nothing waits but that
# `goto()`, far from what led to it. A page that may not be cached (`cache-control: no-store`) shows none of this.
# Seen: in a test of ours that left a page, came back and opened another. Our way around: a new page after each
# return.
# Source: the protocol tells of no such return (w3c/webdriver-bidi, issue 661 and pull request 109), and puppeteer
# turns the cache off in Chromium for that reason (puppeteer/puppeteer, pull request 8196), not in Firefox. Of the
# `goto()` afterwards neither speaks.
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

/** How long a navigation may take, in milliseconds: many times what one takes here. */
const LIMIT = { timeout: 8_000 };

let isCached = true;
const server = createServer((request, response) => {
  response.setHeader("content-type", "text/html");
  if (!isCached) response.setHeader("cache-control", "no-store");
  response.end(`<!doctype html><title>${request.url}</title>`);
}).listen(0, "127.0.0.1");
await once(server, "listening");
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.argv[2], args: ["--headless"] });
console.error(await browser.version());

async function told(page, name, work) {
  const end = await work.then(() => "resolves", (error) => error.name);
  console.log(`${name}: ${end}; shown: ${await page.title()}, page.url(): ${page.url().replace(origin, "")}`);
}

async function title(page, wanted) {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await page.title().catch(() => "")) === wanted) return;
    await setTimeout(50);
  }
  throw new Error(`${wanted} is never shown`);
}

async function story(name, back) {
  console.log(`-- ${name}`);
  const page = await browser.newPage();
  await told(page, "goto /a", page.goto(`${origin}/a`, LIMIT));
  await told(page, "goto /b", page.goto(`${origin}/b`, LIMIT));
  await back(page);
  await told(page, "goto /c", page.goto(`${origin}/c`, LIMIT));
  await told(page, "goto /d", page.goto(`${origin}/d`, LIMIT));
  await page.close();
}

const goBack = (page) => told(page, "goBack", page.goBack(LIMIT));

try {
  await story("back by goBack(), from the page cache", goBack);
  await story("back by history.back(), from the page cache", async (page) => {
    await page.evaluate("void setTimeout(() => history.back())");
    await title(page, "/a");
  });
  isCached = false;
  await story("back by goBack(), without the page cache", goBack);
} finally {
  await browser.close();
  server.close();
}
process.exit(0);
JS

cat >expected <<'TEXT'
-- back by goBack(), from the page cache
goto /a: resolves; shown: /a, page.url(): /a
goto /b: resolves; shown: /b, page.url(): /b
goBack: TimeoutError; shown: /a, page.url(): /b
goto /c: TimeoutError; shown: /c, page.url(): /c
goto /d: resolves; shown: /d, page.url(): /d
-- back by history.back(), from the page cache
goto /a: resolves; shown: /a, page.url(): /a
goto /b: resolves; shown: /b, page.url(): /b
goto /c: TimeoutError; shown: /c, page.url(): /c
goto /d: resolves; shown: /d, page.url(): /d
-- back by goBack(), without the page cache
goto /a: resolves; shown: /a, page.url(): /a
goto /b: resolves; shown: /b, page.url(): /b
goBack: resolves; shown: /a, page.url(): /a
goto /c: resolves; shown: /c, page.url(): /c
goto /d: resolves; shown: /d, page.url(): /d
TEXT

timeout 120 node story.mjs "$firefox" | tee seen
diff expected seen || { echo "This is not what was seen on 2026-11-29."; exit 1; }
