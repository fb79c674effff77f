// The engines that Debrief is tried in beside the harness' Chromium, behind the few calls that a story about them needs:
// Chromium by Playwright, Firefox by WebDriver BiDi, WebKitGTK by WebDriver over plain fetch. One that is not on this
// machine is said to be missing, and by name.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import puppeteer from "puppeteer-core";
import { launch } from "./chromium.mjs";
import { until, within } from "./patience.mjs";

/** Where Debian puts WebKitGTK's own small browser. */
const MINI_BROWSERS = ["x86_64", "aarch64"].flatMap((machine) =>
  ["4.1", "4.0", "6.0"].map((version) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${version}/MiniBrowser`),
);

/** How long a page may take to answer before it is looked at again, in milliseconds. */
const ANSWER = 5_000;

/**
 * Each engine: `start` answers a browser, `missing` what this machine lacks for it. A page that may be replaced while it is
 * asked is asked by `look`, again and again; any other by `evaluate`, which takes its time.
 */
export const ENGINES = [
  { name: "Chromium", missing: () => undefined, start: startChromium },
  {
    name: "Firefox",
    missing: () => (firefox() ? undefined : "firefox-esr"),
    start: startFirefox,
  },
  {
    name: "WebKitGTK",
    missing: () => ["WebKitWebDriver", "xvfb-run"].find((program) => !onPath(program)) ?? (miniBrowser() ? undefined : "MiniBrowser"),
    start: startWebKit,
  },
];

const firefox = () => process.env.FIREFOX ?? onPath("firefox-esr") ?? onPath("firefox");
const miniBrowser = () => MINI_BROWSERS.find(existsSync);

function onPath(program) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find(existsSync);
}

/** A script that calls a function with these values. */
const call = (work, values) => `(${work})(...${JSON.stringify(values)})`;

/** What a page answers; one that is replaced while it is asked never does, over WebDriver BiDi. */
const answered = (asked) => within("the page answers", asked, ANSWER);

async function startChromium() {
  const browser = await launch();
  const context = await browser.newContext();
  return {
    version: browser.version(),
    async page() {
      const page = await context.newPage();
      return {
        goto: (url) => page.goto(url),
        evaluate: (work, ...values) => page.evaluate(call(work, values)),
        look: (work) => page.evaluate(call(work, [])),
        type: (words) => page.keyboard.type(words),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}

async function startFirefox() {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: firefox(), args: ["--headless"] });
  return {
    version: (await browser.version()).replace(/^.*\//, ""),
    async page() {
      const page = await browser.newPage();
      return {
        goto: (url) => page.goto(url),
        evaluate: (work, ...values) => page.evaluate(call(work, values)),
        look: (work) => answered(page.evaluate(call(work, []))),
        type: (words) => page.keyboard.type(words),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}

async function startWebKit() {
  const port = await freePort();
  // In a group of its own, since the script that brings the screen along is not the driver.
  const child = spawn("xvfb-run", ["-a", "WebKitWebDriver", `--port=${port}`], { stdio: "ignore", detached: true });
  const origin = `http://127.0.0.1:${port}`;
  const driver = async (method, path, body) => {
    const answer = await fetch(`${origin}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
  await until("WebKit's driver answers", async () => (await driver("GET", "/status")).ready);
  const { sessionId, capabilities } = await driver("POST", "/session", {
    capabilities: {
      alwaysMatch: { "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] } },
    },
  });
  const session = (method, path, body) => driver(method, `/session/${sessionId}${path}`, body);
  const first = await session("GET", "/window");
  let last = Promise.resolve();
  /** A driver has one window that commands go to: they take turns. */
  const inTurn = (work) => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  return {
    version: capabilities.browserVersion,
    async page() {
      // From a window that is there: the one before may have been closed.
      const { handle } = await inTurn(async () => {
        await session("POST", "/window", { handle: first });
        return session("POST", "/window/new", { type: "tab" });
      });
      const here = (method, path, body) =>
        inTurn(async () => {
          await session("POST", "/window", { handle });
          return session(method, path, body);
        });
      const evaluate = async (work, ...values) => {
        const script = `const done = arguments[0];
          (async () => ${call(work, values)})()
            .then((value) => done({ value }), (error) => done({ error: String(error?.stack ?? error) }));`;
        const { value, error } = await here("POST", "/execute/async", { script, args: [] });
        if (error) throw new Error(error);
        return value;
      };
      return {
        goto: (url) => here("POST", "/url", { url }),
        evaluate,
        look: evaluate,
        async type(words) {
          const keys = [...words].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
          await here("POST", "/actions", { actions: [{ type: "key", id: "keys", actions: keys }] });
        },
        close: () => here("DELETE", "/window"),
      };
    },
    async close() {
      await session("DELETE", "").catch(() => {});
      process.kill(-child.pid, "SIGTERM");
      await once(child, "exit");
    },
  };
}

async function freePort() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  listener.close();
  await once(listener, "close");
  return port;
}
