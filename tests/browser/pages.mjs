// A server of a few pages that are known by their paths, for stories about a part of the client alone.

import { once } from "node:events";
import { createServer } from "node:http";

/** Starts it: `pages` has for each path the headers and the body; whatever else is asked for is empty. */
export async function servePages(pages) {
  const server = createServer((request, response) => {
    const page = pages[request.url];
    if (page) response.writeHead(200, page.headers).end(page.body);
    else response.writeHead(204).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** A page of HTML, and a script. */
export const html = (body, headers = {}) => ({ headers: { "content-type": "text/html", ...headers }, body });
export const script = (body) => ({ headers: { "content-type": "text/javascript" }, body });
