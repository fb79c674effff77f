// Threads on sections, entries and words of either, live for two people.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import {
  agree, caretAt, entryById, GITHUB, offline, openThreads, reload, saved, section, selectWords, textOf, type,
} from "./postmortem.mjs";
import { ALONE, story, TOGETHER } from "./scenario.mjs";
import { PHONE } from "./visitor.mjs";

const WITH_JONAH = { people: ["Mara Lindqvist", "Jonah Adeyemi"], incident: GITHUB };

story("two_people_comment_reply_resolve_reopen_edit_and_delete", WITH_JONAH, async ({ mara, jonah, server, id }) => {
  const [, , { id: third }] = (await server.show(id)).timeline;
  const [hers, his] = [entryById(mara, third), entryById(jonah, third)];

  const panel = await openThreads(hers);
  await panel.getByRole("textbox", { name: "Comment" }).fill("Which alerts were these?");
  await panel.getByRole("button", { name: "Comment", exact: true }).click();
  await panel.locator(".msg").getByText("Which alerts were these?").waitFor();
  await until("Jonah sees the count", async () => /^1 comment/.test(await his.locator(".bub").getAttribute("aria-label")));
  await jonah.shoot("comment-stub");

  const answer = await openThreads(his);
  await answer.getByText("Which alerts were these?").waitFor();
  assert.equal(await answer.getByRole("button", { name: "Edit" }).count(), 0, "only one's own comments are changed");
  await answer.getByRole("textbox", { name: "Reply" }).fill("Replication lag, all <b>clusters</b>.");
  await answer.getByRole("textbox", { name: "Reply" }).press("Control+Enter");
  await panel.getByText("Replication lag, all <b>clusters</b>.").waitFor();
  await mara.look("comments-open");

  await panel.getByRole("button", { name: "Edit" }).click();
  await panel.getByRole("textbox", { name: "Your comment" }).fill("Which alerts came first?");
  await panel.getByRole("button", { name: "Save" }).click();
  await answer.getByText("Which alerts came first?").waitFor();
  await answer.getByText("edited").waitFor();

  await answer.getByRole("button", { name: "Resolve" }).click();
  await panel.locator("summary", { hasText: "1 resolved thread" }).click();
  await panel.getByText(/Resolved by Jonah Adeyemi/).waitFor();
  await mara.look("comments-resolved");
  await until("the count is gone", async () => /^Comment on/.test(await hers.locator(".bub").getAttribute("aria-label")));
  await panel.getByRole("button", { name: "Reopen" }).click();
  await until("Jonah sees it open", async () => /^2 comments/.test(await his.locator(".bub").getAttribute("aria-label")));

  const { threads } = await server.show(id);
  assert.deepEqual(
    threads.map(({ comments }) => comments.map(({ author, text }) => [author.name, text])),
    [[["Mara Lindqvist", "Which alerts came first?"], ["Jonah Adeyemi", "Replication lag, all <b>clusters</b>."]]],
  );

  const own = answer.locator(".msg").filter({ hasText: "Replication lag" });
  await own.getByRole("button", { name: "Delete" }).click();
  await own.getByRole("button", { name: "Really delete?" }).click();
  await until("it is gone for Mara", async () => (await panel.getByText("Replication lag").count()) === 0);
  const first = panel.locator(".msg").filter({ hasText: "Which alerts" });
  await first.getByRole("button", { name: "Delete" }).click();
  await first.getByRole("button", { name: "Really delete?" }).click();
  await until("the thread is gone with its last comment", async () => {
    assert.deepEqual((await server.show(id)).threads, []);
    return /^Comment on/.test(await his.locator(".bub").getAttribute("aria-label"));
  });
});

const underlined = (visitor, key) =>
  visitor.page.locator(`[data-section="${key}"] .cm-content .quo`).evaluateAll((all) => all.map((each) => each.textContent).join(""));

