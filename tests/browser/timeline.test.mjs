// The timeline: the strip, zones, filters, the quick line, pasting, the text and links to entries.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { addEntry, choose, entry, entryById, GITHUB, open, paste, saved, section, type, write } from "./postmortem.mjs";
import { ALONE, story } from "./scenario.mjs";
import { PHONE } from "./visitor.mjs";

/** Hand-made: severities, kinds, an hour that comes twice in Berlin, two sources that disagree. */
const TURNS = {
  title: "A night in two zones",
  severity: "SEV-1",
  started_at: "2018-10-27T23:10:00Z",
  detected_at: "2018-10-27T23:20:00Z",
  mitigated_at: "2018-10-28T01:30:00Z",
  resolved_at: "2018-10-28T05:00:00Z",
  timeline: [
    { at: "2018-10-27T23:10:00Z", what: "Queues stop", kind: "trigger" },
    { at: "2018-10-27T23:20:00Z", what: "An alert fires", kind: "detection", severity: "SEV-2" },
    { at: "2018-10-28T00:30:00Z", what: "First half past two", kind: "decision", severity: "SEV-1", source_url: "https://chat.example/1" },
    { at: "2018-10-28T01:30:00Z", what: "Second half past two", kind: "recovery" },
    {
      at: "2018-10-28T04:27:00Z",
      what: "Data is wiped",
      approx: true,
      clock: "live notes",
      readings: [{ at: "2018-10-28T04:30:00Z", clock: "later report" }],
    },
    { at: "2018-10-28T05:00:00Z", what: "All queues are empty" },
  ],
};

const AT_TURNS = { people: ["Mara Lindqvist"], incident: TURNS };
const WITH_JONAH = { people: ["Mara Lindqvist", "Jonah Adeyemi"], incident: GITHUB };
const ON_PHONE = { people: [["Mara Lindqvist", { viewport: PHONE, hasTouch: true }]], incident: GITHUB };
const IN_BERLIN = [["Mara Lindqvist", { timezoneId: "Europe/Berlin" }]];

story("r34_r35_the_strip_shows_the_whole_incident_and_says_it", AT_TURNS, async ({ mara }) => {
  const { page } = mara;
  const strip = page.locator("figure.strip");
  const said = await strip.getAttribute("aria-label");
  for (const words of ["5 h 50 min to scale", "SEV-2 from 23:20", "SEV-1 from", "mitigated", "resolved"]) {
    assert.ok(said.replaceAll("\u00a0", " ").includes(words), `${words} in: ${said}`);
  }
  await strip.getByText("Resolved").waitFor();
  const widths = await strip.evaluate((figure) =>
    ["sev2", "sev1", "backlog"].map((phase) => getComputedStyle(figure.querySelector(`path.${phase}`)).strokeWidth),
  );
  assert.deepEqual(widths, ["4px", "8px", "8px"], "width says severity");
  assert.equal(await page.locator('[data-to="backlog"]').count() > 0, true);
  assert.equal(await strip.evaluate((figure) => figure.scrollWidth <= figure.clientWidth + 1), true);
  await entry(mara, "Data is wiped").getByText("or").first().waitFor();
  await mara.look("timeline-turns");
});

story("times_are_read_and_typed_in_the_zone_of_the_browser_over_the_change_of_clocks",
  { people: IN_BERLIN, incident: TURNS }, async ({ mara, server, id }) => {
  const { page } = mara;
  const days = page.locator(".tl .day h3");
  assert.deepEqual(await days.allTextContents(), ["Saturday 27 October 2018, UTC", "Sunday 28 October 2018, UTC"]);
  await page.getByRole("group", { name: "Time zone" }).getByRole("button", { name: /Berlin/ }).click();
  await until("the days are those of Berlin", async () => {
    const told = await days.allTextContents();
    assert.deepEqual(told, ["Sunday 28 October 2018, Berlin +2", "Sunday 28 October 2018, Berlin +1"]);
    return true;
  });
  const clocks = await page.locator("[data-entry] .when time:first-of-type").allTextContents();
  assert.deepEqual(clocks.slice(0, 4), ["01:10", "01:20", "02:30", "02:30"]);
  const line = page.locator("#quick-line");
  await line.fill("06:30 Pages are up");
  await page.locator("#quick-becomes").getByText("Sun 28 Oct 2018, 06:30 Berlin +1").waitFor();
  await line.fill("06:30Z Pages are up");
  await page.locator("#quick-becomes").getByText("Sun 28 Oct 2018, 07:30 Berlin +1").waitFor();
  await line.press("Enter");
  await entry(mara, "Pages are up").waitFor();
  await saved(mara);
  const { timeline } = await server.show(id);
  assert.equal(timeline.find(({ text }) => text === "Pages are up").at, "2018-10-28T06:30:00Z");
  await mara.look("timeline-berlin");
  await page.reload();
  await page.locator(".tl .day h3", { hasText: "Berlin +2" }).waitFor();
});

