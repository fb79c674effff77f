// What was typed outlives the page: a copy in the browser that several tabs share, comments that wait, text that the
// server refused, and a browser that keeps nothing.

import assert from "node:assert/strict";
import * as Y from "yjs";
import { until } from "./patience.mjs";
import {
  addEntry, agree, assertOnce, caretAt, choose, download, entry, entryById, GITHUB, installed, offline, open,
  openThreads, paste, saved, section, textOf, type,
} from "./postmortem.mjs";
import { ALONE, story } from "./scenario.mjs";
import { NETWORK } from "./visitor.mjs";

const overviewOf = async ({ server, id }) => (await server.show(id)).sections.overview;

/** Waits until the banner counts so many changes as kept in this browser. */
const kept = (page, words) => page.locator(".banner").getByText(words).waitFor();

/** Reloads, and waits for the copy in the browser alone. */
async function reopen({ page }) {
  await page.reload();
  await page.locator('[data-section="overview"] .cm-content').waitFor();
}

story("what_was_typed_offline_is_there_after_a_reload_and_arrives_once", ALONE, async ({ mara, server, id }) => {
  const overview = await overviewOf({ server, id });
  await installed(mara);
  mara.cutOff();
  await offline(mara);
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Typed offline. ");
  await addEntry(mara, "2018-10-21 23:04 noted offline");
  const panel = await openThreads(entry(mara, "noted offline"));
  await panel.getByRole("textbox", { name: "Comment" }).fill("Who noted this?");
  await panel.getByRole("button", { name: "Comment", exact: true }).click();
  await panel.locator("[data-waiting]").waitFor();
  const resolve = panel.getByRole("button", { name: "Resolve" });
  assert.deepEqual(
    [await resolve.isDisabled(), await resolve.getAttribute("title")],
    [true, "Your comment is on its way; the thread can be resolved once it is there."],
  );
  await panel.getByRole("textbox", { name: "Reply" }).fill("I did.");
  await panel.getByRole("textbox", { name: "Reply" }).press("Control+Enter");
  await until("both wait", async () => (await panel.locator("[data-waiting]").count()) === 2);
  await mara.look("offline-waiting");
  await kept(mara.page, /Offline, 18 changes kept in this browser/);
  for (let round = 0; round < 2; round++) {
    await reopen(mara);
    await kept(mara.page, /Offline, 18 changes kept in this browser/);
    assert.equal(await textOf(section(mara, "overview")), `Typed offline. ${overview}`);
    await until("her comments wait", async () => /^2 comments/.test(await entry(mara, "noted offline").locator(".bub").getAttribute("aria-label")));
  }
  await mara.page.goto("/");
  await mara.page.getByText("Offline.").waitFor();
  await mara.look("offline-log");

  mara.back();
  await mara.page.locator(".rows .row h3 a").first().click();
  await saved(mara);
  assertOnce(await agree(server, id, "overview", [mara]), "Typed offline.");
  const threads = await until("the comments have arrived", async () => {
    const told = await server.threads(id);
    return told[0]?.comments.length === 2 && told;
  });
  const there = await openThreads(entry(mara, "noted offline"));
  await until("the thread can be resolved", () => there.getByRole("button", { name: "Resolve" }).isEnabled());
  const { timeline } = await server.show(id);
  const noted = timeline.filter(({ text }) => text === "noted offline");
  assert.equal(noted.length, 1);
  assert.deepEqual(
    threads.map(({ entry, comments }) => [entry, comments.map(({ text }) => text)]),
    [[noted[0].id, ["Who noted this?", "I did."]]],
  );
});

