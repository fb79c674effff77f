// A server that is replaced by its next release: a proxy over HTTP that gives every file of the client with a hash in its
// name another one, and the release another name, as a changed client would have.

import { createServer, request } from "node:http";
import { once } from "node:events";
import { connect } from "node:net";

/** Starts the proxy before a server; `upgrade` makes it serve the next release. */
export async function startReleases(server) {
  const releases = new Releases(server);
  await releases.listen();
  return releases;
}

class Releases {
  #server;
  #isNext = false;
  #sockets = new Set();
  #listener = createServer((near, answer) => this.#pass(near, answer));
  #turns = new Map();

  constructor(server) {
    this.#server = server;
    this.#listener.on("upgrade", (near, socket, head) => this.#tunnel(near, socket, head));
  }

  async listen() {
    const worker = await (await fetch(`${this.#server.origin}/worker.js`)).text();
    for (const [hash] of worker.matchAll(/(?<![0-9a-z])[0-9a-f]{16}(?![0-9a-z])/g)) {
      const turned = [...hash].reverse().join("");
      this.#turns.set(hash, turned).set(turned, hash);
    }
    this.#listener.listen(0, "127.0.0.1");
    await once(this.#listener, "listening");
    this.origin = `http://127.0.0.1:${this.#listener.address().port}`;
  }

  /** Serves the next release from now on, and cuts every connection as a restart does. */
  upgrade() {
    this.#isNext = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#listener.closeAllConnections();
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    this.#listener.closeAllConnections();
    this.#listener.close();
    await once(this.#listener, "close");
  }

  /** Every hash of the release turned around, so that the same turn leads back. */
  #turned(text) {
    return this.#isNext ? text.replace(/[0-9a-f]{16}/g, (hash) => this.#turns.get(hash) ?? hash) : text;
  }

  #pass(near, answer) {
    const isFile = !/^\/(api|p)\//.test(near.url);
    const path = isFile ? this.#turned(near.url) : near.url;
    const headers = { ...near.headers, "accept-encoding": "identity" };
    const far = request({ host: "127.0.0.1", port: this.#server.port, method: near.method, path, headers }, (given) => {
      const isText = isFile && /html|javascript/.test(given.headers["content-type"] ?? "");
      if (!isText) {
        answer.writeHead(given.statusCode, given.headers);
        given.pipe(answer);
        return;
      }
      const chunks = [];
      given.on("data", (chunk) => chunks.push(chunk));
      given.on("end", () => {
        const body = Buffer.from(this.#turned(Buffer.concat(chunks).toString()));
        const { etag: _, ...kept } = given.headers;
        answer.writeHead(given.statusCode, { ...kept, "content-length": body.length });
        answer.end(body);
      });
    });
    far.on("error", () => answer.destroy());
    near.pipe(far);
  }

  #tunnel(near, socket, head) {
    const far = connect({ host: "127.0.0.1", port: this.#server.port });
    const lines = near.rawHeaders.flatMap((text, index) => (index % 2 === 0 ? [`${text}: ${near.rawHeaders[index + 1]}`] : []));
    far.write(`${near.method} ${near.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    if (head.length > 0) far.write(head);
    for (const [from, to] of [[socket, far], [far, socket]]) {
      this.#sockets.add(from);
      from.on("error", () => {});
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
