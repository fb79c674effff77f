// The half of the benchmark that people feel, behind `cargo xtask bench page`: the release client in a real Chromium with
// a short, a long and a very long timeline. It judges nothing: figures depend on the machine, so it prints them and fails
// only when something did not happen. On a machine with few cores the browsers, the server and this script share them.

import { readFile } from "node:fs/promises";
import { launch } from "../browser/chromium.mjs";
import { until } from "../browser/patience.mjs";
import { entryById, saved, write } from "../browser/postmortem.mjs";
import { startServer } from "../browser/server.mjs";
import { arrive } from "../browser/visitor.mjs";
import { openPeer, texts } from "../interop/peers.mjs";

const SIZES = [19, 500, 5_000];
const KEYS = 120;
const KEY_MILLISECONDS = 60;
const CROWD = 30;
const SCROLLS = 120;

/** In the page before anything else: notes when the first entry is there, and measures what the stories ask for. */
function instruments() {
  window.bench = {
    async opened() {
      while (!document.querySelector("[data-entry]")) await new Promise(requestAnimationFrame);
      return bench.painted();
    },
    /** The time after the next picture. */
    painted: () =>
      new Promise((resume) =>
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resume(performance.timeOrigin + performance.now());
          port2.postMessage(0);
        }),
      ),
    /** Starts to note how long each picture takes: from its first callback to what follows it, and between two. */
    frames() {
      const times = { between: [], work: [] };
      let last;
      const frame = (now) => {
        if (bench.isOver) return;
        if (last !== undefined) times.between.push(now - last);
        last = now;
        const began = performance.now();
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => times.work.push(performance.now() - began);
        port2.postMessage(0);
        requestAnimationFrame(frame);
      };
      bench.isOver = false;
      bench.times = times;
      requestAnimationFrame(frame);
    },
    stop() {
      bench.isOver = true;
      return bench.times;
    },
    /** Notes each key and when the picture after it is there. */
    keys() {
      bench.pressed = [];
      bench.shown = [];
      if (bench.isListening) return;
      bench.isListening = true;
      addEventListener("keydown", (event) => {
        bench.pressed.push(performance.timeOrigin + event.timeStamp);
        bench.painted().then((time) => bench.shown.push(time));
      }, { capture: true });
    },
    /** Notes when each length of a text is on the screen. */
    watch(id) {
      bench.lengths = [];
      const row = document.querySelector(`[data-entry="${id}"] .what`);
      const note = () => {
        const { length } = row.textContent.match(/#*$|#+/)?.[0] ?? "";
        bench.painted().then((time) => bench.lengths.push([length, time]));
      };
      new MutationObserver(note).observe(row, { subtree: true, childList: true, characterData: true });
    },
  };
  bench.first = bench.opened();
}

function quantile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted.length === 0 ? NaN : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

const both = (values) => `${quantile(values, 0.5).toFixed(1)} / ${quantile(values, 0.95).toFixed(1)}`;

function incident(size) {
  const words = "Responders look at the graph of the replicas and see that the delay grows with the traffic of the morning";
  return {
    title: `${size} entries`,
    severity: "SEV-1",
    started_at: "2018-10-21T22:00:00Z",
    timeline: Array.from({ length: size }, (_, index) => ({
      at: new Date(Date.UTC(2018, 9, 21, 22, index * 2)).toISOString().replace(".000", ""),
      what: `${index}. ${words.slice(0, 30 + ((index * 37) % 75))}`,
      source_url: `https://graphs.example/${index}`,
    })),
  };
}

async function visit(name, id) {
  const visitor = await arrive(browser, server, name);
  await visitor.context.addInitScript(instruments);
  await visitor.page.goto(`/postmortems/${id}`);
  const opened = await visitor.page.evaluate(async () => (await bench.first) - performance.timeOrigin);
  await saved(visitor);
  return { visitor, page: visitor.page, opened };
}