story("two_tabs_without_a_connection_see_one_another_and_neither_loses_nor_doubles", ALONE, async ({ mara, server, id }) => {
  const overview = await overviewOf({ server, id });
  await installed(mara);
  const second = { name: "Mara's other tab", page: await mara.context.newPage() };
  await open(second, id);
  mara.cutOff();
  await Promise.all([offline(mara), offline(second)]);
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "First tab. ");
  await until("the other tab sees it", async () => (await textOf(section(second, "overview"))).startsWith("First tab. "));
  await caretAt(section(second, "overview"), "end");
  await type(second, " Second tab.");
  await until("the first tab sees it", async () => (await textOf(section(mara, "overview"))).endsWith(" Second tab."));
  // One closes with its edits unsent, the other opens anew from what both have kept.
  await second.page.close();
  await reopen(mara);
  assert.equal(await textOf(section(mara, "overview")), `First tab. ${overview} Second tab.`);
  mara.back();
  await saved(mara);
  assert.equal(await agree(server, id, "overview", [mara]), `First tab. ${overview} Second tab.`);
});

story("what_was_begun_in_two_tabs_is_there_in_both_places_after_a_reload", ALONE, async ({ mara, server, id }) => {
  const second = { name: "Mara's other tab", page: await mara.context.newPage() };
  await open(second, id);
  const { timeline } = await server.show(id);
  const begun = [[mara, timeline[0].id, "Begun in the first tab."], [second, timeline[1].id, "Begun in the second."]];
  for (const [visitor, at, words] of begun) {
    const panel = await openThreads(entryById(visitor, at));
    await panel.getByRole("textbox", { name: "Comment" }).fill(words);
  }
  await second.page.close();
  await reopen(mara);
  for (const [, at, words] of begun) {
    const panel = await openThreads(entryById(mara, at));
    assert.equal(await panel.getByRole("textbox", { name: "Comment" }).inputValue(), words);
  }
});

story("a_laptop_that_slept_for_a_day_catches_up_and_overwrites_nothing",
  { ...ALONE, isOpen: false }, async ({ mara, server, id, visitor }) => {
  const overview = await overviewOf({ server, id });
  const tomasz = await visitor("Tomasz Wilk");
  await mara.page.clock.install();
  await Promise.all([open(mara, id), open(tomasz, id)]);
  mara.stall();
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Before the lid closed. ");
  await caretAt(section(tomasz, "overview"), "end");
  await type(tomasz, " While she slept.");
  await saved(tomasz);
  mara.cutOff();
  await mara.page.clock.fastForward("24:00:00");
  mara.back();
  await until("she is connected", async () => {
    await mara.page.clock.runFor(1_000);
    return (await mara.page.locator("[data-saving]").getAttribute("data-saving")) === "saved";
  });
  const text = await agree(server, id, "overview", [mara, tomasz]);
  assert.equal(text, `Before the lid closed. ${overview} While she slept.`);
});

story("what_the_server_refuses_is_kept_as_a_file_and_the_page_goes_on",
  { ...ALONE, isOpen: false }, async ({ mara, server, id, visitor }) => {
  const overview = await overviewOf({ server, id });
  const tomasz = await visitor("Tomasz Wilk");
  await Promise.all([open(mara, id), open(tomasz, id)]);
  mara.cutOff();
  await offline(mara);
  await caretAt(section(mara, "overview"), "end");
  await paste(section(mara, "overview"), { text: `Her hundred pages. ${"hers ".repeat(24_000)}` });
  await kept(mara.page, /kept in this browser/);
  await caretAt(section(tomasz, "overview"), "end");
  await paste(section(tomasz, "overview"), { text: `His hundred pages. ${"his ".repeat(30_000)}` });
  await saved(tomasz);
  mara.back();
  const banner = mara.page.locator("[data-kept]");
  await banner.getByText(/too long/).waitFor();
  await mara.look("refused-kept");
  await saved(mara);
  assertOnce(await download(mara, banner), "Her hundred pages.");
  await mara.page.reload();
  await banner.waitFor();
  await banner.getByRole("button", { name: "Discard it" }).click();
  await banner.waitFor({ state: "detached" });
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "And on. ");
  await saved(mara);
  const text = (await server.show(id)).sections.overview;
  assert.ok(text.startsWith(`And on. ${overview}His hundred pages. `) && !text.includes("Her hundred pages."));
  // An editor draws no more of so long a line than is on screen.
  for (const visitor of [mara, tomasz]) {
    await caretAt(section(visitor, "overview"), "start");
    await until(`${visitor.name} sees it`, async () => text.startsWith((await textOf(section(visitor, "overview"))).slice(0, 400)));
  }
});

