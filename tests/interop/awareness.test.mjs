// Presence as npm peers see it: the server says who somebody is, the peer only where.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as Y from "yjs";
import { until } from "../browser/patience.mjs";
import { startProxy } from "../browser/proxy.mjs";
import { startServer } from "../browser/server.mjs";
import { openPeer } from "./peers.mjs";

let server;
let proxy;
let postmortem;
let mara;
let tomasz;
const peers = [];

before(async () => {
  server = await startServer();
  proxy = await startProxy(() => server.port);
  mara = await server.session("Mara");
  tomasz = await server.session("Tomasz");
  postmortem = await server.import("github-2018-10-21", mara.cookie);
});

after(async () => {
  for (const peer of peers) peer.close();
  await proxy?.close();
  await server?.close();
});

async function join(name, cookie) {
  const peer = openPeer({ name, proxy, postmortem, cookie });
  peers.push(peer);
  await until(`${name} is synced`, () => peer.provider.synced);
  return peer;
}

/** A person as others see them. */
const shown = ({ person: { id, name, color } }) => ({ id, name, color });

const stateOf = (watcher, peer) => watcher.provider.awareness.getStates().get(peer.doc.clientID);

test("the_server_names_a_peer_by_its_session_whatever_the_peer_claims", async () => {
  const claiming = await join("claiming", mara.cookie);
  const other = await join("other", tomasz.cookie);
  const text = claiming.doc.getMap("sections").get("overview");
  // As it travels: plain JSON.
  const position = JSON.parse(JSON.stringify(Y.createRelativePositionFromTypeIndex(text, 3)));
  claiming.provider.awareness.setLocalState({
    user: { name: "The boss", color: "red;background:url(//evil.example)" },
    place: "sections/overview",
    cursor: { anchor: position, head: position },
    admin: true,
  });
  other.provider.awareness.setLocalState({ user: { name: "Mara" }, place: "timeline" });

  const seen = await until("the other sees where Mara is", () => {
    const state = stateOf(other, claiming);
    return state?.cursor && state;
  });
  assert.deepEqual(seen, {
    user: shown(mara),
    place: "sections/overview",
    cursor: { anchor: position, head: position },
  });
  const back = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(seen.cursor.head), other.doc);
  assert.equal(back.index, 3, "the caret stands at the same place in the other replica");
  const seenOther = await until("Mara sees the other", () => {
    const state = stateOf(claiming, other);
    return state?.place && state;
  });
  assert.deepEqual(seenOther.user, shown(tomasz));
});

test("presence_is_gone_when_the_connection_is", async () => {
  const leaving = await join("leaving", mara.cookie);
  const watching = await join("watching", tomasz.cookie);
  leaving.provider.awareness.setLocalState({ place: "timeline" });
  await until("the other one is seen", () => stateOf(watching, leaving));
  leaving.provider.disconnect();
  await until("the other one is gone", () => stateOf(watching, leaving) === undefined);
});

test("a_peer_that_is_cut_off_is_gone_and_is_seen_again_when_it_is_back", async () => {
  const own = await startProxy(() => server.port);
  try {
    const flaky = openPeer({ name: "flaky", proxy: own, postmortem, cookie: mara.cookie });
    peers.push(flaky);
    const watching = await join("watching", tomasz.cookie);
    await until("the other one is synced", () => flaky.provider.synced);
    flaky.provider.awareness.setLocalState({ place: "sections/overview" });
    await until("the other one is seen", () => stateOf(watching, flaky)?.place);
    own.cut();
    await until("the other one is gone", () => stateOf(watching, flaky) === undefined);
    own.heal();
    await until("the other one is back where it was", () => stateOf(watching, flaky)?.place === "sections/overview");
  } finally {
    await own.close();
  }
});