const aside = (visitor, key) => visitor.page.locator(`[data-section="${key}"] .asides .thread`);

/** Begins a thread on words of a section with the keyboard alone, and sends it. */
async function commentOn(visitor, key, words, comment) {
  await selectWords(section(visitor, key), words);
  await visitor.page.keyboard.press("Control+Alt+m");
  const field = aside(visitor, key).getByRole("textbox", { name: "Comment" });
  await until("the field has the keyboard", () => field.evaluate((element) => element === document.activeElement));
  await visitor.page.keyboard.type(comment);
  await visitor.page.keyboard.press("Control+Enter");
  await aside(visitor, key).locator(".msg").getByText(comment).waitFor();
}

story("a_passage_of_a_section_is_discussed_while_the_other_edits_before_and_inside_it",
  TOGETHER, async ({ mara, tomasz, server, id }) => {
  const words = "protect data rather than recover fast";
  const key = "overview";
  const before = (await server.show(id)).sections[key];
  const [start] = before.split(".");
  const quoted = before.includes(words) ? words : start.slice(4, 30).trim();
  await commentOn(mara, key, quoted, "Say who decided this.");
  await until("Tomasz sees the words underlined", async () => (await underlined(tomasz, key)) === quoted);
  await mara.look("section-thread");
  assert.equal(await aside(mara, key).locator("blockquote").textContent(), `“${quoted}”`);

  await caretAt(section(tomasz, key), "start");
  await type(tomasz, "In short: ");
  await selectWords(section(tomasz, key), quoted);
  await tomasz.page.keyboard.press("ArrowLeft");
  for (let times = 0; times < 3; times += 1) await tomasz.page.keyboard.press("ArrowRight");
  await type(tomasz, "…");
  const grown = `${quoted.slice(0, 3)}…${quoted.slice(3)}`;
  for (const visitor of [mara, tomasz]) {
    await until(`${visitor.name} sees the words where they are now`, async () => (await underlined(visitor, key)) === grown);
  }
  await agree(server, id, key, [mara, tomasz]);

  await section(tomasz, key).locator(".quo").first().click();
  await aside(tomasz, key).getByText("Say who decided this.").waitFor();
  await aside(tomasz, key).getByRole("textbox", { name: "Reply" }).fill("The IC did.");
  await aside(tomasz, key).getByRole("button", { name: "Reply" }).click();
  await aside(mara, key).getByText("The IC did.").waitFor();
  const { threads: [thread] } = await server.show(id);
  assert.deepEqual([thread.section, thread.passage.quote, thread.comments.length], [key, quoted, 2]);
});

story("a_thread_whose_words_are_deleted_is_kept_with_its_quote_and_finds_them_again",
  TOGETHER, async ({ mara, tomasz, server, id }) => {
  const key = "resolution";
  const words = (await server.show(id)).sections[key].split(" ").slice(1, 5).join(" ");
  await commentOn(mara, key, words, "Is that so?");
  await until("Tomasz sees the words underlined", async () => (await underlined(tomasz, key)) === words);
  await selectWords(section(tomasz, key), words);
  await tomasz.page.keyboard.press("Delete");
  await aside(mara, key).getByText("These words are no longer in the text.").waitFor();
  assert.match(await aside(mara, key).locator("blockquote").textContent(), new RegExp(words));
  assert.equal(await underlined(mara, key), "");
  await mara.look("thread-without-words");
  await tomasz.page.keyboard.press("Control+z");
  for (const visitor of [mara, tomasz]) {
    await until(`${visitor.name} sees the words again`, async () => (await underlined(visitor, key)) === words);
  }
  await until("nothing is lost", async () => (await aside(mara, key).getByText("no longer in the text").count()) === 0);
});

