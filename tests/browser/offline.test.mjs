// What is typed without a connection arrives, and what was shown as saved survives a killed server.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { addEntry, agree, assertOnce, caretAt, entry, offline, reconnect, saved, section, textOf, type } from "./postmortem.mjs";
import { story, TOGETHER } from "./scenario.mjs";
import { NETWORK } from "./visitor.mjs";

const state = (visitor) => visitor.page.locator("[data-saving]").getAttribute("data-saving");

story("what_is_typed_while_cut_off_arrives_and_both_end_equal", TOGETHER, async ({ mara, tomasz, server, id }) => {
  const before = (await server.show(id)).sections.overview;
  mara.cutOff();
  await offline(mara);
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Typed offline. ");
  await addEntry(mara, "2018-10-21 23:04 noted offline");
  await mara.page.locator(".banner").getByText(/Offline, 1\d changes kept/).waitFor();
  await mara.look("offline");
  await caretAt(section(tomasz, "overview"), "end");
  await type(tomasz, " Typed meanwhile.");
  await saved(tomasz);
  assert.equal((await server.show(id)).sections.overview, `${before} Typed meanwhile.`);
  assert.equal(await textOf(section(mara, "overview")), `Typed offline. ${before}`, "her text is kept in the page");

  mara.back();
  await saved(mara);
  const text = await agree(server, id, "overview", [mara, tomasz]);
  assert.equal(text, `Typed offline. ${before} Typed meanwhile.`);
  await entry(tomasz, "noted offline").waitFor();
  assert.equal(await mara.page.locator(".banner").count(), 0);
});

story("a_connection_that_carries_nothing_is_not_shown_as_saved", TOGETHER, async ({ mara, tomasz, server, id }) => {
  mara.stall();
  await caretAt(section(mara, "overview"), "end");
  await type(mara, " Into the void?");
  await mara.page.locator('[data-saving="saving"]').waitFor();
  await caretAt(section(tomasz, "overview"), "start");
  await type(tomasz, "Meanwhile. ");
  await saved(tomasz);
  assert.equal(await state(mara), "saving", "nothing came back, so nothing is saved");
  mara.back();
  await saved(mara);
  assertOnce(await agree(server, id, "overview", [mara, tomasz]), "Into the void?", "Meanwhile. ");
});

story("everything_that_was_shown_as_saved_is_there_after_the_server_was_killed",
  TOGETHER, async ({ mara, tomasz, server, id }) => {
  await caretAt(section(mara, "overview"), "end");
  await type(mara, " Shown as saved.");
  await saved(mara);
  for (const visitor of [mara, tomasz]) visitor.cutOff();
  const typing = type(mara, " Typed while it died.");
  await server.kill();
  await typing;
  await server.start();
  assertOnce((await server.show(id)).sections.overview, "Shown as saved.");
  for (const visitor of [mara, tomasz]) visitor.back();
  await Promise.all([reconnect(mara), reconnect(tomasz)]);
  const text = await agree(server, id, "overview", [mara, tomasz]);
  assertOnce(text, "Shown as saved.", "Typed while it died.");
});

story("the_server_is_killed_while_two_people_type_and_no_key_is_lost_or_doubled",
  { ...TOGETHER, allow: NETWORK }, async ({ mara, tomasz, server, id }) => {
  await caretAt(section(mara, "overview"), "start");
  await caretAt(section(tomasz, "overview"), "end");
  const before = (await server.show(id)).sections.overview;
  const hers = "One two three four five six seven eight nine ten. ";
  const his = " Alpha beta gamma delta epsilon zeta eta theta iota kappa.";
  const typing = Promise.all([
    mara.page.keyboard.type(hers, { delay: 10 }),
    tomasz.page.keyboard.type(his, { delay: 10 }),
  ]);
  await until("something has arrived", async () => (await server.show(id)).sections.overview.length > before.length + 10);
  await server.kill();
  await typing;
  await server.start();
  await Promise.all([reconnect(mara), reconnect(tomasz)]);
  assert.equal(await agree(server, id, "overview", [mara, tomasz]), hers + before + his);
  await server.kill();
  await server.start();
  assert.equal((await server.show(id)).sections.overview, hers + before + his, "a newcomer reads it from disk");
});
