// Two named people write one post-mortem at once.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import {
  addEntry, agree, assertOnce, caretAt, choose, entry, entryById, saved, section, selectWords, textOf, type, write,
} from "./postmortem.mjs";
import { story, TOGETHER } from "./scenario.mjs";

const entryOnDisk = async ({ server, id }, entryId) => (await server.show(id)).timeline.find((each) => each.id === entryId);

story("two_people_type_into_the_same_section_at_once_and_nothing_is_lost_or_doubled",
  TOGETHER, async ({ mara, tomasz, server, id }) => {
  const before = (await server.show(id)).sections.overview;
  await caretAt(section(mara, "overview"), "start");
  await caretAt(section(tomasz, "overview"), "end");
  await Promise.all([
    type(mara, "The short of it: a link was gone. 🔌 "),
    type(tomasz, " It took a day to put every write back."),
  ]);
  const text = await agree(server, id, "overview", [mara, tomasz]);
  assert.equal(text, `The short of it: a link was gone. 🔌 ${before} It took a day to put every write back.`);
  await Promise.all([saved(mara), saved(tomasz)]);
});

story("two_people_type_at_the_same_place_and_every_key_stands_once", TOGETHER, async ({ mara, tomasz, server, id }) => {
  const key = "went_well";
  await Promise.all([caretAt(section(mara, key), "end"), caretAt(section(tomasz, key), "end")]);
  const before = (await server.show(id)).sections[key];
  await Promise.all([type(mara, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), type(tomasz, "0123456789!$%&=+?#@")]);
  await until("everything is on disk", async () => (await server.show(id)).sections[key].length === before.length + 45);
  const text = await agree(server, id, key, [mara, tomasz]);
  const sorted = (words) => [...words].sort().join("");
  assert.equal(sorted(text), sorted(`${before}ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%&=+?#@`));
});

story("two_people_type_into_the_same_entry_at_once", TOGETHER, async ({ mara, tomasz, server, id }) => {
  const [{ id: first, text: before }] = (await server.show(id)).timeline;
  const [hers, his] = [await write(entryById(mara, first)), await write(entryById(tomasz, first))];
  await caretAt(hers, "start");
  await caretAt(his, "end");
  await Promise.all([type(mara, "Seen on the graph: "), type(tomasz, " Source: the carrier's ticket.")]);
  const expected = `Seen on the graph: ${before} Source: the carrier's ticket.`;
  await until("the entry is on disk", async () => (await entryOnDisk({ server, id }, first)).text === expected);
  await until("both see it", async () => (await textOf(hers)) === expected && (await textOf(his)) === expected);
  await mara.page.keyboard.press("Escape");
  await entryById(mara, first).locator(".text").waitFor();
  await saved(mara);
});

story("each_sees_the_caret_of_the_other_with_the_name", TOGETHER, async ({ mara, tomasz, server, id }) => {
  await caretAt(section(mara, "overview"), "start");
  await caretAt(section(tomasz, "overview"), "end");
  const flag = (watcher) => watcher.page.locator('[data-section="overview"] .caret b');
  await until("Tomasz sees Mara", async () => (await flag(tomasz).allTextContents()).join() === "Mara");
  await until("Mara sees Tomasz", async () => (await flag(mara).allTextContents()).join() === "Tomasz");
  await tomasz.page.locator('[data-section="overview"] header').getByText("Mara", { exact: false }).waitFor();
  await mara.look("section-with-caret");

  const [{ id: first }] = (await server.show(id)).timeline;
  await write(entryById(mara, first));
  await entryById(tomasz, first).getByText("Mara is editing").waitFor();
  await until("her caret has left the section", async () => (await flag(tomasz).count()) === 0);
  await write(entryById(tomasz, first));
  await until("her caret is in the entry", async () => {
    return (await entryById(tomasz, first).locator(".caret b").allTextContents()).join() === "Mara";
  });
  await tomasz.look("entry-with-caret");
  await mara.page.getByRole("group", { name: /Here now: .*Tomasz/ }).waitFor();
  await tomasz.close();
  await until("who left is gone from the page", async () => {
    return (await mara.page.getByRole("group", { name: /Here now: .*Tomasz/ }).count()) === 0;
  });
});