/** The words in front of what is underlined in a section, from its beginning; null where nothing is. */
const beforeUnderlined = (visitor, key) =>
  visitor.page.locator(`[data-section="${key}"] .cm-content`).evaluate((content) => {
    const mark = content.querySelector(".quo");
    if (mark === null) return null;
    const texts = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    let words = "";
    for (let node = texts.nextNode(); node && !mark.contains(node); node = texts.nextNode()) {
      // The names at carets are no words of the text.
      if (node.parentElement.closest(".caret") === null) words += node.data;
    }
    return words.trimEnd();
  });

story("words_that_a_colleague_deletes_in_part_and_brings_back_are_underlined_whole_for_everybody",
  TOGETHER, async ({ mara, tomasz }) => {
  const key = "resolution";
  await caretAt(section(mara, key), "start");
  await type(mara, "alpha beta gamma. ");
  await saved(mara);
  await commentOn(mara, key, "alpha beta", "Both of them?");
  await until("Tomasz sees both", async () => (await underlined(tomasz, key)) === "alpha beta");
  for (const _ of ["once", "and again"]) {
    await selectWords(section(tomasz, key), "alpha ");
    await tomasz.page.keyboard.press("Delete");
    await aside(mara, key).getByText("These words are no longer in the text.").waitFor();
    for (const visitor of [mara, tomasz]) {
      await until(`${visitor.name} sees nothing underlined`, async () => (await underlined(visitor, key)) === "");
    }
    await tomasz.page.keyboard.press("Control+z");
    for (const visitor of [mara, tomasz]) {
      await until(`${visitor.name} sees both again`, async () => (await underlined(visitor, key)) === "alpha beta");
    }
  }
  for (const visitor of [mara, tomasz]) {
    await reload(visitor);
    await until(`${visitor.name} sees both after a reload`, async () => (await underlined(visitor, key)) === "alpha beta");
  }
});

story("of_two_equal_sentences_the_comment_stays_at_its_own", TOGETHER, async ({ mara, tomasz }) => {
  const key = "resolution";
  const sentence = "The queue stops.";
  await caretAt(section(mara, key), "start");
  await type(mara, `Once. ${sentence} Twice. ${sentence} `);
  await saved(mara);
  // From the second to its end: the selection by words would take the first.
  await selectWords(section(mara, key), `Twice. ${sentence}`);
  await mara.page.keyboard.press("ArrowRight");
  for (const _ of sentence) await mara.page.keyboard.press("Shift+ArrowLeft");
  await mara.page.keyboard.press("Control+Alt+m");
  const field = aside(mara, key).getByRole("textbox", { name: "Comment" });
  await until("the field has the keyboard", () => field.evaluate((element) => element === document.activeElement));
  await mara.page.keyboard.type("Which of the two?");
  await mara.page.keyboard.press("Control+Enter");
  await aside(mara, key).locator(".msg").getByText("Which of the two?").waitFor();
  const second = `Once. ${sentence} Twice.`;
  for (const visitor of [mara, tomasz]) {
    await until(`${visitor.name} sees the second underlined`, async () => (await beforeUnderlined(visitor, key)) === second);
  }
  await selectWords(section(tomasz, key), ` Twice. ${sentence}`);
  await tomasz.page.keyboard.press("Delete");
  await aside(mara, key).getByText("These words are no longer in the text.").waitFor();
  for (const visitor of [mara, tomasz]) {
    await until(`${visitor.name} sees nothing underlined`, async () => (await beforeUnderlined(visitor, key)) === null);
  }
  await mara.look("second-of-two-gone");
  await tomasz.page.keyboard.press("Control+z");
  for (const visitor of [mara, tomasz]) {
    await until(`${visitor.name} sees the second again`, async () => (await beforeUnderlined(visitor, key)) === second);
    assert.equal(await underlined(visitor, key), sentence);
  }
  // Whoever was away hears of both in one change, which leaves the words where they were.
  mara.cutOff();
  await offline(mara);
  await selectWords(section(tomasz, key), ` Twice. ${sentence}`);
  await tomasz.page.keyboard.press("Delete");
  await until("nothing is underlined", async () => (await beforeUnderlined(tomasz, key)) === null);
  await tomasz.page.keyboard.press("Control+z");
  await until("it is again", async () => (await beforeUnderlined(tomasz, key)) === second);
  await saved(tomasz);
  mara.back();
  await saved(mara);
  await until("it is for whoever was away", async () => (await beforeUnderlined(mara, key)) === second);
  for (const visitor of [mara, tomasz]) {
    await reload(visitor);
    await until(`${visitor.name} sees the second after a reload`, async () => (await beforeUnderlined(visitor, key)) === second);
  }
});

