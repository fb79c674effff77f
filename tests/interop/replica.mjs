// Our replicas in a process of their own, built beside the server: `target/*/replica`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SERVER = process.env.DEBRIEF_BINARY ?? fileURLToPath(new URL("../../target/debug/debrief", import.meta.url));

export const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
export const digits = (array) => Buffer.from(array).toString("hex");

/** Starts the process; `ask` waits for one answer. */
export function startReplicas() {
  const child = spawn(join(dirname(SERVER), "replica"), { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift().resolve(JSON.parse(line)));
  const ended = once(child, "exit");
  ended.then(([code, signal]) => {
    for (const { reject } of waiting) reject(new Error(`the replicas ended: ${signal ?? code}`));
  });
  return {
    ask(call, fields = {}) {
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify({ call, ...fields })}\n`);
      });
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
