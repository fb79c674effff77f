// npm Yjs and our replicas given the same: random edits that arrive in any order, in parts and twice, and damaged bytes
// that a room accepted. They must come to the same texts and maps.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as Y from "yjs";
import { Editing, random } from "./edits.mjs";
import { content, texts } from "./peers.mjs";
import { bytes, digits, startReplicas } from "./replica.mjs";

const SEED = Number(process.env.SEED ?? 20181021);
const RUNS = 12;
const EDITS = 80;

let replicas;
let document;

before(async () => {
  replicas = startReplicas();
  document = bytes(await replicas.ask("document"));
});

after(() => replicas?.close());

/** A Yjs document with these updates. */
function docOf(...updates) {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

const isWhole = (doc) => doc.store.pendingStructs === null && doc.store.pendingDs === null;

/** The texts that our replicas tell of, as Yjs has them. */
function sharedTexts(doc, paths) {
  const found = new Map([...texts(doc)].map(([path, text]) => [path, text?.toString()]));
  return Object.fromEntries(paths.map((path) => [path, found.get(path)]));
}

class YjsPeer {
  constructor(name, clientID) {
    this.name = name;
    this.doc = docOf(document);
    this.doc.clientID = clientID;
    this.made = [];
    this.doc.on("update", (update, origin) => {
      if (origin !== "remote") this.made.push(update);
    });
  }

  async edit(editing) {
    editing.edit(this);
    return this.made.splice(0);
  }

  async take(update) {
    Y.applyUpdate(this.doc, update, "remote");
    return true;
  }
}

class OurPeer {
  static async open(client) {
    const peer = new OurPeer();
    peer.replica = await replicas.ask("open", { client });
    return peer;
  }

  async edit() {
    const update = await replicas.ask("edit", { replica: this.replica });
    return update ? [bytes(update)] : [];
  }

  async take(update) {
    await replicas.ask("apply", { replica: this.replica, update: digits(update) });
    return true;
  }
}

/** The room takes an update only after what it builds on; whoever sent it tries again. */
const room = {
  async take(update) {
    const code = await replicas.ask("send", { update: digits(update) });
    assert.ok(code === null || code === "gap", `an honest update is refused: ${code}`);
    return code === null;
  },
};

async function run(seed, sent) {
  const chance = random(seed);
  const pick = (list) => Math.floor(chance() * list.length);
  const editing = new Editing(seed);
  const base = 1_000 + (seed % 1_000) * 10;
  const peers = [new YjsPeer("a", base), new YjsPeer("b", base + 1), new YjsPeer("c", base + 2)];
  peers.push(await OurPeer.open(base + 3), await OurPeer.open(base + 4));
  const takers = [...peers, room];
  // What everyone still has to get, the room all that was sent in runs before as well.
  const queues = new Map(takers.map((taker) => [taker, []]));

  const deliver = async (taker) => {
    const queue = queues.get(taker);
    const at = pick(queue);
    if (queue.length === 0) return;
    const update = queue[at];
    // Some arrive twice.
    if ((await taker.take(update)) && chance() < 0.9) queue.splice(queue.indexOf(update), 1);
  };

  for (let count = 0; count < EDITS; count += 1) {
    const author = peers[pick(peers)];
    for (const update of await author.edit(editing)) {
      sent.push(update);
      for (const taker of takers) if (taker !== author) queues.get(taker).push(update);
    }
    for (let each = 0; each < 3; each += 1) await deliver(takers[pick(takers)]);
  }
  for (const taker of takers) while (queues.get(taker).length > 0) await deliver(taker);

  const expected = content(peers[0].doc);
  for (const { doc, name } of peers.slice(0, 3)) {
    assert.ok(isWhole(doc), `${name} waits for nothing, seed ${seed}`);
    assert.equal(content(doc), expected, `${name} holds the same, seed ${seed}`);
  }
  for (const { replica } of peers.slice(3)) {
    const told = await replicas.ask("texts", { replica });
    assert.deepEqual(told, sharedTexts(peers[0].doc, Object.keys(told)), `our replica reads the same, seed ${seed}`);
    const doc = docOf(bytes(await replicas.ask("everything", { replica })));
    assert.equal(content(doc), expected, `Yjs reads what our replica encodes, seed ${seed}`);
  }
}

test("random_edits_in_any_order_come_to_the_same_in_yjs_and_here", async () => {
  const sent = [];
  for (let count = 0; count < RUNS; count += 1) await run(SEED + count, sent);
  // The room took in every run one after the other.
  const { everything, texts: told } = await replicas.ask("room");
  const doc = docOf(document, ...sent);
  assert.ok(isWhole(doc));
  assert.equal(content(docOf(bytes(everything))), content(doc), "Yjs reads what the room encodes");
  assert.deepEqual(told, sharedTexts(doc, Object.keys(told)), "the room reads the same");
});

test("what_a_room_accepts_of_damaged_bytes_is_the_same_to_yjs", async () => {
  const accepted = await replicas.ask("accepted", { seed: SEED, count: 4_000 });
  assert.ok(accepted.length > 20, `${accepted.length} were accepted`);
  for (const { sent, canonical } of accepted) {
    const asSent = docOf(document, bytes(sent));
    const asPassedOn = docOf(document, bytes(canonical));
    assert.ok(isWhole(asSent) && isWhole(asPassedOn), `nothing waits after ${sent}`);
    assert.equal(content(asSent), content(asPassedOn), `the room passes on what was sent: ${sent}`);
  }
});
