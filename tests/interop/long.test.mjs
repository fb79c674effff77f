// A post-mortem that is longer than a message reaches npm peers in pieces, and is whole by the time they are told so.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as Y from "yjs";
import { until } from "../browser/patience.mjs";
import { startServer } from "../browser/server.mjs";
import { content, openPeer } from "./peers.mjs";

const ENTRIES = 40;

let server;

before(async () => {
  server = await startServer();
});

after(async () => {
  await server?.close();
});

/** Adds an entry of 60 KB. */
function addEntry(doc, number) {
  doc.transact(() => {
    const item = new Y.Map();
    doc.getMap("timeline").set(`long-${number}`, item);
    item.set("at", "2018-10-21T22:52:00Z");
    item.set("precision", "minute");
    item.set("kind", "observation");
    item.set("text", new Y.Text("€".repeat(20_000)));
  });
}

test("a_stock_client_that_is_told_of_its_sync_has_the_whole_of_a_long_postmortem", async () => {
  const { cookie } = await server.session("Mara");
  const postmortem = await server.import("github-2018-10-21", cookie);
  const writer = openPeer({ name: "writer", proxy: server, postmortem, cookie });
  const peers = [writer];
  try {
    await until("the writer is synced", () => writer.provider.synced);
    const first = writer.doc.getMap("timeline").size;
    for (let number = 0; number < ENTRIES; number += 1) addEntry(writer.doc, number);
    const all = first + ENTRIES;
    await until("all of it is saved", async () => (await server.show(postmortem)).timeline.length === all);

    const reader = openPeer({ name: "reader", proxy: server, postmortem, cookie });
    peers.push(reader);
    const seen = { updates: 0, whenSynced: undefined };
    reader.doc.on("update", () => (seen.updates += 1));
    reader.provider.on("sync", () => (seen.whenSynced ??= reader.doc.getMap("timeline").size));
    await until("the reader is synced", () => reader.provider.synced);
    assert.equal(seen.whenSynced, all, "what it shows as complete is complete");
    assert.ok(seen.updates > 3, `it came in ${seen.updates} pieces`);
    assert.equal(content(reader.doc), content(writer.doc));

    reader.doc.getMap("meta").set("title", "Written by who read it");
    await until("the writer sees it", () => writer.doc.getMap("meta").get("title") === "Written by who read it");
  } finally {
    for (const peer of peers) peer.close();
  }
});
