// An earlier version is looked at, brought back while somebody else writes, and that is undone.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { caretAt, choose, GITHUB, saved, section, type } from "./postmortem.mjs";
import { ALONE, story } from "./scenario.mjs";
import { PHONE, WIDE } from "./visitor.mjs";

/** An incident that Priya Raman has published. */
const PUBLISHED = {
  incident: GITHUB,
  importer: "Priya Raman",
  async prepare({ server, id, cookie }) {
    const { status } = await server.api("POST", `/api/postmortems/${id}/publications`, { body: {}, cookie });
    assert.equal(status, 201);
  },
};

async function openHistory(visitor) {
  await choose(visitor.page, "More about this post-mortem", "History");
  const dialog = visitor.page.getByRole("dialog", { name: "History" });
  await dialog.waitFor();
  return dialog;
}

story("a_version_is_read_brought_back_and_that_is_undone",
  { ...PUBLISHED, people: ["Mara Lindqvist", "Jonah Weiss"] }, async ({ mara, jonah, server, id }) => {
  await caretAt(section(mara, "overview"), "end");
  await type(mara, " Spoiled words.");
  await saved(mara);
  await caretAt(section(jonah, "resolution"), "end");
  await type(jonah, " Jonah goes on");
  await saved(jonah);

  const dialog = await openHistory(mara);
  const version = dialog.getByRole("button", { name: /Published by Priya Raman/ });
  await version.click();
  await dialog.getByRole("heading", { name: /43-second partition/ }).waitFor();
  assert.equal(await dialog.getByText("Spoiled words.").count(), 0, "it shows how it was");
  assert.equal(await version.getAttribute("aria-pressed"), "true");
  await dialog.getByRole("button", { name: "Bring this version back" }).click();
  await dialog.waitFor({ state: "detached" });
  await until("the words are gone at both", async () => {
    const texts = await Promise.all([mara, jonah].map((visitor) => section(visitor, "overview").innerText()));
    return texts.every((text) => !text.includes("Spoiled words."));
  });
  // His caret stands where what he wrote after that version was: he goes on.
  await type(jonah, " He finishes.");
  await saved(jonah);
  assert.match((await server.show(id)).sections.resolution, /returned to green\. He finishes\.$/);
  await mara.page.getByRole("button", { name: "Undo" }).click();
  await until("the words are back at both", async () => {
    const texts = await Promise.all([mara, jonah].map((visitor) => section(visitor, "overview").innerText()));
    return texts.every((text) => text.includes("Spoiled words."));
  });
  const { sections } = await server.show(id);
  assert.match(sections.resolution, /returned to green\. Jonah goes on$/);
  assert.equal(sections.overview.split("Spoiled words.").length, 2, "once");
});

story("an_empty_history_says_what_will_be_in_it", ALONE, async ({ mara }) => {
  const dialog = await openHistory(mara);
  await dialog.getByText("Nothing is kept yet.", { exact: false }).waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Bring this version back" }).isDisabled());
  await mara.look("history-empty");
});

const VIEWS = [
  ["wide", { viewport: WIDE }],
  ["wide-dark", { viewport: WIDE, colorScheme: "dark" }],
  ["phone", { viewport: PHONE, hasTouch: true }],
];

for (const [name, options] of VIEWS) {
  story(`the_history_is_clean_${name.replace("-", "_")}`,
    { ...PUBLISHED, people: [["Mara Lindqvist", options]] }, async ({ mara }) => {
    const dialog = await openHistory(mara);
    await dialog.getByRole("button", { name: /Published by/ }).click();
    await dialog.getByRole("heading", { name: /43-second partition/ }).waitFor();
    await mara.look(`history-${name}`);
    const { page } = mara;
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    assert.equal(isWide, false, "it fits its screen");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });
}
