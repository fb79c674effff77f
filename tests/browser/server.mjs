// The real server as a child process over a data folder of its own, and its API as scripts use it.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { within } from "./patience.mjs";

/** The binary under test: `DEBRIEF_BINARY` names another one. */
const BINARY = process.env.DEBRIEF_BINARY ?? fileURLToPath(new URL("../../target/debug/debrief", import.meta.url));

/** Starts a server, with more on its command line; `close` stops it and takes its data away. */
export async function startServer(options = []) {
  const server = new Server(await mkdtemp(join(tmpdir(), "debrief-")), options);
  await server.start();
  return server;
}

/** The text of one of the incident files, by the beginning of its name. */
export async function example(name) {
  const folder = new URL("../incidents/", import.meta.url);
  const file = (await readdir(folder)).find((file) => file.startsWith(name));
  return readFile(new URL(file, folder), "utf8");
}

/** The password of everybody in the stories. */
export const PASSWORD = "lamp gravel seven otters";

export class Server {
  #child;
  #log = [];
  #admin;
  #invitations = new Map();
  #people = 0;

  constructor(data, options = []) {
    this.data = data;
    this.options = options;
  }

  async start() {
    const child = spawn(BINARY, ["serve", "--listen", "127.0.0.1:0", "--data", this.data, ...this.options], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child = child;
    const exit = once(child, "exit");
    this.exit = exit;
    const lines = createInterface({ input: child.stderr });
    const listening = new Promise((resolve) => {
      lines.on("line", (line) => {
        this.#log.push(line);
        const [, origin] = line.match(/listening on (http:\/\/\S+)/) ?? [];
        if (origin) resolve(origin);
      });
    });
    const failed = exit.then(([code, signal]) => {
      throw new Error(`the server ended (${signal ?? code}) before it listened:\n${this.#log.join("\n")}`);
    });
    this.origin = await within("the server listens", Promise.race([listening, failed]));
    failed.catch(() => {});
    this.port = Number(new URL(this.origin).port);
  }

  get isRunning() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the process at once, as a power cut would. */
  async kill() {
    this.#child.kill("SIGKILL");
    await this.exit;
  }

  /** Ends the process as a service manager would. */
  async stop() {
    if (!this.isRunning) return;
    this.#child.kill("SIGTERM");
    const [code] = await within("the server stops", this.exit);
    assert.equal(code, 0, `the server stops in good order:\n${this.log()}`);
  }

  /** Puts a copy of the database, as it is now, beside the data. */
  backup() {
    this.#run("backup", "--replace", "--data", this.data, this.#copy);
  }

  /** Puts the copy back, as whoever runs the server would. */
  async restore() {
    await this.stop();
    this.#run("restore", "--data", this.data, this.#copy);
    await this.start();
  }

  get #copy() {
    return join(this.data, "copy.backup");
  }

  #run(...words) {
    const { status, stdout, stderr } = spawnSync(BINARY, words, { encoding: "utf8" });
    assert.equal(status, 0, `debrief ${words.join(" ")}:\n${stderr}`);
    return stdout.trim();
  }

  /** A token of a program, as whoever runs the server makes one. */
  token(name, role = "member") {
    return this.#run("token", "--data", this.data, "--name", name, "--role", role);
  }

  /** A one-time link, as whoever runs the server makes one. */
  invite(...options) {
    return this.#run("invite", "--data", this.data, ...options);
  }

  /** The token of an admin, by which a story sets up and reads what it does not tell of. */
  get admin() {
    return (this.#admin ??= this.token("Stage manager", "admin"));
  }

  async close() {
    try {
      await this.stop();
    } finally {
      if (this.isRunning) await this.kill();
      await rm(this.data, { recursive: true, force: true });
    }
  }

  log() {
    return this.#log.join("\n");
  }

  /** A request to the API: `{ status, body, headers }`, the body as JSON where it is some. */
  async api(method, path, { body, cookie, token } = {}) {
    const headers = {};
    if (body !== undefined) headers["content-type"] = "application/json";
    if (cookie) headers.cookie = cookie;
    if (token) headers.authorization = `Bearer ${token}`;
    const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    const response = await fetch(`${this.origin}${path}`, { method, headers, body: text });
    const answer = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return { status: response.status, body: isJson ? JSON.parse(answer) : answer, headers: response.headers };
  }

  /** Somebody who joins the team: `{ cookie, person, mail }`; their password is [`PASSWORD`]. */
  async session(name, role = "member") {
    const mail = `${name.toLowerCase().replace(/[^a-z]+/g, ".")}.${++this.#people}@harbour.example`;
    const join = async () => {
      const token = await this.#invitation(role);
      return this.api("POST", "/api/accounts", { body: { token, name, mail, password: PASSWORD } });
    };
    let { status, body, headers } = await join();
    if (body.error?.code === "link_ended") {
      // The data was put back to before there was one.
      this.#invitations.delete(role);
      ({ status, body, headers } = await join());
    }
    assert.equal(status, 201, JSON.stringify(body));
    return { cookie: headers.getSetCookie()[0].split(";")[0], person: personOf(body), mail };
  }

  /** Another session of somebody who is in the team: `{ cookie, person, mail }`. */
  async signIn(mail, password = PASSWORD) {
    const { status, body, headers } = await this.api("POST", "/api/sessions", { body: { mail, password } });
    assert.equal(status, 201, JSON.stringify(body));
    return { cookie: headers.getSetCookie()[0].split(";")[0], person: personOf(body), mail };
  }

  async #invitation(role) {
    if (!this.#invitations.has(role)) {
      const inviting = this.api("POST", "/api/invitations", { body: { role, people: 1000 }, token: this.admin });
      this.#invitations.set(role, inviting.then(({ body }) => new URL(body.url).hash.slice(1)));
    }
    return this.#invitations.get(role);
  }

  /** Imports an incident, or the example whose name begins so, and returns the id. */
  async import(incident, cookie) {
    const imported = typeof incident === "string" ? await example(incident) : incident;
    const { status, body } = await this.api("POST", "/api/imports", { body: imported, cookie });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  }

  /** Makes somebody the owner of a post-mortem. */
  async handOver(id, { id: person }) {
    const body = { access: "team", members: [{ person, role: "owner" }] };
    const { status, body: answer } = await this.api("PUT", `/api/postmortems/${id}/access`, { body, token: this.admin });
    assert.equal(status, 200, JSON.stringify(answer));
  }

  /** Comments as the person of this cookie; what the server answers. */
  async comment(id, comment, cookie) {
    const { status, body } = await this.api("POST", `/api/postmortems/${id}/comments`, { body: comment, cookie });
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  }

  /** Every thread of a post-mortem. */
  async threads(id) {
    const { status, body } = await this.api("GET", `/api/postmortems/${id}/comments`, { token: this.admin });
    assert.equal(status, 200, JSON.stringify(body));
    return body.threads;
  }

  /** The whole value of a post-mortem as it is on disk. */
  async show(id) {
    const { status, body } = await this.api("GET", `/api/postmortems/${id}`, { token: this.admin });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }

  /** The incident log, as an admin sees it. */
  async list() {
    const { status, body } = await this.api("GET", "/api/postmortems", { token: this.admin });
    assert.equal(status, 200, JSON.stringify(body));
    return body.postmortems;
  }
}

/** What others see of somebody who is signed in. */
const personOf = ({ id, name, color }) => ({ id, name, color });