/** One entry, on the later of two days. */
const NIGHT = {
  title: "A night",
  severity: "SEV-1",
  started_at: "2018-11-03T13:00:00Z",
  resolved_at: "2018-11-04T09:00:00Z",
  timeline: [{ at: "2018-11-04T08:00:00Z", what: "Somebody restarts" }],
};

story("a_time_that_is_changed_is_read_as_in_the_quick_line_and_its_day_is_told",
  { people: IN_BERLIN, incident: NIGHT }, async ({ mara, server, id }) => {
  const { page } = mara;
  await page.getByRole("group", { name: "Time zone" }).getByRole("button", { name: /Berlin/ }).click();
  const row = entry(mara, "Somebody restarts");
  const stored = async (expected) => {
    const { timeline } = await server.show(id);
    const { at, until: end, precision } = timeline[0];
    assert.deepEqual([at, end, precision], expected);
    return true;
  };
  const retime = async (words) => {
    await choose(row, "More about entry", "Change the time");
    const field = row.getByLabel("Time in Berlin", { exact: false });
    await field.fill(words);
    await field.press("Enter");
  };
  await retime("~15:05");
  const toast = page.locator(".toast");
  const told = toast.getByText("Moved to Sat 3 Nov 2018, 15:05 Berlin +1");
  await told.waitFor();
  assert.ok((await told.boundingBox()).height < 50, "the words are no column of letters");
  await until("it is within the incident", () => stored(["2018-11-03T14:05:00Z", null, "about"]));
  await toast.getByRole("button", { name: "Make it Sun 4 Nov 2018 15:05" }).click();
  await until("it is on the other day", () => stored(["2018-11-04T14:05:00Z", null, "about"]));
  await toast.getByRole("button", { name: "Undo" }).click();
  await until("it is as it was", () => stored(["2018-11-04T08:00:00Z", null, "minute"]));
  await choose(row, "More about entry", "Kind, severity and more");
  await row.getByRole("button", { name: "It lasted until: A moment only. Change" }).click();
  const end = row.getByLabel("It lasted until", { exact: true });
  await end.fill("09:10");
  await end.press("Enter");
  await until("it ends ten minutes later", () => stored(["2018-11-04T08:00:00Z", "2018-11-04T08:10:00Z", "minute"]));
});

story("a_time_that_a_zone_name_leaves_open_is_asked_about", ALONE, async ({ mara }) => {
  const { page } = mara;
  const line = page.locator("#quick-line");
  await line.fill("23:07 IST deploys locked");
  await line.press("Enter");
  await page.locator(".quick").getByRole("alert").getByText("IST names several zones").waitFor();
  assert.equal(await line.inputValue(), "23:07 IST deploys locked");
});

story("r36_entries_are_filtered_by_kind_and_by_missing_sources", AT_TURNS, async ({ mara }) => {
  const { page } = mara;
  await choose(page.locator(".tools"), "Show entries", /^Decision/);
  await until("one entry is left", async () => (await page.locator("[data-entry]").count()) === 1);
  await page.getByText("Decision: 1 of 6 entries.").waitFor();
  await page.locator(".turn", { hasText: "Incident starts" }).waitFor();
  await mara.look("timeline-filtered");
  await page.getByRole("button", { name: "Show all" }).click();
  await choose(page.locator(".tools"), "Show entries", /^Without source/);
  await until("five have none", async () => (await page.locator("[data-entry]").count()) === 5);
});

