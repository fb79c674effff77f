// A TCP proxy in front of the server that cuts, refuses and stalls connections as networks do.

import { once } from "node:events";
import { connect, createServer } from "node:net";

/** Starts a proxy to whatever port `target()` names at the time. */
export async function startProxy(target) {
  const proxy = new Proxy(target);
  await proxy.listen();
  return proxy;
}

class Proxy {
  #target;
  #pairs = new Set();
  #mode = "open";
  #listener = createServer((near) => this.#accept(near));

  constructor(target) {
    this.#target = target;
  }

  async listen() {
    this.#listener.listen(0, "127.0.0.1");
    await once(this.#listener, "listening");
    this.port = this.#listener.address().port;
    this.origin = `http://127.0.0.1:${this.port}`;
  }

  /** Ends every connection and refuses new ones. */
  cut() {
    this.#mode = "refusing";
    this.#endAll();
  }

  /** Leaves every connection open and carries nothing any more, in either direction: half-open. */
  stall() {
    this.#mode = "stalled";
    for (const { near, far } of this.#pairs) {
      near.pause();
      far.pause();
    }
  }

  /** Carries again; what was stalled goes on with what it held back. */
  heal() {
    this.#mode = "open";
    for (const { near, far } of this.#pairs) {
      near.resume();
      far.resume();
    }
  }

  async close() {
    this.#mode = "refusing";
    this.#endAll();
    this.#listener.close();
    await once(this.#listener, "close");
  }

  #endAll() {
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  #accept(near) {
    near.on("error", () => {});
    if (this.#mode === "refusing") {
      near.destroy();
      return;
    }
    const far = connect({ host: "127.0.0.1", port: this.#target(), noDelay: true });
    const pair = { near, far };
    near.setNoDelay(true);
    this.#pairs.add(pair);
    far.on("error", () => {});
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on("data", (bytes) => {
        if (to.destroyed) return;
        if (!to.write(bytes)) {
          from.pause();
          to.once("drain", () => this.#mode === "open" && from.resume());
        }
      });
      from.on("close", () => {
        this.#pairs.delete(pair);
        to.destroySoon();
      });
    }
    if (this.#mode === "stalled") {
      near.pause();
      far.pause();
    }
  }
}
