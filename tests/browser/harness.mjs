// Named people in a real Chromium before a real server. Each visitor has a browser context and a proxy of their own, so
// that one can be cut off alone, and nothing may be in anybody's console when a story ends.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import axe from "axe-core";
import { launch } from "./chromium.mjs";
import { startProxy } from "./proxy.mjs";
import { PATIENCE, startServer, until } from "./server.mjs";

export { example, until } from "./server.mjs";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What Chromium itself writes when a connection, or the script of a service worker, fails; no page can keep it from that. */
const NETWORK =
  /net::ERR_|WebSocket connection to .* failed|Failed to load resource|^error: An unknown error occurred when fetching the script\.$/;

export const WIDE = { width: 1440, height: 1000 };
export const PHONE = { width: 390, height: 844 };

/** A server, with more on its command line, and a browser; `close` takes both away. */
export async function openHouse(options = []) {
  const [server, browser] = await Promise.all([startServer(options), launch()]);
  return new House(server, browser);
}

class House {
  #visitors = [];

  constructor(server, browser) {
    this.server = server;
    this.browser = browser;
  }

  /**
   * Somebody with a session under this name; without a name, somebody without a session.
   * `options` are those of a browser context.
   */
  async visitor(name, options = {}) {
    const proxy = await startProxy(() => this.server.port);
    const context = await this.browser.newContext({
      baseURL: proxy.origin,
      viewport: WIDE,
      reducedMotion: "reduce",
      // Far from UTC, so that a local time that slips into the page shows.
      timezoneId: "Asia/Kolkata",
      permissions: ["clipboard-read", "clipboard-write"],
      ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    let person;
    if (name) {
      const session = await this.server.session(name);
      person = session.person;
      const [key, value] = session.cookie.split("=");
      await context.addCookies([{ name: key, value, domain: "127.0.0.1", path: "/", httpOnly: true, sameSite: "Lax" }]);
    }
    const visitor = new Visitor({ name, person, proxy, context, page: await context.newPage() });
    this.#visitors.push(visitor);
    return visitor;
  }

  /** Closes everybody's browser; fails when something is in a console or axe found something. */
  async sendHome() {
    const visitors = this.#visitors.splice(0);
    for (const visitor of visitors) await visitor.close();
    for (const visitor of visitors) visitor.assertQuiet();
  }

  async close() {
    try {
      // A story that failed on its way has sent nobody home, and their proxies would keep the process.
      for (const visitor of this.#visitors.splice(0)) await visitor.close();
      await this.browser.close();
    } finally {
      await this.server.remove();
    }
  }
}

/** What is awaited, or a failure by name: a page that hangs would otherwise hold its whole file up. */
async function within(what, awaited) {
  const hangs = new AbortController();
  const limit = setTimeout(PATIENCE, undefined, { signal: hangs.signal }).then(() => {
    throw new Error(`this took longer than ${PATIENCE} ms: ${what}`);
  });
  try {
    return await Promise.race([awaited, limit]);
  } finally {
    hangs.abort();
  }
}

class Visitor {
  #complaints = [];
  #allowed = [];
  #violations = [];

  constructor({ name, person, proxy, context, page }) {
    Object.assign(this, { name, person, proxy, context, page });
    page.on("console", (message) => this.#complain(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.#complain(error.stack ?? String(error)));
  }

  /** What stands in this console is expected in this story, such as the browser's own words on a refused connection. */
  allow(pattern) {
    this.#allowed.push(pattern);
  }

  assertQuiet() {
    const found = [...new Set([...this.#complaints, ...this.#violations])];
    if (found.length > 0) assert.fail(`${this.name ?? "the nameless visitor"} met:\n${found.join("\n")}`);
  }

  /** Cuts the network off; `back` brings it back. */
  cutOff() {
    this.allow(NETWORK);
    this.proxy.cut();
  }

  back() {
    this.proxy.heal();
  }

  /** Looks for violations with axe on the page as it stands. The story goes on; they fail it when it ends. */
  async axe(what) {
    const session = await this.context.newCDPSession(this.page);
    // Through the debugger, since the page's policy rightly forbids to evaluate text.
    const asked = session.send("Runtime.evaluate", {
      expression: `${axe.source}; axe.run({ runOnly: ${JSON.stringify(WCAG)} }).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
          id + " at " + target.join(" ") + ": " + failureSummary.split("\\n").slice(1).join(";"))))`,
      awaitPromise: true,
      returnByValue: true,
    });
    const { result, exceptionDetails } = await within(`axe on ${what}`, asked);
    await session.detach();
    assert.equal(exceptionDetails, undefined, `axe runs on ${what}`);
    // What the sticky quick line covers for the moment is large enough once it is scrolled clear of it.
    const violations = result.value.filter((violation) => !/^target-size.*partially obscured/.test(violation));
    this.#violations.push(...violations.map((violation) => `${what}: ${violation}`));
  }

  /** A picture of the page in the folder that `SCREENSHOTS` names; nothing without it. */
  async shoot(name, options = {}) {
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`), ...options });
  }

  /** Looks at a state of the page: axe and a picture. */
  async look(name, options) {
    await this.shoot(name, options);
    await this.axe(name);
  }

  async close() {
    await this.context.close();
    await this.proxy.close();
  }

  #complain(text) {
    if (!this.#allowed.some((pattern) => pattern.test(text))) this.#complaints.push(text);
  }
}
