// A real provider of single sign-on as a child process: it can be ended, and begun anew at the same address with other keys and
// another clock.

import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { within } from "./patience.mjs";

const PROCESS = fileURLToPath(new URL("provider-process.mjs", import.meta.url));

/** The secret by which it knows Debrief. */
export const SECRET = "gulls over the pier";

let keys = 0;

/** A fresh key to sign with. */
function key() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: `key-${++keys}`, use: "sig", alg: "RS256" };
}

/** Starts one that knows these people: what it says of each by the name with which they sign in there. */
export async function startProvider(people) {
  const provider = new ChildProvider(people);
  await provider.start();
  return provider;
}

class ChildProvider {
  #child;
  #exit;

  constructor(people) {
    this.people = people;
  }

  /** `clock` is by how many milliseconds its clock is ahead, `ends` for how many seconds its tokens hold. */
  async start({ clock, ends } = {}) {
    const settings = { port: this.port, clock, ends, keys: [key()], people: this.people };
    this.#child = spawn(process.execPath, [PROCESS, JSON.stringify(settings)], { stdio: ["ignore", "pipe", "ignore"] });
    this.#exit = once(this.#child, "exit");
    const listening = once(createInterface({ input: this.#child.stdout }), "line");
    const failed = this.#exit.then(([code]) => {
      throw new Error(`the provider ended (${code}) before it listened`);
    });
    [this.origin] = await within("the provider listens", Promise.race([listening, failed]));
    failed.catch(() => {});
    this.port = Number(new URL(this.origin).port);
  }

  /** Ends it: nothing answers at its address. */
  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
    await within("the provider ends", this.#exit);
  }

  /** Another process at the same address, which signs with other keys. */
  async restart(options) {
    await this.stop();
    await this.start(options);
  }

  async close() {
    await this.stop();
  }
}