story("words_of_an_entry_are_selected_where_they_are_read_and_stay_underlined_while_written",
  WITH_JONAH, async ({ mara, jonah, server, id }) => {
  const [, , { id: third, text }] = (await server.show(id)).timeline;
  const words = text.split(" ").slice(1, 4).join(" ");
  const [hers, his] = [entryById(mara, third), entryById(jonah, third)];
  await hers.scrollIntoViewIfNeeded();
  await selectWords(hers.locator(".prose"), words);
  await mara.page.getByRole("button", { name: "Comment", exact: true }).and(mara.page.locator(".at-selection")).click();
  await hers.locator(".thread").getByRole("textbox", { name: "Comment" }).fill("Which of them?");
  await hers.locator(".thread").getByRole("textbox", { name: "Comment" }).press("Control+Enter");
  await until("Jonah reads them underlined", async () => (await his.locator("mark.quo").allTextContents()).join("") === words);
  await mara.look("entry-passage");
  await his.focus();
  await his.press("Enter");
  const editor = his.locator(".cm-content");
  await until("and writes them underlined", async () => (await editor.locator(".quo").allTextContents()).join("") === words);
  assert.equal(await textOf(editor), text);
  await jonah.page.keyboard.press("Escape");
  await his.locator("mark.quo").click();
  await his.locator(".thread").getByText("Which of them?").waitFor();
  assert.equal(await his.locator(".cm-content").count(), 0, "the thread opens, and not the editor");
});

story("the_next_unresolved_thread_is_one_key_away_in_reading_order", ALONE, async ({ mara, server, id, cookie }) => {
  const { timeline } = await server.show(id);
  const say = (comment) => server.comment(id, comment, cookie);
  await say({ entry: timeline[8].id, text: "Second on the rail" });
  await say({ section: "resolution", text: "The last" });
  await say({ section: "overview", text: "The first" });
  await say({ entry: timeline[2].id, text: "First on the rail" });
  const waiting = mara.page.getByRole("button", { name: "4 unresolved threads. Go to the next" });
  await waiting.waitFor();
  const shown = mara.page.locator(".thread .msg p");
  const next = async (words, act) => {
    await act();
    await until(`"${words}" is shown`, async () => (await shown.allTextContents()).join() === words);
  };
  await next("The first", () => waiting.click());
  await mara.page.keyboard.press("Escape");
  await next("The first", () => mara.page.keyboard.press("u"));
  await next("First on the rail", () => mara.page.getByRole("button", { name: "Next unresolved thread, this is 1 of 4" }).click());
  await next("Second on the rail", () => mara.page.getByRole("button", { name: "Next unresolved thread, this is 2 of 4" }).click());
  await next("The last", () => mara.page.getByRole("button", { name: "Next unresolved thread, this is 3 of 4" }).click());
  await mara.look("threads-in-the-margin");
  await mara.page.getByRole("button", { name: "Resolve", exact: true }).click();
  await mara.page.getByRole("button", { name: "3 unresolved threads. Go to the next" }).waitFor();
  await mara.page.keyboard.press("Escape");
  await next("Second on the rail", () => mara.page.keyboard.press("Shift+U"));
});