story("a_day_of_writing_that_is_larger_than_a_message_arrives_whole", ALONE, async ({ mara, server, id }) => {
  mara.cutOff();
  await offline(mara);
  const long = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. ".repeat(2_900);
  const keys = ["went_well", "went_poorly", "resolution", "contributing_factors", "internal_email", "what_happened"];
  for (const key of keys) {
    await caretAt(section(mara, key), "start");
    await paste(section(mara, key), { text: long });
  }
  mara.back();
  await saved(mara);
  const { sections } = await server.show(id);
  for (const key of keys) assert.ok(sections[key].startsWith(long.slice(0, 1_000)) && sections[key].length >= long.length - 1, key);
});

story("a_browser_without_storage_says_so_and_warns_before_it_closes",
  { ...ALONE, isOpen: false }, async ({ mara, server, id }) => {
  await mara.page.addInitScript(() => {
    Object.defineProperty(window, "indexedDB", { get: () => undefined });
  });
  await open(mara, id);
  await mara.page.locator('[data-storage="none"]').getByText("This browser gives no storage.").waitFor();
  await mara.look("no-storage");
  mara.cutOff();
  await offline(mara);
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Only here. ");
  await kept(mara.page, /kept in this page only/);
  const asked = mara.page.waitForEvent("dialog");
  const closing = mara.page.close({ runBeforeUnload: true });
  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();
  await closing;
  mara.back();
  await saved(mara);
  assertOnce(await agree(server, id, "overview", [mara]), "Only here.");
});

story("a_copy_of_a_document_that_was_made_anew_becomes_a_file_and_doubles_nothing", ALONE, async ({ mara, server, id }) => {
  const overview = await overviewOf({ server, id });
  await installed(mara);
  mara.cutOff();
  await offline(mara);
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Of the old one. ");
  await kept(mara.page, /kept in this browser/);
  // The server turns away whoever names a generation, as it does when that is not its own.
  await mara.page.routeWebSocket(/\/sync\//, (socket) => {
    if (socket.url().includes("generation=")) socket.close({ code: 4409, reason: "made anew" });
    else socket.connectToServer();
  });
  await reopen(mara);
  mara.back();
  const banner = mara.page.locator("[data-kept]");
  await banner.getByText(/made anew/).waitFor();
  assertOnce(await download(mara, banner), "Of the old one.");
  await saved(mara);
  assert.equal(await agree(server, id, "overview", [mara]), overview);
});

/** The rows of the copy in the browser; with `row`, one more that is added. */
const rows = ({ mara, id }, row) =>
  mara.page.evaluate(
    ([postmortem, row]) =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open("debrief");
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const store = request.result.transaction("rows", "readwrite").objectStore("rows");
          if (row) store.add({ ...row, postmortem, updates: row.updates.map((update) => Uint8Array.from(update)) }, "later");
          const reading = store.index("of").getAll(postmortem);
          reading.onsuccess = () =>
            resolve(reading.result.map((row) => ({ ...row, updates: row.updates.map((update) => [...update]) })));
        };
      }),
    [id, row],
  );

/** Leaves Mara offline with a copy whose last edit follows on one that was not stored. */
async function loseARow({ mara, id }) {
  await open(mara, id);
  await installed(mara);
  await saved(mara);
  const copied = await until("there is a copy", async () => (await rows({ mara, id })).find((row) => row.updates.length > 0));
  const doc = new Y.Doc();
  for (const update of copied.updates) Y.applyUpdate(doc, Uint8Array.from(update));
  const made = [];
  doc.on("update", (update) => made.push([...update]));
  doc.getMap("sections").get("overview").insert(0, "Was lost. ");
  doc.getMap("sections").get("overview").insert(10, "Follows on it. ");
  await mara.page.goto("/");
  await mara.page.locator(".rows").waitFor();
  await rows({ mara, id }, { generation: copied.generation, updates: [made[1]], edits: 1 });
  mara.cutOff();
  await mara.page.goto(`/postmortems/${id}`);
  await offline(mara);
}

