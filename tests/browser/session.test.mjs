// A session that ends: the page asks who it is, keeps what was typed, and sends it as that person; never as a guest.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { addEntry, assertOnce, caretAt, entry, GITHUB, offline, open, openThreads, saved, section, textOf, type } from "./postmortem.mjs";
import { story } from "./scenario.mjs";
import { PHONE } from "./visitor.mjs";

const NAME = "Mara Lindqvist";

/** Mara's session is newer than the backup. */
const NEWER = {
  people: [NAME],
  incident: GITHUB,
  prepare: ({ server }) => server.backup(),
  allow: /status of 401/,
};

/** Cuts somebody off, and ends every session that is newer than the backup by putting it back. */
async function endSessions(server, visitor, pages = [visitor.page]) {
  visitor.cutOff();
  for (const page of pages) await page.locator('[data-saving="offline"]').waitFor();
  await server.restore();
}

const question = (page) => page.getByRole("dialog", { name: "Your session has ended. Who are you?" });

/** Answers with the name that stands there. */
async function answer(page) {
  await question(page).getByLabel("Name").waitFor();
  assert.equal(await question(page).getByLabel("Name").inputValue(), NAME);
  await question(page).getByRole("button", { name: "Continue" }).click();
  await question(page).waitFor({ state: "detached" });
}

/** Everybody who wrote something. */
async function authors({ server, id }) {
  const { timeline } = await server.show(id);
  const comments = (await server.threads(id)).flatMap((thread) => thread.comments);
  return new Set([...timeline.map((row) => row.author), ...comments.map((comment) => comment.author.name)]);
}

story("what_is_typed_while_a_session_ends_is_kept_and_sent_as_that_person", NEWER, async ({ mara, server, id }) => {
  await caretAt(section(mara, "overview"), "end");
  await type(mara, " Before.");
  await saved(mara);
  const before = (await server.show(id)).sections.overview;
  await endSessions(server, mara);
  const restored = (await server.show(id)).sections.overview;
  await type(mara, " Meanwhile.");
  await addEntry(mara, "2018-10-21 23:04 noted meanwhile");
  mara.back();
  await question(mara.page).waitFor();
  await question(mara.page).getByText(/^The server does not know this browser any more.* \d+ changes are kept here/).waitFor();
  await mara.look("session-ended");
  // Who types on, types nothing into the name.
  await type(mara, "xyz");
  assert.equal(await question(mara.page).getByLabel("Name").inputValue(), NAME);
  assert.equal((await server.show(id)).sections.overview, restored, "nothing is sent before the answer");

  // The question stands over a reload, and so does what was typed.
  await mara.page.reload();
  await question(mara.page).getByText(/ changes are kept here/).waitFor();
  assert.equal((await server.show(id)).sections.overview, restored);
  await answer(mara.page);
  await saved(mara);
  await until("it is on disk", async () => (await server.show(id)).sections.overview === `${before} Meanwhile.`);
  assert.equal(await textOf(section(mara, "overview")), `${before} Meanwhile.`);
  const { timeline } = await server.show(id);
  assert.equal(timeline.find((row) => row.text === "noted meanwhile").author, NAME);
  assert.equal((await authors({ server, id })).has("Guest"), false);
});