story("a_filter_takes_no_row_from_the_person_who_works_in_it",
  { people: ["Mara Lindqvist", "Jonah Adeyemi"], incident: TURNS }, async ({ mara, jonah, server, id }) => {
  const { page } = mara;
  await choose(page.locator(".tools"), "Show entries", /^Without source/);
  await page.getByText("Without source: 5 of 6 entries.").waitFor();
  const source = async (visitor, words, link) => {
    await entry(visitor, words).focus();
    await visitor.page.keyboard.press("s");
    await entry(visitor, words).getByRole("textbox", { name: "Source link" }).waitFor();
    await visitor.page.keyboard.type(link);
    await visitor.page.keyboard.press("Enter");
  };
  await source(mara, "Queues stop", "https://chat.example/2");
  await page.getByText("Without source: 4 of 6 entries.").waitFor();
  assert.ok(await entry(mara, "Queues stop").evaluate((row) => row.contains(document.activeElement)), "the keyboard is in the row");

  const words = await write(entry(mara, "An alert fires"));
  await words.press("Control+End");
  await source(jonah, "An alert fires", "https://chat.example/3");
  await page.getByText("Without source: 3 of 6 entries.").waitFor();
  await type(mara, " at once");
  await until("the words are kept", async () => (await server.show(id)).timeline.some(({ text }) => text === "An alert fires at once"));
  await page.keyboard.press("Escape");

  await choose(page.locator(".tools"), "Show entries", /^Decision/);
  await page.getByText("Decision: 1 of 6 entries.").waitFor();
  assert.equal(await page.locator("[data-entry]").count(), 1, "another filter begins anew");
  await addEntry(mara, "2018-10-28 00:40Z somebody looks");
  await entry(mara, "somebody looks").waitFor();
  await page.getByText("Decision: 1 of 7 entries.").waitFor();
});

story("fifty_pasted_lines_are_fifty_entries_and_one_undo", ALONE, async ({ mara, server, id }) => {
  const { page } = mara;
  const before = await server.show(id);
  const lines = Array.from({ length: 47 }, (_, index) => `23:${String(index + 10).padStart(2, "0")} step ${index} https://log.example/${index}`);
  lines.splice(20, 0, "25:07 nobody knows", "and it went on", "[11:58 PM] chat says hello");
  await paste(page.locator("#quick-line"), { text: lines.join("\r\n") });
  await page.locator(".toast").getByText("50 entries added, 2 without a time: they stand at the end").waitFor();
  await saved(mara);
  const pasted = await server.show(id);
  assert.equal(pasted.timeline.length, before.timeline.length + 50);
  assert.deepEqual(pasted.timeline.slice(-2).map(({ at, text }) => [at, text]), [
    [null, "25:07 nobody knows"],
    [null, "and it went on"],
  ]);
  await entry(mara, "nobody knows").getByText("01:07 for the next day").waitFor();
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await until("all of them are gone", async () => (await page.locator("[data-entry]").count()) === before.timeline.length);
  await saved(mara);
  assert.deepEqual((await server.show(id)).timeline, before.timeline);
});

const STARTED = new Date(Date.now() - 30 * 60_000).toISOString().replace(/\.\d+/, "");
const GOING_ON = { title: "Going on", severity: "SEV-2", started_at: STARTED, timeline: [{ at: STARTED, what: "Queues stop" }] };

story("a_guessed_day_is_told_and_corrected_by_one_key_and_a_line_without_a_time_means_now",
  { people: ["Mara Lindqvist"], incident: GOING_ON }, async ({ mara, server, id }) => {
  const { page } = mara;
  const line = page.locator("#quick-line");
  await line.fill("deploys locked");
  await page.locator("#quick-becomes").getByText(/^Now: /).waitFor();
  await line.press("Enter");
  await entry(mara, "deploys locked").waitFor();
  const toast = page.locator(".toast");
  await toast.getByText(/^Taken as now: /).waitFor();
  await toast.getByRole("button", { name: "Time unknown" }).click();
  await until("it has no time", async () => {
    const { timeline } = await server.show(id);
    return timeline.some(({ text, at }) => text === "deploys locked" && at === null);
  });
  // The minute after the next is yesterday's, and its correction is a day older.
  const ahead = new Date(Date.now() + 5 * 60_000);
  const clock = ahead.toISOString().slice(11, 16);
  await addEntry(mara, `${clock} alerts fire`);
  await entry(mara, "alerts fire").waitFor();
  await saved(mara);
  const at = async () => Date.parse((await server.show(id)).timeline.find(({ text }) => text === "alerts fire").at);
  const guessed = await at();
  assert.ok(guessed < Date.now(), "a day that was not written is not in the future");
  await toast.getByRole("button", { name: /^Make it / }).waitFor();
  await line.press("ArrowUp");
  await until("it is another day", async () => Math.abs((await at()) - guessed) === 24 * 3_600_000);
});

