// Twenty npm peers write one post-mortem at once, some cut off and back, one server killed meanwhile: all replicas end
// equal, and no word is lost or doubled.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../browser/patience.mjs";
import { startProxy } from "../browser/proxy.mjs";
import { startServer } from "../browser/server.mjs";
import { Editing } from "./edits.mjs";
import { asRead, asShown, content, openPeer } from "./peers.mjs";

const PEERS = 20;
const FLAKY = 7;
const ROUNDS = 30;
const SEED = Number(process.env.SEED ?? 20181021);

let server;
let line;

before(async () => {
  server = await startServer();
  line = await startProxy(() => server.port);
});

after(async () => {
  await line?.close();
  await server?.close();
});

/** Opens the peers: the first few each behind a proxy of their own, the rest behind one that is never cut. */
async function openPeers(postmortem) {
  const peers = [];
  for (let index = 0; index < PEERS; index += 1) {
    const name = `p${index}`;
    const { cookie } = await server.session(name);
    const proxy = index < FLAKY ? await startProxy(() => server.port) : line;
    peers.push(openPeer({ name, proxy, postmortem, cookie }));
  }
  await until("every peer is synced", () => peers.every(({ provider }) => provider.synced));
  return peers;
}

async function closePeers(peers) {
  for (const peer of peers) {
    peer.close();
    if (peer.proxy !== line) await peer.proxy.close();
  }
}

/** Waits until every replica and the server's disk hold the same. */
async function untilEqual(peers, postmortem) {
  await until("all replicas are equal", () => {
    const first = content(peers[0].doc);
    return peers.every(({ provider, doc }) => provider.synced && content(doc) === first);
  });
  await until("the server shows the same", async () => {
    assert.deepEqual(asShown(await server.show(postmortem)), asRead(peers[0].doc));
    return true;
  });
}

function assertNothingLost(editing, doc) {
  const found = Editing.marksOf(doc);
  const expected = [...editing.written].filter((mark) => !editing.erased.has(mark));
  const wrong = expected.filter((mark) => found.get(mark) !== 1);
  assert.deepEqual(wrong, [], `written once and there once, seed ${SEED}`);
  assert.equal(found.size, expected.length, `what was erased is gone, seed ${SEED}`);
}

/** A round: everyone edits once, in the order of their names, and what came meanwhile is taken in. */
async function round(peers, editing) {
  for (const peer of peers) {
    editing.edit(peer);
    await new Promise(setImmediate);
  }
}

test("twenty_yjs_peers_some_cut_off_and_back_end_equal_and_lose_nothing", async () => {
  const { cookie } = await server.session("Importer");
  const postmortem = await server.import("github-2018-10-21", cookie);
  const editing = new Editing(SEED);
  const peers = await openPeers(postmortem);
  try {
    const imported = await server.show(postmortem);
    assert.deepEqual(asShown(imported), asRead(peers[0].doc), "npm Yjs reads what the server made");
    for (let number = 0; number < ROUNDS; number += 1) {
      const flaky = editing.pick(peers.slice(0, FLAKY));
      if (number < ROUNDS - 5) flaky.proxy.cut();
      editing.pick(peers.slice(0, FLAKY)).proxy.heal();
      await round(peers, editing);
      if (number % 5 === 0) {
        const steady = peers.slice(FLAKY);
        await until("those who were never cut off have met", () => {
          const first = content(steady[0].doc);
          return steady.every(({ doc }) => content(doc) === first);
        });
      }
    }
    for (const { proxy } of peers.slice(0, FLAKY)) proxy.heal();
    await untilEqual(peers, postmortem);
    assertNothingLost(editing, peers[0].doc);
    assert.ok(editing.written.size > 200 && editing.erased.size > 10, "the run wrote and erased");

    const before = content(peers[0].doc);
    await server.kill();
    await server.start();
    await untilEqual(peers, postmortem);
    const newcomer = openPeer({ name: "newcomer", proxy: line, postmortem, cookie });
    peers.push(newcomer);
    await untilEqual(peers, postmortem);
    assert.equal(content(newcomer.doc), before, "the restarted server tells everything from disk");
    assertNothingLost(editing, newcomer.doc);
  } finally {
    await closePeers(peers);
  }
});

test("what_was_typed_while_the_server_was_killed_and_restarted_arrives", async () => {
  const { cookie } = await server.session("Importer");
  const postmortem = await server.import("gitlab-2017-01-31", cookie);
  const editing = new Editing(SEED + 1);
  const peers = await openPeers(postmortem);
  try {
    for (let number = 0; number < 4; number += 1) await round(peers, editing);
    await server.kill();
    for (let number = 0; number < 4; number += 1) await round(peers, editing);
    await server.start();
    for (let number = 0; number < 4; number += 1) await round(peers, editing);
    await untilEqual(peers, postmortem);
    assertNothingLost(editing, peers[0].doc);
    await server.stop();
    await server.start();
    await untilEqual(peers, postmortem);
    assertNothingLost(editing, peers.at(-1).doc);
  } finally {
    await closePeers(peers);
  }
});
