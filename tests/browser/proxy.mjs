// A TCP proxy in front of the server that cuts, refuses and stalls connections as networks do, and WebSockets alone as
// proxies of companies do.

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
  /** What becomes of a request for a WebSocket: it is carried, unless this answers otherwise. */
  #upgrade = () => "carried";
  /** How many WebSockets were asked for. */
  upgrades = 0;
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

  /** Answers requests for a WebSocket as a proxy does that knows none. */
  refuseUpgrades() {
    this.#upgrade = (near) => {
      near.end("HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      return "answered";
    };
  }

  /** Never answers requests for a WebSocket. */
  hangUpgrades() {
    this.#upgrade = () => "answered";
  }

  /** Ends each WebSocket with this code after the server's first frame. */
  endSockets(code) {
    this.#upgrade = () => code;
  }

  letUpgrades() {
    this.#upgrade = () => "carried";
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
    let isFirst = true;
    let fate = "carried";
    let greeting = Buffer.alloc(0);
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on("data", (bytes) => {
        if (isFirst) {
          isFirst = false;
          if (/^upgrade: websocket/im.test(bytes.toString("latin1"))) {
            this.upgrades++;
            fate = this.#upgrade(near);
          }
        }
        if (to.destroyed || fate === "answered") return;
        if (typeof fate === "number" && from === far) {
          greeting = Buffer.concat([greeting, bytes]);
          const end = endOfFirstFrame(greeting);
          if (end === undefined) return;
          near.end(Buffer.concat([greeting.subarray(0, end), Buffer.from([0x88, 2, fate >> 8, fate & 255])]));
          fate = "answered";
          far.destroy();
          return;
        }
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

/** Where the first frame behind the head of an answer ends, once it is there. */
function endOfFirstFrame(bytes) {
  const start = bytes.indexOf("\r\n\r\n") + 4;
  if (start < 4 || bytes.length < start + 10) return undefined;
  const short = bytes[start + 1] & 127;
  const [head, length] =
    short < 126 ? [2, short] : short === 126 ? [4, bytes.readUInt16BE(start + 2)] : [10, Number(bytes.readBigUInt64BE(start + 2))];
  const end = start + head + length;
  return bytes.length < end ? undefined : end;
}