story("a_list_with_days_above_its_lines_is_read_as_a_list_and_a_doubtful_one_is_asked_about",
  ALONE, async ({ mara, server, id }) => {
  const { page } = mara;
  const line = page.locator("#quick-line");
  await paste(line, { text: "2026-03-10\n- 12:24 a\n- 15:56 b\n2026-03-12\n- 09:31 c" });
  await page.locator(".toast").getByText("3 entries added").waitFor();
  await saved(mara);
  const told = async () => {
    const { timeline } = await server.show(id);
    return timeline.filter(({ text }) => text.length === 1).map(({ at, text }) => `${at} ${text}`);
  };
  assert.deepEqual(await told(), ["2026-03-10T12:24:00Z a", "2026-03-10T15:56:00Z b", "2026-03-12T09:31:00Z c"]);

  await paste(line, { text: "2026-03-14 10:05 d\n10:03 e\n10:10 f" });
  const dialog = page.getByRole("dialog", { name: "How is this list meant?" });
  await dialog.locator(".doubtful").getByText("10:03").waitFor();
  assert.equal((await told()).length, 3, "nothing is taken before it is answered");
  await mara.look("timeline-doubt");
  await mara.axe("timeline-doubt");
  await dialog.getByLabel("All on the same day").check();
  await dialog.getByRole("button", { name: "Take it so" }).click();
  await until("all are on the fourteenth", async () => (await told()).slice(3).join() === "2026-03-14T10:03:00Z e,2026-03-14T10:05:00Z d,2026-03-14T10:10:00Z f");
});

story("pasted_words_keep_the_addresses_of_their_links", ALONE, async ({ mara, server, id }) => {
  const { page } = mara;
  await paste(page.locator("#quick-line"), {
    text: "23:07 see the graph\n23:09 fixed",
    html: '<ul><li>23:07 see <a href="https://g.example/a_(b)">the graph</a></li><li>23:09 fixed</li></ul>',
  });
  await page.locator(".toast").getByText("2 entries added").waitFor();
  await saved(mara);
  const { timeline } = await server.show(id);
  const linked = timeline.find(({ text }) => text.startsWith("see "));
  assert.deepEqual([linked.text, linked.source], ["see [the graph](https://g.example/a_(b))", "https://g.example/a_(b)"]);
});

story("words_pasted_into_a_section_keep_the_addresses_of_their_links", ALONE, async ({ mara, server, id }) => {
  const editor = section(mara, "overview");
  await editor.click();
  await mara.page.keyboard.press("Control+a");
  await paste(editor, {
    text: "The graph shows it, and the graph\r\nis public.",
    html: '<p>The graph shows it, and <a href="https://g.example/a_(b)">the <b>graph</b></a><br>is public.</p>',
  });
  await saved(mara);
  const { sections } = await server.show(id);
  assert.equal(sections.overview, "The graph shows it, and [the graph](https://g.example/a_(b))\nis public.");
});