story("a_comment_waits_for_the_answer_and_one_half_written_stays", NEWER, async ({ mara, server, id }) => {
  const row = entry(mara, "Status changed to red");
  const thread = await openThreads(row);
  // The socket is open as hers; a request without the cookie is nobody's.
  await mara.context.clearCookies();
  await thread.getByRole("textbox", { name: "Comment" }).fill("Who changed it?");
  await thread.getByRole("textbox", { name: "Comment" }).press("Control+Enter");
  await question(mara.page).waitFor();
  await question(mara.page).getByText("1 change is kept here, and is sent under the name that you give.").waitFor();
  assert.deepEqual(await server.threads(id), []);
  await answer(mara.page);
  await until("the comment is there", async () => (await authors({ server, id })).has(NAME));
  await thread.getByRole("textbox", { name: "Reply" }).fill("Half a sen");

  await mara.context.clearCookies();
  mara.cutOff();
  await offline(mara);
  mara.back();
  await question(mara.page).waitFor();
  await mara.page.reload();
  await answer(mara.page);
  await saved(mara);
  const again = await openThreads(entry(mara, "Status changed to red"));
  await until("the words are there", async () => {
    return (await again.getByRole("textbox", { name: "Reply" }).inputValue()) === "Half a sen";
  });
  await again.getByRole("textbox", { name: "Reply" }).press("End");
  await type(mara, "tence.");
  await again.getByRole("button", { name: "Reply", exact: true }).click();
  await until("both are there, once", async () => {
    const threads = await server.threads(id);
    return threads.length === 1 && threads[0].comments.length === 2;
  });
  assert.equal((await authors({ server, id })).has("Guest"), false);
});

story("every_tab_of_a_browser_asks_and_one_answer_is_enough", NEWER, async ({ mara, server, id }) => {
  const other = await mara.context.newPage();
  await other.goto(`/postmortems/${id}`);
  await other.locator('[data-saving="saved"]').waitFor();
  await endSessions(server, mara, [mara.page, other]);
  await mara.page.bringToFront();
  await caretAt(section(mara, "overview"), "end");
  await type(mara, " In one tab.");
  await other.bringToFront();
  await other.locator('[data-section="resolution"] .cm-content').press("Control+End");
  await other.keyboard.type(" In the other.");
  mara.back();
  for (const page of [mara.page, other]) await question(page).waitFor();
  await answer(other);
  await question(mara.page).waitFor({ state: "detached" });
  for (const page of [mara.page, other]) await page.locator('[data-saving="saved"]').waitFor();
  await until("both are on disk", async () => {
    const { sections } = await server.show(id);
    assertOnce(sections.overview, "In one tab.");
    assertOnce(sections.resolution, "In the other.");
    return true;
  });
  assert.equal((await authors({ server, id })).has("Guest"), false);
});

story("a_tab_that_asks_for_nothing_learns_that_the_session_has_ended", NEWER, async ({ mara }) => {
  const other = await mara.context.newPage();
  await other.goto("/");
  await other.locator("[data-postmortem]").first().waitFor();
  await mara.context.clearCookies();
  mara.cutOff();
  await offline(mara);
  mara.back();
  await question(mara.page).waitFor();
  await question(other).waitFor();
  await answer(mara.page);
  await question(other).waitFor({ state: "detached" });
});

story("a_browser_that_lost_all_but_its_copies_sends_them_under_the_name_that_is_given",
  NEWER, async ({ mara, server, id }) => {
  mara.cutOff();
  await offline(mara);
  await addEntry(mara, "2018-10-21 23:04 noted without a name");
  await mara.page.locator(".banner").getByText(/kept in this browser/).waitFor();
  await mara.context.clearCookies();
  await mara.page.evaluate(() => localStorage.clear());
  mara.back();
  await mara.page.reload();
  const first = mara.page.getByRole("dialog");
  await first.getByLabel("Name").fill("Mara Again");
  await first.getByRole("button", { name: "Continue" }).click();
  await until("it is sent as hers", async () => {
    const { timeline } = await server.show(id);
    return timeline.find((row) => row.text === "noted without a name")?.author === "Mara Again";
  });
  assert.equal((await authors({ server, id })).has("Guest"), false);
});

story("the_question_fits_a_phone_in_the_dark", { ...NEWER, people: [] }, async ({ server, id, visitor }) => {
  const phone = await visitor(NAME, { viewport: PHONE, colorScheme: "dark" });
  await open(phone, id);
  await endSessions(server, phone);
  phone.back();
  await question(phone.page).waitFor();
  await phone.look("session-ended-phone-dark");
  await answer(phone.page);
  await saved(phone);
});
