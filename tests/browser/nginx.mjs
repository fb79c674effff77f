// A real nginx in front of a server, with the configuration that docs/self-hosting.md shows. Only the addresses are put in
// their places, and TLS is left out: a browser takes loopback for safe without it. `tests/server/proxies.rs` goes through
// it with TLS.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { until } from "./patience.mjs";
import { startServer } from "./server.mjs";

/** Debian keeps servers where only root looks for programs. */
const FOLDERS = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** The program, or nothing where it is not installed. */
export function nginx() {
  return FOLDERS.map((folder) => join(folder, "nginx")).find((file) => existsSync(file));
}

/** A port that nobody has. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a server and nginx in front of it, under one address: the `origin` of both. */
export async function startBehindNginx(opened) {
  for (;;) {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const server = await opened(startServer(["--public-url", origin]));
    const proxy = await startNginx(port, server.port);
    if (proxy) {
      await opened(proxy);
      return { server, origin };
    }
  }
}

/** Starts it on a port in front of another; `close` ends it. Nothing where somebody else has taken the port meanwhile. */
async function startNginx(port, serverPort) {
  const page = await readFile(new URL("../../docs/self-hosting.md", import.meta.url), "utf8");
  let [, documented] = page.match(/```nginx\n([^]*?)```/);
  const put = (shown, tried) => {
    assert.ok(documented.includes(shown), `the documentation no longer shows ${shown}`);
    documented = documented.replaceAll(shown, tried);
  };
  put("http://127.0.0.1:8080", `http://127.0.0.1:${serverPort}`);
  put("listen 443 ssl;", `listen 127.0.0.1:${port};`);
  put("listen 80;", "listen 127.0.0.1:0;");
  documented = documented.replace(/^.*ssl_certificate.*$/gm, "").replace(/^server \{\n *listen 127.0.0.1:0;[^]*?^\}\n/m, "");

  const folder = await mkdtemp(join(tmpdir(), "debrief-nginx-"));
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const file = join(folder, "configuration");
  await writeFile(
    file,
    `daemon off;\nmaster_process off;\npid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n` +
      `${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};\n`).join("")}${documented}}\n`,
  );
  const child = spawn(nginx(), ["-e", "stderr", "-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (text) => (log += text));
  const exit = once(child, "exit");
  const start = await until("nginx listens", async () => {
    if (child.exitCode !== null) return "ended";
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
    return answer.ok && answer.headers.get("server")?.startsWith("nginx") && "listens";
  });
  if (start === "ended") {
    await rm(folder, { recursive: true, force: true });
    assert.match(log, /in use/);
    return undefined;
  }
  return {
    async close() {
      child.kill("SIGTERM");
      await exit;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