story("a_list_is_asked_about_its_dates_and_halves_of_the_day_once", ALONE, async ({ mara, server, id }) => {
  const { page } = mara;
  const line = page.locator("#quick-line");
  const dialog = page.getByRole("dialog", { name: "How is this list meant?" });
  const told = async () => {
    const { timeline } = await server.show(id);
    return timeline.filter(({ text }) => text.length === 1).map(({ at, text }) => `${at} ${text}`);
  };
  await paste(line, { text: "10/03/2026 12:10 a\n11/03/2026 12:12 b" });
  await dialog.getByText("first “10/03/2026 12:10 a”").waitFor();
  await mara.look("timeline-doubt-dates");
  await dialog.getByLabel("The month stands first").check();
  await dialog.getByRole("button", { name: "Take it so" }).click();
  await until("October and November", async () => (await told()).join() === "2026-10-03T12:10:00Z a,2026-11-03T12:12:00Z b");

  await paste(line, { text: "2026-03-10 9:30 pm c\n9:45 d" });
  await dialog.getByText("first “9:45 d”").waitFor();
  await dialog.getByRole("button", { name: "Take it so" }).click();
  await until("in the evening", async () => (await told()).slice(0, 2).join() === "2026-03-10T21:30:00Z c,2026-03-10T21:45:00Z d");
});

story("a_phone_puts_the_time_of_this_moment_into_the_line", ON_PHONE, async ({ mara }) => {
  const { page } = mara;
  const line = page.locator("#quick-line");
  await line.fill("deploys locked");
  await page.locator(".quick").getByRole("button", { name: "Now" }).click();
  assert.match(await line.inputValue(), /^\d\d:\d\d deploys locked$/);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
});

story("times_that_cannot_be_true_are_said_where_they_stand", AT_TURNS, async ({ mara }) => {
  const { page } = mara;
  const field = page.locator('[data-key-time="resolved_at"]');
  await field.getByRole("button").click();
  await field.getByRole("textbox").fill("2018-10-27 20:00");
  await field.getByRole("textbox").press("Enter");
  await field.getByText("This is before the start.").waitFor();
  await page.locator(".facts").getByText("resolved before it started").waitFor();
});

story("the_timeline_is_edited_as_text_while_others_write", WITH_JONAH, async ({ mara, jonah, server, id }) => {
  const { page } = mara;
  const { timeline: before } = await server.show(id);
  await page.getByRole("button", { name: "As text" }).click();
  const area = page.getByLabel("The timeline as text");
  const text = await area.inputValue();
  assert.equal(text.split("\n").filter((line) => /^[~2]/.test(line)).length, before.length);
  await mara.look("timeline-text");
  await area.focus();
  const isLeft = () => area.evaluate((field) => field.dispatchEvent(
    new KeyboardEvent("keydown", { key: "f", ctrlKey: true, bubbles: true, cancelable: true }),
  ));
  assert.equal(await isLeft(), true, "only the browser's own search finds words in the text");
  assert.equal(await page.getByRole("search").count(), 0);

  const words = await write(entryById(jonah, before[4].id));
  await words.press("Control+End");
  await type(jonah, " By Jonah.");
  await addEntry(jonah, "2018-10-21 23:12 Jonah joins");
  await saved(jonah);

  const lines = text.trimEnd().split("\n");
  lines[1] = lines[1].replace(/22:52 (\[\w+\] )?/, "22:53 [decision] Now: ");
  lines.splice(2, 1);
  lines.push("23:50 all is well https://status.example/1");
  await area.fill(`nonsense\n${lines.join("\n")}`);
  await area.press("Control+Enter");
  await page.getByRole("alert").getByText("Line 1: Put the time in front").waitFor();
  await area.fill(lines.join("\n"));
  await area.press("Control+Enter");
  await page.locator(".toast").getByText("Timeline: 1 added, 1 changed, 1 deleted").waitFor();
  await saved(mara);
  const merged = await until("both are there", async () => {
    const { timeline } = await server.show(id);
    return timeline.length === before.length + 1 && timeline;
  });
  const of = (entryId) => merged.find((one) => one.id === entryId);
  assert.match(of(before[4].id).text, /By Jonah\.$/);
  assert.deepEqual([of(before[1].id).at, of(before[1].id).kind], ["2018-10-21T22:53:00Z", "decision"]);
  assert.match(of(before[1].id).text, /^Now: /);
  assert.equal(of(before[2].id), undefined);
  assert.ok(merged.some(({ text }) => text === "Jonah joins"));
  assert.equal(merged.find(({ text }) => text === "all is well").at, "2018-10-22T23:50:00Z");

  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await until("what was rewritten is as it was, and what Jonah wrote stays", async () => {
    const { timeline } = await server.show(id);
    const told = timeline.filter(({ text }) => text !== "Jonah joins" && !text.endsWith("By Jonah."));
    assert.deepEqual(told, before.filter((one) => one.id !== before[4].id));
    return true;
  });
});