story("undo_and_redo_touch_only_one_s_own_edits", TOGETHER, async ({ mara, tomasz, server, id }) => {
  const before = (await server.show(id)).sections.overview;
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Mara's words. ");
  await caretAt(section(tomasz, "overview"), "end");
  await type(tomasz, " Tomasz's words.");
  await agree(server, id, "overview", [mara, tomasz]);
  for (let times = 0; times < 6; times += 1) await mara.page.keyboard.press("Control+z");
  assert.equal(await agree(server, id, "overview", [mara, tomasz]), `${before} Tomasz's words.`);
  for (let times = 0; times < 6; times += 1) await mara.page.keyboard.press("Control+Shift+Z");
  assert.equal(await agree(server, id, "overview", [mara, tomasz]), `Mara's words. ${before} Tomasz's words.`);
  for (let times = 0; times < 6; times += 1) await tomasz.page.keyboard.press("Control+z");
  assert.equal(await agree(server, id, "overview", [mara, tomasz]), `Mara's words. ${before}`);
});

story("entries_are_added_by_the_quick_line_on_both_sides_at_once",
  TOGETHER, async ({ mara, tomasz, server, id }) => {
  await Promise.all([
    addEntry(mara, "2018-10-21 23:01 pager goes off https://pager.example/1"),
    addEntry(tomasz, "2018-10-21 23:08 topology looks wrong"),
  ]);
  for (const visitor of [mara, tomasz]) {
    await entry(visitor, "pager goes off").waitFor();
    await entry(visitor, "topology looks wrong").waitFor();
    const order = await visitor.page.locator("[data-entry] .what").allTextContents();
    const at = (words) => order.findIndex((text) => text.includes(words));
    assert.ok(at("pager goes off") < at("topology looks wrong"), "entries stand in the order of their times");
  }
  const link = entry(tomasz, "pager goes off").locator("a.src");
  assert.equal(await link.getAttribute("href"), "https://pager.example/1");
  await entry(tomasz, "pager goes off").getByText("Mara").waitFor();
  const { timeline } = await server.show(id);
  const added = timeline.find(({ text }) => text.includes("pager goes off"));
  assert.equal(added.at, "2018-10-21T23:01:00Z");
  assert.equal(added.author, "Mara Lindqvist");
  assertOnce(timeline.map(({ text }) => text).join("\n"), "pager goes off", "topology looks wrong");
});

story("an_entry_moves_when_its_time_changes_and_comes_back_after_a_deletion", TOGETHER, async ({ mara, tomasz }) => {
  await addEntry(mara, "2018-10-21 23:01 pager goes off");
  const row = entry(mara, "pager goes off");
  await choose(row, "More about entry", "Change the time");
  const field = row.getByLabel("Time in UTC", { exact: false });
  await field.fill("2018-10-22 12:34");
  await field.press("Enter");
  await until("Tomasz sees it moved", async () => {
    const time = await entry(tomasz, "pager goes off").locator("time").first().getAttribute("datetime");
    return time === "2018-10-22T12:34:00Z";
  });
  await choose(row, "More about entry", "Delete entry");
  await until("it is gone for both", async () => {
    return (await entry(mara, "pager goes off").count()) + (await entry(tomasz, "pager goes off").count()) === 0;
  });
  await mara.page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await entry(mara, "pager goes off").waitFor();
  await entry(tomasz, "pager goes off").waitFor();
});

story("head_impact_responders_and_actions_are_edited_in_place_and_seen_by_the_other",
  TOGETHER, async ({ mara, tomasz, server, id }) => {
  const { page } = mara;
  await page.getByRole("button", { name: /^Title: / }).click();
  await page.getByLabel("Title").fill("A day of degraded service");
  await page.getByLabel("Title").press("Enter");
  await tomasz.page.getByRole("heading", { level: 1, name: "A day of degraded service" }).waitFor();
  await page.locator(".props").getByLabel("Severity").selectOption("SEV-2");
  await until("the severity is on disk", async () => (await server.show(id)).severity === "SEV-2");
  await page.getByLabel("New responder: name").fill("Priya Raman");
  await page.getByLabel("New responder: name").press("Enter");
  await tomasz.page.locator("[data-responder]").getByLabel("Name").first().waitFor();
  await page.getByLabel("New figure: what is counted").fill("Invoices sent late");
  await page.getByLabel("New figure: what is counted").press("Enter");
  const figure = tomasz.page.locator("[data-figure]").filter({ hasText: "Invoices sent late" });
  await figure.getByRole("button", { name: /Not known yet/ }).click();
  await figure.getByRole("textbox").fill("0");
  await figure.getByRole("textbox").press("Enter");
  await page.locator("[data-figure]").filter({ hasText: "Invoices sent late" }).getByText("Checked").waitFor();
  await page.getByLabel("New action item").fill("Stop promotions across regions");
  await page.getByLabel("New action item").press("Enter");
  const action = tomasz.page.locator("[data-action]").filter({ hasText: "Stop promotions across regions" });
  await action.getByRole("button", { name: /^Owner/ }).click();
  await action.getByLabel("Owner", { exact: true }).fill("Tomasz Wilk");
  await action.getByLabel("Owner", { exact: true }).press("Enter");
  await until("everything is on disk", async () => {
    const whole = await server.show(id);
    assert.equal(whole.title, "A day of degraded service");
    assert.ok(whole.responders.some(({ name }) => name === "Priya Raman"));
    assert.equal(whole.impact.find(({ label }) => label === "Invoices sent late").value, "0");
    assert.equal(whole.actions.find(({ text }) => text.startsWith("Stop promotions")).owner, "Tomasz Wilk");
    return true;
  });
  await mara.axe("the edited post-mortem");
});