/** Types a row of one letter, and how long each took to be seen here and there. */
async function typing(mara, jonah, entry) {
  const editor = await write(entryById(mara.visitor, entry));
  await editor.press("Control+End");
  await mara.page.keyboard.type(" ");
  await jonah.page.evaluate((id) => bench.watch(id), entry);
  await mara.page.evaluate(() => bench.keys());
  await mara.page.evaluate(() => bench.frames());
  for (let key = 0; key < KEYS; key += 1) {
    await mara.page.keyboard.press("#");
    await new Promise((resume) => setTimeout(resume, KEY_MILLISECONDS));
  }
  const frames = await mara.page.evaluate(() => bench.stop());
  const lengths = await until("the last letter is seen by the other", async () => {
    const seen = await jonah.page.evaluate(() => bench.lengths);
    return seen.some(([length]) => length >= KEYS) && seen;
  });
  const { pressed, shown } = await mara.page.evaluate(() => bench);
  const elsewhere = pressed.map((at, index) => {
    const seen = lengths.filter(([length]) => length > index).map(([, time]) => time);
    return Math.min(...seen) - at;
  });
  await mara.page.keyboard.press("Escape");
  return { here: pressed.map((at, index) => shown[index] - at), elsewhere, frames };
}

async function scrolling({ page }) {
  await page.mouse.move(600, 500);
  await page.evaluate(() => document.querySelector("#timeline").scrollIntoView());
  await page.evaluate(() => bench.frames());
  for (let step = 0; step < SCROLLS; step += 1) {
    await page.mouse.wheel(0, 240);
    await page.evaluate(() => bench.painted());
  }
  return page.evaluate(() => bench.stop());
}

/** Peers that each write in an entry of their own, until they are told to stop. */
async function crowd(id) {
  const { timeline } = await server.show(id);
  const { cookie } = await server.session("Crowd");
  const peers = Array.from({ length: CROWD }, (_, index) =>
    openPeer({ name: `peer ${index}`, proxy: { port: server.port }, postmortem: id, cookie }),
  );
  await until("the crowd is here", () => peers.every(({ doc }) => texts(doc).size > 0));
  const timers = peers.map(({ doc }, index) => {
    const text = texts(doc).get(`timeline/${timeline[(index * 3 + 1) % timeline.length].id}`);
    return setInterval(() => text.insert(text.length, "x"), 200);
  });
  return () => {
    timers.forEach(clearInterval);
    for (const peer of peers) peer.close();
  };
}

/** The memory of the largest tab, in MB, where the system tells it. */
async function memory() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = await Promise.all(
    processInfo.filter(({ type }) => type === "renderer").map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
      return Number(status.match(/VmRSS:\s+(\d+)/)?.[1] ?? 0) / 1024;
    }),
  );
  return Math.max(0, ...sizes);
}

async function measure(size) {
  const { cookie } = await server.session("Importer");
  const id = await server.import(incident(size), cookie);
  const { timeline } = await server.show(id);
  const mara = await visit("Mara Lindqvist", id);
  const jonah = await visit("Jonah Adeyemi", id);
  const quiet = await typing(mara, jonah, timeline[0].id);
  const tab = await memory();
  const scrolled = await scrolling(mara);
  await mara.page.evaluate(() => scrollTo(0, 0));
  const leave = await crowd(id);
  const busy = await typing(mara, jonah, timeline[2].id);
  leave();
  for (const { visitor } of [mara, jonah]) await visitor.close();
  return {
    "open, ms": mara.opened.toFixed(0),
    "open again, ms": jonah.opened.toFixed(0),
    "key to own picture, ms": both(quiet.here),
    "key to the other's picture, ms": both(quiet.elsewhere),
    [`  while ${CROWD} others type`]: both(busy.here),
    [`  while ${CROWD} others type, the other's`]: both(busy.elsewhere),
    "work of a picture while typing, ms": both(quiet.frames.work),
    "  between two, ms": both(quiet.frames.between),
    "work of a picture while scrolling, ms": both(scrolled.work),
    "  between two, ms ": both(scrolled.between),
    "memory of the tab, MB": tab.toFixed(0),
  };
}

const [server, browser] = await Promise.all([startServer(), launch()]);
try {
  const columns = [];
  for (const size of SIZES) {
    columns.push(await measure(size));
    console.error(`measured ${size} entries`);
  }
  const width = 38;
  console.log(["", ...SIZES.map((size) => `${size} entries`)].map((cell, index) => cell.padEnd(index ? 18 : width)).join(""));
  for (const name of Object.keys(columns[0])) {
    console.log([name, ...columns.map((column) => column[name])].map((cell, index) => cell.padEnd(index ? 18 : width)).join(""));
  }
  console.log("pairs are p50 / p95");
} finally {
  await browser.close();
  await server.close();
}