story("r77_sources_that_disagree_stand_side_by_side_until_somebody_picks_one", AT_TURNS, async ({ mara, server, id }) => {
  const { page } = mara;
  const row = entry(mara, "Data is wiped");
  await choose(row, "More about entry", "Kind, severity and more");
  await row.getByRole("textbox", { name: "Another time" }).fill("04:35, chat");
  await row.getByRole("textbox", { name: "Another time" }).press("Enter");
  await row.locator(".when .or").nth(1).waitFor();
  await row.getByRole("button", { name: /^Take .* 04:30/ }).click();
  await until("the picked one is the time, the other a reading", async () => {
    const { timeline } = await server.show(id);
    const wiped = timeline.find(({ text }) => text === "Data is wiped");
    assert.deepEqual(
      [wiped.at, wiped.clock, wiped.readings],
      [
        "2018-10-28T04:30:00Z",
        "later report",
        [
          { at: "2018-10-28T04:27:00Z", clock: "live notes" },
          { at: "2018-10-28T04:35:00Z", clock: "chat" },
        ],
      ],
    );
    return true;
  });
  await page.locator(".readings li").first().waitFor();
  await mara.look("timeline-readings");
});

story("an_entry_has_a_link_that_opens_with_it_selected", ALONE, async ({ mara, server, id, visitor }) => {
  const { page } = mara;
  const { timeline } = await server.show(id);
  await choose(entryById(mara, timeline[15].id), "More about entry", "Copy the link");
  await page.locator(".toast").getByText("Link to the entry copied").waitFor();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(address.endsWith(`/postmortems/${id}#entry-${timeline[15].id}`), address);
  const jonah = await visitor("Jonah Adeyemi");
  const url = new URL(address);
  await jonah.page.goto(url.pathname + url.hash);
  const row = entryById(jonah, timeline[15].id);
  await until("the row has the focus", () => row.evaluate((element) => element === document.activeElement));
  assert.equal(await row.evaluate((element) => element.classList.contains("here")), true);
  assert.equal(await inSight(row), true);
});

story("keys_open_the_time_the_source_and_the_details_of_the_selected_entry", ALONE, async ({ mara }) => {
  const { page } = mara;
  const focused = (number) =>
    until("the row has the focus", () => page.locator("[data-entry]").nth(number).evaluate((row) => row === document.activeElement));
  await page.keyboard.press("j");
  await focused(0);
  await page.keyboard.press("t");
  await page.locator("[data-entry]").getByLabel("Time in UTC", { exact: false }).press("Escape");
  await page.keyboard.press("j");
  await focused(1);
  await page.keyboard.press("e");
  await page.locator(".details").waitFor();
  await page.keyboard.press("x");
  await page.getByLabel("The timeline as text").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#quick-line").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("The timeline as text").waitFor();
  await page.keyboard.press("Escape");
});

story("a_phone_shows_the_strip_and_takes_a_line", ON_PHONE, async ({ mara }) => {
  const { page } = mara;
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await page.locator("figure.strip").scrollIntoViewIfNeeded();
  await addEntry(mara, "23:50 written on a phone");
  await entry(mara, "written on a phone").waitFor();
  await mara.look("timeline-phone");
});

/** Whether a row is on the screen. */
function inSight(row) {
  return row.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
}

const LONG = {
  title: "A long night",
  severity: "SEV-1",
  started_at: "2018-10-21T22:00:00Z",
  timeline: Array.from({ length: 1_500 }, (_, index) => ({
    at: new Date(Date.UTC(2018, 9, 21, 22, index * 3)).toISOString().replace(".000", ""),
    what: `Step ${index} of the night${index % 7 === 0 ? ", told in so many words that it takes more than one line of the page to say what somebody did" : ""}`,
  })),
};

