// A session that ends: the page asks for the password again, keeps what was typed, and sends it as whoever signs in.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { addEntry, assertOnce, caretAt, entry, GITHUB, offline, open, openThreads, saved, section, textOf, type } from "./postmortem.mjs";
import { story } from "./scenario.mjs";
import { PASSWORD } from "./server.mjs";
import { PHONE } from "./visitor.mjs";

const NAME = "Mara Lindqvist";

/** A story of Mara, who has the incident open in a session that is newer than the backup, which has her account. */
function newer(name, body, options = {}) {
  const prepare = async (scenario) => {
    ({ mail: scenario.mail } = await scenario.server.session(NAME));
    scenario.server.backup();
  };
  story(name, { incident: GITHUB, prepare, allow: /status of 401/ }, async ({ server, id, mail, visitor }) => {
    const mara = await visitor(NAME, { mail, ...options });
    await open(mara, id);
    await mara.page.locator("[data-entry]").first().waitFor();
    await body({ mara, server, id, mail });
  });
}

/** Cuts somebody off, and ends every session that is newer than the backup by putting it back. */
async function endSessions(server, visitor, pages = [visitor.page]) {
  visitor.cutOff();
  for (const page of pages) await page.locator('[data-saving="offline"]').waitFor();
  await server.restore();
}

const question = (page) => page.getByRole("dialog", { name: "Your session has ended" });

/** Signs in again as who they are. */
async function answer(page) {
  await question(page).getByText(NAME, { exact: true }).waitFor();
  await question(page).getByLabel("Password").fill(PASSWORD);
  await question(page).getByRole("button", { name: "Sign in" }).click();
  await question(page).waitFor({ state: "detached" });
}

/** Everybody who wrote something. */
async function authors({ server, id }) {
  const { timeline } = await server.show(id);
  const comments = (await server.threads(id)).flatMap((thread) => thread.comments);
  return new Set([...timeline.map((row) => row.author), ...comments.map((comment) => comment.author.name)]);
}

newer("what_is_typed_while_a_session_ends_is_kept_and_sent_as_that_person", async ({ mara, server, id }) => {
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
  await question(mara.page).getByText(/^Nothing you write is sent at the moment. \d+ changes are kept here/).waitFor();
  await mara.look("session-ended");
  // Who types on, types nothing into the password.
  await type(mara, "xyz");
  assert.equal(await question(mara.page).getByLabel("Password").inputValue(), "");
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

newer("a_comment_waits_for_the_answer_and_one_half_written_stays", async ({ mara, server, id }) => {
  const row = entry(mara, "Status changed to red");
  const thread = await openThreads(row);
  // The socket is open as hers; a request without the cookie is nobody's.
  await mara.context.clearCookies();
  await thread.getByRole("textbox", { name: "Comment" }).fill("Who changed it?");
  await thread.getByRole("textbox", { name: "Comment" }).press("Control+Enter");
  await question(mara.page).waitFor();
  await question(mara.page).getByText(/1 change is kept here, and is sent once you have signed in\.$/).waitFor();
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

newer("every_tab_of_a_browser_asks_and_one_answer_is_enough", async ({ mara, server, id }) => {
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

newer("a_tab_that_asks_for_nothing_learns_that_the_session_has_ended", async ({ mara }) => {
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

newer("at_the_log_an_ended_session_is_a_question_over_the_page_and_no_error", async ({ mara }) => {
  const { page } = mara;
  await mara.context.clearCookies();
  let answerSession;
  const asked = new Promise((resolve) => (answerSession = resolve));
  await page.route("**/api/session", async (route) => {
    await asked;
    await route.continue();
  });
  const refused = page.waitForResponse((response) => new URL(response.url()).pathname === "/api/postmortems");
  await page.goto("/");
  assert.equal((await refused).status(), 401);
  await page.locator("[data-postmortem]").first().waitFor();
  assert.equal(await page.getByRole("heading", { name: "The incident log did not open" }).count(), 0);
  answerSession();
  await answer(page);
  await page.getByRole("button", { name: /New post-mortem/ }).waitFor();
});

newer("a_browser_that_lost_all_but_its_copies_sends_them_as_whoever_signs_in", async ({ mara, server, id, mail }) => {
  mara.cutOff();
  await offline(mara);
  await addEntry(mara, "2018-10-21 23:04 noted without a name");
  await mara.page.locator(".banner").getByText(/kept in this browser/).waitFor();
  await mara.context.clearCookies();
  await mara.page.evaluate(() => localStorage.clear());
  mara.back();
  await mara.page.reload();
  await mara.page.getByLabel("Mail address").fill(mail);
  await mara.page.getByLabel("Password").fill(PASSWORD);
  await mara.page.getByRole("button", { name: "Sign in" }).click();
  await until("it is sent as hers", async () => {
    const { timeline } = await server.show(id);
    return timeline.find((row) => row.text === "noted without a name")?.author === NAME;
  });
  assert.equal((await authors({ server, id })).has("Guest"), false);
});

newer("somebody_else_may_sign_in_and_what_is_kept_stands_under_their_name", async ({ mara, server, id }) => {
  const hana = await server.session("Hana Ito");
  await mara.context.clearCookies();
  mara.cutOff();
  await offline(mara);
  await addEntry(mara, "2018-10-21 23:04 noted by whom");
  mara.back();
  await question(mara.page).getByText(/once you have signed in\.$/).waitFor();
  await question(mara.page).getByRole("button", { name: "Somebody else" }).click();
  await question(mara.page).getByText(/under the name of whoever signs in\.$/).waitFor();
  await mara.look("session-ended-somebody-else");
  await question(mara.page).getByLabel("Mail address").fill(hana.mail);
  await question(mara.page).getByLabel("Password").fill("not the one");
  await question(mara.page).getByLabel("Password").press("Enter");
  await question(mara.page).getByRole("alert").getByText("Mail and password do not fit together.").waitFor();
  assert.equal(await question(mara.page).getByLabel("Mail address").inputValue(), hana.mail);
  await question(mara.page).getByLabel("Password").fill(PASSWORD);
  await question(mara.page).getByLabel("Password").press("Enter");
  await question(mara.page).waitFor({ state: "detached" });
  await until("it is sent as theirs", async () => {
    const { timeline } = await server.show(id);
    return timeline.find((row) => row.text === "noted by whom")?.author === "Hana Ito";
  });
  await mara.page.getByRole("group", { name: /Here now: .*Hana/ }).waitFor();
});

newer("the_question_fits_a_phone_in_the_dark", async ({ mara: phone, server }) => {
  await endSessions(server, phone);
  phone.back();
  await question(phone.page).waitFor();
  await phone.look("session-ended-phone-dark");
  await answer(phone.page);
  await saved(phone);
}, { viewport: PHONE, colorScheme: "dark" });