story("what_was_begun_survives_a_reload_with_the_words_that_it_is_about", ALONE, async ({ mara, server, id }) => {
  const key = "resolution";
  const words = (await server.show(id)).sections[key].split(" ").slice(0, 3).join(" ");
  await selectWords(section(mara, key), words);
  await mara.page.keyboard.press("Control+Alt+m");
  await aside(mara, key).getByRole("textbox", { name: "Comment" }).fill("Half a thou");
  await reload(mara);
  await mara.page.locator(`[data-section="${key}"] > header .bub`).click();
  const field = aside(mara, key).getByRole("textbox", { name: "Comment" });
  assert.equal(await field.inputValue(), "Half a thou");
  assert.equal(await aside(mara, key).locator("blockquote").textContent(), `“${words}”`);
  await field.press("Control+Enter");
  await aside(mara, key).locator(".msg").getByText("Half a thou").waitFor();
  await until("it is about the words", async () => (await server.show(id)).threads[0]?.passage?.quote === words);
  await reload(mara);
  await mara.page.locator(`[data-section="${key}"] > header .bub`).click();
  assert.equal(await aside(mara, key).getByRole("textbox", { name: "Reply" }).inputValue(), "", "what was sent is no draft");
});

story("on_a_phone_a_thread_is_a_sheet_from_below",
  { people: [["Mara Lindqvist", { viewport: PHONE, hasTouch: true }]], incident: GITHUB }, async ({ mara, server, id, cookie }) => {
  await server.comment(id, { section: "overview", text: "Shorter?" }, cookie);
  const bubble = mara.page.locator('[data-section="overview"] > header .bub');
  await until("the count is there", async () => /^1 comment on Overview/.test(await bubble.getAttribute("aria-label")));
  await bubble.tap();
  const sheet = aside(mara, "overview");
  await sheet.getByText("Shorter?").waitFor();
  const { x, y, width, height } = await sheet.boundingBox();
  assert.deepEqual([x, width, Math.round(y + height)], [0, PHONE.width, PHONE.height]);
  await mara.look("section-thread-phone");
  await sheet.getByRole("button", { name: "Close comments" }).tap();
  await until("it is gone", async () => (await sheet.count()) === 0);
});

story("other_words_that_are_selected_before_sending_are_what_the_comment_is_about", ALONE, async ({ mara, server, id }) => {
  const key = "resolution";
  const words = (await server.show(id)).sections[key].split(" ");
  const [first, second] = [words.slice(0, 2).join(" "), words.slice(3, 6).join(" ")];
  const field = aside(mara, key).getByRole("textbox", { name: "Comment" });
  const begin = async (quoted) => {
    await selectWords(section(mara, key), quoted);
    await mara.page.keyboard.press("Control+Alt+m");
    await until("the field has the keyboard", () => field.evaluate((element) => element === document.activeElement));
    assert.equal(await aside(mara, key).locator("blockquote").textContent(), `“${quoted}”`);
  };
  await begin(first);
  await mara.page.keyboard.type("Says ");
  await begin(second);
  await mara.page.keyboard.type("who?");
  await mara.page.keyboard.press("Control+Enter");
  await aside(mara, key).locator(".msg").getByText("who?").waitFor();
  const thread = await until("the comment is sent", async () => (await server.show(id)).threads[0]);
  assert.equal(thread.passage.quote, second);
  assert.ok(["Says who?", "who?Says "].includes(thread.comments[0].text), thread.comments[0].text);
});

/** Says many things in one thread of a section. */
async function sayMuch({ server, id, cookie }, count, text) {
  let thread;
  for (let number = 1; number <= count; number += 1) {
    const said = await server.comment(id, { section: "overview", text: text(number), thread }, cookie);
    thread ??= said.thread.id;
  }
}

const LONG = {
  ...WITH_JONAH,
  prepare: (scenario) => sayMuch(scenario, 150, (number) => `${number}. ${"Because of the one before. ".repeat(5)}`),
};