story("a_long_timeline_is_drawn_only_near_the_screen_and_keys_links_and_readers_reach_all_of_it",
  { people: ["Mara Lindqvist"], incident: LONG }, async ({ mara, server, id, visitor }) => {
  const { page } = mara;
  const rows = page.locator("[data-entry]");
  assert.ok((await rows.count()) < 200, "most entries are not drawn");
  const { timeline } = await server.show(id);
  const jonah = await visitor("Jonah Adeyemi");
  await jonah.page.goto(`/postmortems/${id}#entry-${timeline[1_200].id}`);
  const linked = entryById(jonah, timeline[1_200].id);
  await until("the linked entry has the focus", () => linked.evaluate((row) => row === document.activeElement));
  await until("it is in sight", () => inSight(linked));
  assert.deepEqual(
    [await linked.getAttribute("aria-posinset"), await linked.getAttribute("aria-setsize")],
    ["1201", "1500"],
  );
  for (let step = 1; step <= 40; step += 1) {
    await jonah.page.keyboard.press("j");
    const next = entryById(jonah, timeline[1_200 + step].id);
    await until(`j leads to entry ${1_200 + step}`, () => next.evaluate((row) => row === document.activeElement));
  }
  assert.equal(await inSight(entryById(jonah, timeline[1_240].id)), true);
  assert.ok((await jonah.page.locator("[data-entry]").count()) < 200);
  await jonah.axe("timeline-long");

  // Remote changes above do not move what Jonah reads.
  const anchor = entryById(jonah, timeline[1_240].id);
  const place = () => anchor.evaluate((row) => row.getBoundingClientRect().top);
  const was = await place();
  await addEntry(mara, "2018-10-22 00:01 somebody adds at the beginning");
  await addEntry(mara, "2018-10-24 10:01 somebody adds a little above");
  await until("both arrived", () => jonah.page.locator("#timeline > header", { hasText: "1502 entries" }).isVisible());
  await until("the place is as it was", async () => Math.abs((await place()) - was) < 2);

  // Writing goes on while the screen is elsewhere.
  const editor = await write(anchor);
  await jonah.page.evaluate(() => scrollTo(0, 3_000));
  await until("other rows are drawn", async () => (await jonah.page.getByText("Step 40 of the night").count()) === 1);
  await type(jonah, "!");
  await until("the words went in", async () => {
    const { timeline: now } = await server.show(id);
    return now.some(({ id: one, text }) => one === timeline[1_240].id && text.endsWith("!"));
  });
  await editor.waitFor();
});

story("a_half_typed_line_and_a_rewriting_outlive_the_page", ALONE, async ({ mara, id, visitor }) => {
  const { page } = mara;
  const line = page.locator("#quick-line");
  await line.fill("23:07 half ty");
  await page.reload();
  await saved(mara);
  assert.equal(await line.inputValue(), "23:07 half ty");
  await page.getByRole("button", { name: "As text" }).click();
  const area = page.getByLabel("The timeline as text");
  const rewritten = `${await area.inputValue()}\n23:50 all is well`;
  await area.fill(rewritten);
  await page.reload();
  await saved(mara);
  assert.equal(await area.inputValue(), rewritten);
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await line.inputValue(), "23:07 half ty");
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  assert.equal(await area.inputValue(), rewritten);

  // On a timeline that others went on with, its lines would take away theirs.
  const jonah = await visitor("Jonah Adeyemi");
  await page.addInitScript(() => {
    // Without a copy of the timeline as it was.
    Object.defineProperty(window, "indexedDB", { get: () => undefined });
  });
  await page.goto("/");
  await open(jonah, id);
  await addEntry(jonah, "2018-10-21 23:12 Jonah joins");
  await saved(jonah);
  await open(mara, id);
  await page.locator("[data-kept]").getByText("The timeline has changed since").waitFor();
  assert.match(await area.inputValue(), /Jonah joins/);
});

story("an_entry_that_is_deleted_under_the_keyboard_leaves_a_page_that_works", WITH_JONAH, async ({ mara, jonah }) => {
  await addEntry(jonah, "2018-10-21 23:12 Jonah joins");
  await write(entry(mara, "Jonah joins"));
  await entry(mara, "Jonah joins").locator('[data-tool="strong"]').focus();
  await choose(entry(jonah, "Jonah joins"), "More about entry", "Delete entry");
  await until("it is gone", async () => (await entry(mara, "Jonah joins").count()) === 0);
  await addEntry(mara, "2018-10-21 23:13 and on");
  await entry(jonah, "and on").waitFor();
});
