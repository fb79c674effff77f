// An earlier version is looked at, brought back while somebody else writes, and that is undone.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { caretAt, choose, GITHUB, open, saved, section, type } from "./desk.mjs";
import { openHouse, PHONE, until, WIDE } from "./harness.mjs";

let house;
let cookie;

before(async () => {
  house = await openHouse();
  ({ cookie } = await house.server.session("Priya Raman"));
});
after(() => house?.close());
afterEach(() => house.sendHome());

async function published() {
  const id = await house.server.import(GITHUB, cookie);
  const { status } = await house.server.api("POST", `/api/postmortems/${id}/publications`, { body: {}, cookie });
  assert.equal(status, 201);
  return id;
}

async function openHistory(visitor) {
  await choose(visitor.page, "More about this post-mortem", "History");
  const dialog = visitor.page.getByRole("dialog", { name: "History" });
  await dialog.waitFor();
  return dialog;
}

test("a_version_is_read_brought_back_and_that_is_undone", async () => {
  const id = await published();
  const mara = await house.visitor("Mara Lindqvist");
  const jonah = await house.visitor("Jonah Weiss");
  await open(mara, id);
  await open(jonah, id);
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
  assert.match((await house.server.show(id)).sections.resolution, /returned to green\. He finishes\.$/);
  await mara.page.getByRole("button", { name: "Undo" }).click();
  await until("the words are back at both", async () => {
    const texts = await Promise.all([mara, jonah].map((visitor) => section(visitor, "overview").innerText()));
    return texts.every((text) => text.includes("Spoiled words."));
  });
  const { sections } = await house.server.show(id);
  assert.match(sections.resolution, /returned to green\. Jonah goes on$/);
  assert.equal(sections.overview.split("Spoiled words.").length, 2, "once");
});

test("an_empty_history_says_what_will_be_in_it", async () => {
  const id = await house.server.import(GITHUB, cookie);
  const mara = await house.visitor("Mara Lindqvist");
  await open(mara, id);
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
  test(`the_history_is_clean_${name.replace("-", "_")}`, async () => {
    const id = await published();
    const mara = await house.visitor("Mara Lindqvist", options);
    await open(mara, id);
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