story("what_follows_on_a_row_that_the_browser_lost_is_not_folded_or_carried_away_and_becomes_a_file",
  { ...ALONE, isOpen: false }, async ({ mara, server, id }) => {
  const overview = await overviewOf({ server, id });
  await loseARow({ mara, id });
  assert.equal(await textOf(section(mara, "overview")), overview, "what follows on something lost is not shown");
  await choose(mara.page.locator(".bar"), "More about this post-mortem", "Save changes as a file");
  await mara.page.getByText(/Some of your changes follow on others that are not here/).waitFor();
  assert.ok((await rows({ mara, id })).some((row) => row.updates.length === 1 && row.edits === 1), "it is not folded");

  // As long as the browser does not take the file, it keeps the row.
  await mara.page.evaluate(() => {
    window.DebriefShelf.keepFile = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  });
  mara.back();
  const banner = mara.page.locator("[data-kept]");
  await banner.getByText(/has lost/).waitFor();
  await saved(mara);
  await reopen(mara);
  await banner.getByText(/has lost/).waitFor();
  assertOnce(await download(mara, banner), "Follows on it.");
  await saved(mara);
  assert.equal(await agree(server, id, "overview", [mara]), overview);
});

story("what_follows_on_a_lost_row_becomes_a_file_when_the_post_mortem_was_deleted",
  { ...ALONE, isOpen: false }, async ({ mara, server, id, cookie }) => {
  await loseARow({ mara, id });
  mara.allow(/status of 404/);
  const { status } = await server.api("DELETE", `/api/postmortems/${id}`, { cookie });
  assert.equal(status, 204);
  mara.back();
  const banner = mara.page.locator("[data-kept]");
  await banner.getByText(/was deleted before it had your changes/).waitFor();
  assertOnce(await download(mara, banner), "Follows on it.");
});

story("while_the_server_cannot_store_anything_the_page_says_not_saved",
  { ...ALONE, isOpen: false }, async ({ mara, id }) => {
  let toPage;
  await mara.page.routeWebSocket(/\/sync\//, (socket) => {
    const server = socket.connectToServer();
    toPage = socket;
    // Acknowledgements do not come while nothing can be stored.
    server.onMessage((frame) => (frame[0] === 100 ? undefined : socket.send(frame)));
  });
  await open(mara, id);
  const event = Buffer.from(JSON.stringify({ type: "storage", is_failing: true }));
  toPage.send(Buffer.concat([Buffer.from([101, event.length]), event]));
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Kept. ");
  await mara.page.locator('[data-saving="failing"]').waitFor();
  // How many edits the keys became is the browser's.
  await kept(mara.page, /Not saved, \d+ changes? kept in this browser/);
  await mara.look("not-saved");
});

/** Writes a comment on an entry that waits, since there is no connection. */
async function commentOffline({ mara, server, id }, words) {
  mara.cutOff();
  await offline(mara);
  const { timeline } = await server.show(id);
  const panel = await openThreads(entryById(mara, timeline[0].id));
  await panel.getByRole("textbox", { name: "Comment" }).fill(words);
  await panel.getByRole("button", { name: "Comment", exact: true }).click();
  await panel.locator("[data-waiting]").waitFor();
}

/** How many files the browser keeps. */
const files = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open("debrief");
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const counting = request.result.transaction("kept").objectStore("kept").count();
          counting.onsuccess = () => resolve(counting.result);
        };
      }),
  );