story("a_long_thread_shows_its_first_comments_and_the_others_on_demand_while_people_write_on",
  LONG, async ({ mara, jonah }) => {
  const bubble = mara.page.locator('[data-section="overview"] > header .bub');
  await until("all are counted", async () => /^150 comments/.test(await bubble.getAttribute("aria-label")));
  await bubble.click();
  const panel = aside(mara, "overview");
  await panel.getByText("150 comments").waitFor();
  const shown = () => panel.locator(".msg p").evaluateAll((all) => all.map((each) => Number.parseInt(each.textContent, 10)));
  const first = await shown();
  assert.ok(first.length > 5 && first.length < 40, `${first.length} of 150 are there at first`);
  const left = panel.getByRole("button", { name: /^Show 100 of \d+ more$/ });
  await left.scrollIntoViewIfNeeded();
  await mara.look("long-thread");

  await jonah.page.locator('[data-section="overview"] > header .bub').click();
  const reply = aside(jonah, "overview").getByRole("textbox", { name: "Reply" });
  await reply.fill("151. And so on.");
  await reply.press("Control+Enter");
  await aside(jonah, "overview").locator(".msg").getByText("151. And so on.").waitFor();
  await panel.locator(".msg").getByText("151. And so on.").waitFor();
  await panel.getByText("151 comments").waitFor();
  assert.deepEqual(await shown(), [...first, 151], "what is said now stands behind what is not shown");

  await left.focus();
  await mara.page.keyboard.press("Enter");
  await until("a hundred more are there", async () => (await shown()).length === first.length + 101);
  const focused = () => mara.page.evaluate(() => Number.parseInt(document.activeElement.querySelector("p")?.textContent, 10));
  await until("the keyboard is where they begin", async () => (await focused()) === first.length + 1);
  await panel.getByRole("button", { name: /^Show \d+ more$/ }).click();
  await until("all are there, in their order", async () =>
    (await shown()).join() === Array.from({ length: 151 }, (_, at) => at + 1).join());
  assert.equal(await panel.getByRole("button", { name: /^Show/ }).count(), 0);
  await aside(jonah, "overview").locator(".msg").filter({ hasText: "151." }).getByRole("button", { name: "Edit" }).click();
  await aside(jonah, "overview").getByRole("textbox", { name: "Your comment" }).fill("151. Enough.");
  await aside(jonah, "overview").getByRole("button", { name: "Save" }).click();
  await panel.locator(".msg").getByText("151. Enough.").waitFor();
  await panel.getByRole("button", { name: "Resolve", exact: true }).click();
  await aside(jonah, "overview").getByText("1 resolved thread").waitFor();
});

story("a_comment_that_a_full_thread_does_not_take_is_back_in_its_field",
  { ...ALONE, allow: /status of 422/ }, async ({ mara, server, id, cookie }) => {
  // As much as a thread takes: 8 MiB.
  await sayMuch({ server, id, cookie }, 209, () => "🔥".repeat(10_000));
  await mara.page.locator('[data-section="overview"] > header .bub').click();
  const panel = aside(mara, "overview");
  const field = panel.getByRole("textbox", { name: "Reply" });
  const all = "€".repeat(10_000);
  await field.fill(all);
  await field.press("Control+Enter");
  await mara.page.getByText("This thread is full: it has at most 5000 comments and 8 MiB.").waitFor();
  await until("the words are back", async () => (await field.inputValue()) === all);
  await mara.look("thread-full");
  await reload(mara);
  await mara.page.locator('[data-section="overview"] > header .bub').click();
  assert.equal(await aside(mara, "overview").getByRole("textbox").first().inputValue(), all, "also after a reload");
  const short = aside(mara, "overview").getByRole("textbox", { name: "Reply" });
  await short.fill("And that is all.");
  await short.press("Control+Enter");
  await aside(mara, "overview").locator(".msg").getByText("And that is all.").waitFor();
});
