// Somebody in a Chromium: a browser context and a proxy of their own, so that they can be cut off alone. What their console
// says and what axe finds is kept until the story ends, and fails it.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import axe from "axe-core";
import { PATIENCE, within } from "./patience.mjs";
import { startProxy } from "./proxy.mjs";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What Chromium itself writes when a connection, or the script of a service worker, fails; no page can keep it from that. */
export const NETWORK =
  /net::ERR_|WebSocket connection to .* failed|Failed to load resource|^error: An unknown error occurred when fetching the script\.$/;

export const WIDE = { width: 1440, height: 1000 };
export const PHONE = { width: 390, height: 844 };

/**
 * Somebody with a session at a server under this name; without a name, somebody without a session. `options` are those of a
 * browser context; with a `mail` among them, they are who has the account of that address already.
 */
export async function arrive(browser, server, name, { mail, ...options } = {}) {
  const proxy = await startProxy(() => server.port);
  const context = await browser.newContext({
    baseURL: proxy.origin,
    viewport: WIDE,
    reducedMotion: "reduce",
    // Far from UTC, so that a local time that slips into the page shows.
    timezoneId: "Asia/Kolkata",
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  try {
    context.setDefaultTimeout(PATIENCE);
    const session = name && (await signIn(context, server, name, mail));
    return new Visitor({ name, person: session?.person, mail: session?.mail, proxy, context, page: await context.newPage() });
  } catch (error) {
    await context.close();
    await proxy.close();
    throw error;
  }
}

async function signIn(context, server, name, mail) {
  const session = await (mail ? server.signIn(mail) : server.session(name));
  const { cookie } = session;
  const [key, value] = cookie.split("=");
  await context.addCookies([{ name: key, value, domain: "127.0.0.1", path: "/", httpOnly: true, sameSite: "Lax" }]);
  return session;
}

class Visitor {
  #complaints = [];
  #allowed = [];
  #violations = [];
  #session;

  constructor({ name, person, mail, proxy, context, page }) {
    Object.assign(this, { name, person, mail, proxy, context, page });
    // Of every tab.
    context.on("console", (message) => this.#complain(`${message.type()}: ${message.text()}`));
    context.on("weberror", (failure) => this.#complain(failure.error().stack ?? String(failure.error())));
  }

  /** What stands in this console is expected in this story, such as the browser's own words on a refused connection. */
  allow(pattern) {
    this.#allowed.push(pattern);
  }

  /** What the console said that nobody expected, and what axe found. */
  complaints() {
    const found = [...new Set([...this.#complaints, ...this.#violations])];
    return found.map((complaint) => `${this.name ?? "the nameless visitor"} met: ${complaint}`);
  }

  /** Cuts the network off; `back` brings it back. */
  cutOff() {
    this.allow(NETWORK);
    this.proxy.cut();
  }

  /** Lets nothing through any more, with every connection left open; `back` lets it go on. */
  stall() {
    this.allow(NETWORK);
    this.proxy.stall();
  }

  back() {
    this.proxy.heal();
  }

  /** Looks for violations with axe on the page as it stands. The story goes on; they fail it when it ends. */
  async axe(what) {
    // One that ended would take a device with it that the page imitates.
    this.#session ??= await this.context.newCDPSession(this.page);
    // Through the debugger, since the page's policy rightly forbids to evaluate text.
    const asked = this.#session.send("Runtime.evaluate", {
      expression: `${axe.source}; (${violations})(${JSON.stringify(WCAG)})`,
      awaitPromise: true,
      returnByValue: true,
    });
    const { result, exceptionDetails } = await within(`axe on ${what}`, asked);
    assert.equal(exceptionDetails, undefined, `axe runs on ${what}`);
    this.#violations.push(...result.value.map((violation) => `${what}: ${violation}`));
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
    try {
      await this.context.close();
    } finally {
      await this.proxy.close();
    }
  }

  #complain(text) {
    if (!this.#allowed.some((pattern) => pattern.test(text))) this.#complaints.push(text);
  }
}

/** Runs in the page: what axe finds there, a line for each element. */
async function violations(rules) {
  // What the sticky quick line or an open menu covers for the moment is large enough once it is clear of it.
  const isInFront = ({ target }) => document.querySelector(target.at(-1))?.closest(".quick, .drop[open]");
  const isCovered = ({ id, data, relatedNodes }) =>
    id === "target-size" && data?.messageKey === "partiallyObscured" && relatedNodes.length > 0 && relatedNodes.every(isInFront);
  const found = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes
      .filter(({ any }) => !any.some(isCovered))
      .map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary.split("\n").slice(1).join(";")}`),
  );
}