story("a_comment_that_is_refused_after_its_page_was_left_is_kept_as_a_file",
  { ...ALONE, allow: /status of 422/ }, async ({ mara, server, id }) => {
  await commentOffline({ mara, server, id }, "Who saw the first page?");
  await mara.page.route("**/api/postmortems/*/comments", (route) =>
    route.request().method() === "POST"
      ? route.fulfill({ status: 422, json: { error: { code: "refused", message: "This comment is refused." } } })
      : route.continue(),
  );
  await mara.page.locator('.bar a[href="/"]').first().click();
  await mara.page.locator(".rows").waitFor();
  mara.back();
  await until("it is kept", async () => (await files(mara.page)) === 1);
  await mara.page.goto(`/postmortems/${id}`);
  const banner = mara.page.locator("[data-kept]");
  await banner.getByText("This comment is refused.").waitFor();
  assertOnce(await download(mara, banner), "Who saw the first page?");
  await saved(mara);
});

story("comments_that_wait_for_a_post_mortem_that_was_deleted_are_kept_as_a_file",
  { ...ALONE, allow: /status of 404/ }, async ({ mara, server, id, cookie }) => {
  await commentOffline({ mara, server, id }, "Who saw the first page?");
  const { status } = await server.api("DELETE", `/api/postmortems/${id}`, { cookie });
  assert.equal(status, 204);
  mara.back();
  const banner = mara.page.locator("[data-kept]");
  await banner.getByText(/was deleted before it had your changes/).waitFor();
  assertOnce(await download(mara, banner), "Who saw the first page?");
});

story("a_comment_that_the_browser_cannot_store_is_told_to_be_in_the_page_alone", ALONE, async ({ mara, server, id }) => {
  await mara.page.evaluate(() => {
    window.DebriefShelf.keepComment = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  });
  await commentOffline({ mara, server, id }, "Who saw the first page?");
  await kept(mara.page, /1 change kept in this page only/);
  mara.back();
  await saved(mara);
});

story("what_a_restored_backup_does_not_know_stays_in_the_browser_and_can_be_downloaded",
  { ...ALONE, isOpen: false }, async ({ mara, server, id, cookie, visitor }) => {
  const overview = await overviewOf({ server, id });
  const tomasz = await visitor("Tomasz Wilk");
  server.backup();
  const later = await server.import(GITHUB, cookie);
  await open(mara, later);
  await open(tomasz, id);
  await installed(mara);
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Of this week. ");
  const { timeline } = await server.show(later);
  const panel = await openThreads(entryById(mara, timeline[0].id));
  await panel.getByRole("textbox", { name: "Comment" }).fill("Who saw the first page?");
  await panel.getByRole("button", { name: "Comment", exact: true }).click();
  await saved(mara);
  for (const each of [mara, tomasz]) each.allow(NETWORK);
  await server.restore();
  const banner = mara.page.locator(".banner").filter({ hasText: "does not have this post-mortem" });
  await banner.waitFor();
  await mara.look("not-in-the-backup");
  const { threads } = JSON.parse(await download(mara, banner, "Download it"));
  assert.deepEqual(threads.map((thread) => thread.comments.map((comment) => comment.text)), [["Who saw the first page?"]]);
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "And after it. ");
  await reopen(mara);
  await banner.waitFor();
  const text = await download(mara, banner, "Download it");
  const written = JSON.parse(text);
  assert.equal(written.sections.overview, `And after it. Of this week. ${overview}`);
  const { status, body } = await server.api("POST", "/api/imports", { body: text, cookie });
  assert.equal(status, 201, JSON.stringify(body));
  const again = await server.show(body.id);
  assert.deepEqual([again.sections, again.timeline.length], [written.sections, timeline.length]);
  // What the backup knows goes on.
  await saved(tomasz);
});

story("a_page_whose_first_answer_cannot_be_taken_in_asks_again",
  { ...ALONE, isOpen: false }, async ({ mara, server, id }) => {
  const overview = await overviewOf({ server, id });
  let answers = 0;
  await mara.page.routeWebSocket(/\/sync\//, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      // The document; on a busy machine it comes in one frame with what is told before it.
      const isAnswer = frame.length > 8_192;
      socket.send(isAnswer && answers++ === 0 ? Buffer.from([0, 1, 3, 255, 255, 255]) : frame);
    });
  });
  await open(mara, id);
  assert.equal(await textOf(section(mara, "overview")), overview);
  assert.equal(answers, 2);
});