story("the_tools_format_for_those_who_do_not_know_the_marks", TOGETHER, async ({ mara, tomasz, server, id }) => {
  const key = "resolution";
  const before = (await server.show(id)).sections[key];
  const [first, second, third] = before.split(" ");
  const tools = mara.page.getByRole("toolbar", { name: "Format Resolution" });
  assert.equal(await tools.isVisible(), false, "nobody writes");
  await selectWords(section(mara, key), second);
  await tools.getByRole("button", { name: "Bold" }).click();
  await selectWords(section(mara, key), third);
  await mara.page.keyboard.press("Alt+F10");
  await mara.page.keyboard.press("ArrowRight");
  await mara.page.keyboard.press("Enter");
  const rest = before.slice(`${first} ${second} ${third}`.length);
  const expected = `${first} **${second}** *${third}*${rest}`;
  await until("the marks are on disk", async () => (await server.show(id)).sections[key] === expected);
  await mara.look("tools");
  assert.equal(await textOf(section(tomasz, key)), before, "who does not write there reads no marks");
  await tomasz.page.keyboard.press("Tab");
  await section(mara, key).press("Escape");
  await caretAt(section(mara, "overview"), "end");
  assert.equal(await tools.isVisible(), false);
});

story("words_are_found_anywhere_and_escape_returns", TOGETHER, async ({ mara }) => {
  const { page } = mara;
  await page.getByLabel("New figure: what is counted").fill("Zebra crossings closed");
  await page.getByLabel("New figure: what is counted").press("Enter");
  await addEntry(mara, "2018-10-21 23:01 a zebra goes off");
  await caretAt(section(mara, "external_message"), "end");
  await type(mara, "No **zebra** was hurt.");
  await caretAt(section(mara, "overview"), "start");
  await page.keyboard.press("Control+f");
  const bar = page.getByRole("search", { name: "Find in this post-mortem" });
  await bar.getByRole("searchbox").fill("ZEBRA");
  await bar.getByText("1 of 3").waitFor();
  await page.keyboard.press("Enter");
  await until("the figure is shown", async () => (await page.locator("[data-figure][data-found]").count()) === 1);
  await mara.look("find");
  await page.keyboard.press("Enter");
  await until("the words of the entry are shown", async () => (await page.locator("[data-entry] mark.found").allTextContents()).join() === "zebra");
  await page.keyboard.press("Enter");
  await until("the words of the section are shown", async () => (await section(mara, "external_message").locator(".found").allTextContents()).join() === "zebra");
  await until("and are in sight", () => section(mara, "external_message").locator(".found").evaluate((found) => {
    const { top, bottom } = found.getBoundingClientRect();
    return top > 0 && bottom < innerHeight;
  }));
  await page.keyboard.press("Shift+Enter");
  await bar.getByText("2 of 3").waitFor();
  await bar.getByRole("searchbox").fill("nowhere at all");
  await bar.getByText("Nothing found").waitFor();
  await page.keyboard.press("Escape");
  await until("the keyboard is where it was", () => section(mara, "overview").evaluate((editor) => editor === document.activeElement));
  assert.equal(await page.locator(".found, [data-found]").count(), 0);
  assert.equal(await bar.count(), 0);

  const close = bar.getByRole("button", { name: "Close the search" });
  await page.keyboard.press("Control+f");
  await bar.getByRole("searchbox").fill("zebra");
  await bar.getByText("1 of 3").waitFor();
  await close.click();
  await until("nothing was shown: it is there again", () => section(mara, "overview").evaluate((editor) => editor === document.activeElement));
  await page.keyboard.press("Control+f");
  for (const place of ["1 of 3", "2 of 3"]) {
    await bar.getByRole("searchbox").press("Enter");
    await bar.getByText(place).waitFor();
  }
  await close.click();
  await until("the keyboard is where the words were shown", () =>
    page.locator("[data-entry]", { hasText: "a zebra goes off" }).evaluate((row) => row === document.activeElement),
  );
});
