// Bad input gets a sentence, and nothing that was there or typed is lost.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { addEntry, caretAt, choose, entry, entryById, openThreads, paste, saved, section, textOf, type, write } from "./postmortem.mjs";
import { ALONE, story } from "./scenario.mjs";

const MEGABYTE = "0123456789abcde\n".repeat(65_536);

/** Asserts that the document is as it was. */
async function assertKept({ mara, server, id }, original) {
  await saved(mara);
  assert.deepEqual(await server.show(id), original);
}

story("an_impossible_time_in_the_quick_line_is_told_and_the_line_stays", ALONE, async ({ mara, server, id }) => {
  const original = await server.show(id);
  const line = mara.page.locator("#quick-line");
  await line.fill("25:07 deploys locked");
  await line.press("Enter");
  await mara.page.locator(".quick").getByRole("alert").getByText("25:07 is not a time").waitFor();
  assert.equal(await line.inputValue(), "25:07 deploys locked");
  await mara.look("quick-line-refused");
  await assertKept({ mara, server, id }, original);
  await addEntry(mara, "2018-10-22 01:07 deploys locked");
  await entry(mara, "deploys locked").waitFor();
});

story("an_impossible_time_of_an_entry_is_told_and_the_entry_stays", ALONE, async ({ mara, server, id }) => {
  const original = await server.show(id);
  const row = entryById(mara, original.timeline[4].id);
  await choose(row, "More about entry", "Change the time");
  const field = row.getByLabel("Time in UTC", { exact: false });
  await field.fill("25:07");
  await field.press("Enter");
  await row.getByRole("alert").getByText("25:07 is not a time").waitFor();
  assert.equal(await field.inputValue(), "25:07");
  await field.press("Escape");
  await assertKept({ mara, server, id }, original);
});

story("a_javascript_link_never_becomes_a_link", ALONE, async ({ mara, server, id }) => {
  await addEntry(mara, "2018-10-21 23:30 [click](javascript:alert(1)) javascript:alert(2)");
  const row = entry(mara, "click");
  await row.getByRole("button", { name: "No source yet" }).click();
  const field = row.getByLabel("Source link");
  await field.fill("javascript:alert(3)");
  await field.press("Enter");
  await until("a sentence", async () => /http/i.test(await row.getByRole("alert").innerText()));
  assert.equal(await field.inputValue(), "javascript:alert(3)");
  await mara.shoot("source-refused");
  await field.press("Escape");
  assert.equal(await mara.page.locator('a[href^="javascript" i]').count(), 0);
  const { timeline } = await server.show(id);
  assert.equal(timeline.find(({ text }) => text.includes("click")).source, null);
});

story("a_paste_of_a_megabyte_is_refused_with_the_numbers_and_the_text_stays", ALONE, async ({ mara, server, id }) => {
  const original = await server.show(id);
  const editor = section(mara, "overview");
  await caretAt(editor, "end");
  await paste(editor, { text: MEGABYTE });
  const alert = mara.page.locator('[data-section="overview"]').getByRole("alert");
  await alert.getByText(/200,000 characters is the limit/).waitFor();
  await mara.look("paste-refused");
  await assertKept({ mara, server, id }, original);
  await type(mara, " And on it goes.");
  await until("typing goes on", async () => (await server.show(id)).sections.overview.endsWith("And on it goes."));

  const row = entryById(mara, original.timeline[0].id);
  const words = await write(row);
  await paste(words, { text: MEGABYTE });
  await row.getByRole("alert").getByText(/20,000 characters is the limit/).waitFor();
  assert.equal(await textOf(words), original.timeline[0].text);
});

story("a_pasted_picture_is_refused_with_what_to_do_instead", ALONE, async ({ mara, server, id }) => {
  const original = await server.show(id);
  const editor = section(mara, "overview");
  await caretAt(editor, "end");
  await paste(editor, { picture: true });
  await mara.page.locator('[data-section="overview"]').getByRole("alert").getByText(/paste a link/).waitFor();
  await mara.axe("a refused picture");
  await assertKept({ mara, server, id }, original);
});

story("a_comment_that_is_too_long_is_told_and_stays_in_its_field", ALONE, async ({ mara, server, id }) => {
  const original = await server.show(id);
  const row = entryById(mara, original.timeline[0].id);
  const panel = await openThreads(row);
  const field = panel.getByRole("textbox", { name: "Comment" });
  const long = "too long ".repeat(2_000).trim();
  await field.fill(long);
  await field.press("Control+Enter");
  await panel.getByRole("alert").getByText(/at most/).waitFor();
  assert.equal(await field.inputValue(), long);
  await assertKept({ mara, server, id }, original);
});

story("an_address_that_leads_nowhere_says_so",
  { ...ALONE, allow: /status of 404|WebSocket connection to .* failed/ }, async ({ mara }) => {
  for (const path of ["/postmortems/nothing-here", "/postmortems/..%2f", "/nowhere"]) {
    await mara.page.goto(path);
    await mara.page.getByRole("heading", { level: 1 }).or(mara.page.getByRole("heading", { level: 2 })).first().waitFor();
    await mara.axe(path);
  }
  await mara.page.goto("/postmortems/nothing-here");
  await mara.page.getByText(/not here/).first().waitFor();
});
