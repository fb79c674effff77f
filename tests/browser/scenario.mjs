// How a story begins and ends: a running server, an incident, and named people in a real Chromium who have it open.
// The stories of a file share one server and one browser. What a story opens is closed however it ends, nothing may be in
// anybody's console then, and none takes longer than it may.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launch } from "./chromium.mjs";
import { PATIENCE, within } from "./patience.mjs";
import { GITHUB, open } from "./postmortem.mjs";
import { startServer } from "./server.mjs";
import { arrive } from "./visitor.mjs";

/** How long a story may take, and all of a file, in milliseconds: many times what the longest do on a machine of their own. */
const STORY = 6 * PATIENCE;
const FILE = 24 * PATIENCE;

const began = Date.now();

/** What the stories of this file share, started by the first that needs it. */
const shared = { server: undefined, browser: undefined };

after(async () => {
  try {
    await (await shared.browser)?.close();
  } finally {
    await (await shared.server)?.close();
  }
});

/**
 * Tells a story. Of `options`, none is needed:
 * - `people`: their names, each with options of a browser context where it is a pair; null is somebody without a session;
 * - `incident`: an example by the beginning of its name, or an incident, imported by `importer`;
 * - `owner`: who of them owns it in the importer's place;
 * - `prepare`: what happens to it before anybody is there, given the scenario;
 * - `isOpen`: whether those with a session have it open when the story begins, which they do unless told otherwise;
 * - `allow`: what may stand in everybody's console;
 * - `server`: starts a server for this story alone, and gives what the scenario has of it;
 * - `skip`: why it is not told here.
 *
 * `body` is given the scenario, with everybody under their first name as well: `mara`.
 */
export function story(name, options, body) {
  test(name, { skip: options.skip ?? false }, (context) => tell(name, options, body, (sentence) => context.diagnostic(sentence)));
}

/** The same without a test runner: fails as the story does; `note` hears what else is to be known of a failure. */
export async function tell(name, options, body, note = () => {}) {
  const limit = Math.min(options.limit ?? STORY, began + FILE - Date.now());
  assert.ok(limit > 0, `the stories before ${name} have taken all of the ${FILE} ms that the file has`);
  const scenario = new Scenario(note);
  const told = scenario.begin(options).then(() => body(scenario));
  try {
    await within(name, told, limit);
  } catch (error) {
    for (const complaint of scenario.complaints()) note(complaint);
    await scenario.end().catch((other) => note(other.stack));
    // A story that was given up finds its pages closed, and is over before the next begins.
    await within(`${name}, which was given up`, told).catch(() => {});
    throw error;
  }
  await scenario.end();
  assert.deepEqual(scenario.complaints(), [], "every console is quiet, and axe finds nothing");
}

class Scenario {
  #opened = [];
  #allowed = [];
  #everybody = [];
  #isOver = false;

  constructor(note) {
    /** Says something about the run of the story that is no failure. */
    this.note = note;
  }

  async begin({ people = [], incident, importer = "Importer", owner, prepare = () => {}, isOpen = true, allow = [], server = sharedServer }) {
    this.#allowed = [allow].flat();
    Object.assign(this, await server(this.opened));
    if (incident !== undefined) {
      ({ cookie: this.cookie } = await this.server.session(importer));
      this.id = await this.server.import(incident, this.cookie);
    }
    await prepare(this);
    const arriving = people.map(async (each) => {
      const [name, options] = [each].flat();
      const visitor = await this.visitor(name, options);
      if (name) this[firstName(name)] = visitor;
      if (name && name === owner) await this.server.handOver(this.id, visitor.person);
      if (name && isOpen && incident !== undefined) {
        await open(visitor, this.id);
        await visitor.page.locator("[data-entry]").first().waitFor();
      }
      return visitor;
    });
    this.visitors = await Promise.all(arriving);
  }

  /** One more person, with a session under this name; without a name, somebody without a session. */
  visitor = async (name, options = {}) => {
    const visitor = await this.opened(arrive(await sharedBrowser(), this.server, name, options));
    for (const pattern of this.#allowed) visitor.allow(pattern);
    this.#everybody.push(visitor);
    return visitor;
  };

  /** Closes this when the story ends, after what was opened later; gives it back. */
  opened = async (opening) => {
    const opened = await opening;
    if (this.#isOver) await opened.close();
    else this.#opened.push(opened);
    return opened;
  };

  complaints() {
    return this.#everybody.flatMap((visitor) => visitor.complaints());
  }

  /** Closes everything, whatever of it fails; the first failure is told. */
  async end() {
    this.#isOver = true;
    const failures = [];
    for (const opened of this.#opened.splice(0).reverse()) {
      await within("what the story opened is closed", opened.close()).catch((error) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Mara alone, and with Tomasz, at the incident of GitHub. */
export const ALONE = { people: ["Mara Lindqvist"], incident: GITHUB };
export const TOGETHER = { people: ["Mara Lindqvist", "Tomasz Wilk"], incident: GITHUB };

/** A server of the story's own. */
export const ownServer = async (opened) => ({ server: await opened(startServer()) });

async function sharedServer() {
  // A story that failed may have left it killed.
  if (!(await shared.server)?.isRunning) {
    await (await shared.server)?.close();
    shared.server = startServer();
  }
  return { server: await shared.server };
}

function sharedBrowser() {
  shared.browser ??= launch();
  return shared.browser;
}

const firstName = (name) => name.split(" ")[0].toLowerCase();
