// The incident log: the first visit, the ways into a post-mortem, and its end.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { addEntry, choose, entry, GITHUB, open, saved } from "./postmortem.mjs";
import { ALONE, ownServer, story, TOGETHER } from "./scenario.mjs";
import { example } from "./server.mjs";

/** The first person at a server of their own, whose log is empty. */
const FIRST = { people: ["Mara Lindqvist"], server: ownServer };

const listed = (server) => server.list();

/** Chooses a file by the button that asks for it. */
async function importFile(visitor, button, name, text) {
  const [chooser] = await Promise.all([visitor.page.waitForEvent("filechooser"), button.click()]);
  await chooser.setFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });
}

story("the_first_of_a_team_opens_the_example_from_the_empty_log", FIRST, async ({ mara, server }) => {
  const { page } = mara;
  await page.goto("/");
  await page.getByRole("heading", { name: /No incidents yet/ }).waitFor();
  await mara.look("empty", { fullPage: true });

  await page.getByRole("button", { name: /Open an example/ }).first().click();
  await saved(mara);
  await page.getByRole("heading", { level: 1, name: /43-second partition/ }).waitFor();
  assert.equal(await page.locator("[data-entry]").count(), 19);
  await page.getByRole("group", { name: /Here now: Mara/ }).waitFor();
  const cookies = await mara.context.cookies();
  assert.deepEqual(cookies.map(({ httpOnly, sameSite }) => [httpOnly, sameSite]), [[true, "Lax"]]);

  await page.locator('[aria-current="step"]').getByRole("button", { name: "Closed" }).waitFor();
  assert.equal(await page.locator("#readiness").count(), 0, "nothing is open in it");
  await page.locator("[data-responder]").first().waitFor();
  await page.locator(".turn", { hasText: "SEV-1 begins" }).first().waitFor();
  await mara.look("example", { fullPage: true });

  await page.goto("/");
  const row = page.locator("[data-postmortem]");
  await row.getByText(/43-second partition/).waitFor();
  assert.equal(await row.locator(".late").count(), 0, "it was reviewed long ago");
  await mara.look("log");
  // It is there once, however often it is opened.
  await page.getByRole("button", { name: /New post-mortem/ }).click();
  await page.getByRole("button", { name: /Open an example/ }).click();
  await page.getByRole("heading", { level: 1, name: /43-second partition/ }).waitFor();
  assert.equal((await listed(server)).length, 1);
});

story("the_log_says_what_is_late_and_leads_to_the_published_page",
  { ...ALONE, server: ownServer }, async ({ mara, server }) => {
  const action = mara.page.locator("[data-action]").first();
  await action.getByRole("button", { name: /^Due/ }).click();
  await action.locator("input[type=date]").fill("2018-11-06");
  await action.locator("input[type=date]").press("Enter");
  await action.getByText(/^overdue by \d+ days$/).waitFor();
  await mara.page.getByRole("button", { name: "Publish", exact: true }).click();
  await mara.page.getByRole("button", { name: "Publish version 1" }).click();
  await mara.page.getByRole("textbox", { name: "Link", exact: true }).waitFor();
  await until("the log knows", async () => (await listed(server))[0].next_due === "2018-11-06");
  await mara.page.goto("/");
  const row = mara.page.locator("[data-postmortem]");
  await row.locator(".late", { hasText: /^Action overdue by \d+ days$/ }).waitFor();
  await mara.page.getByText(/1 is late\. 5 actions are open\./).waitFor();
  await mara.look("log-late");
  await row.getByRole("link", { name: "Published, version 1" }).click();
  await mara.page.waitForURL(/\/p\/[\w-]{20,}$/);
  await mara.page.getByRole("heading", { level: 1, name: /43-second partition/ }).waitFor();
});

story("the_first_line_in_the_empty_log_starts_a_post_mortem", FIRST, async ({ mara, server }) => {
  await mara.page.goto("/");
  const line = mara.page.getByLabel("First entry");
  await line.fill("25:07 deploys locked");
  await line.press("Enter");
  await mara.page.getByRole("alert").getByText(/25:07/).waitFor();
  assert.equal(await line.inputValue(), "25:07 deploys locked", "what was typed stays");
  await mara.axe("the empty log with an error");
  await line.fill("2018-10-21 22:52 link to the data center lost https://status.example/1");
  await line.press("Enter");
  await saved(mara);
  await entry(mara, "link to the data center lost").waitFor();
  await until("it is on disk", async () => {
    const [{ id }] = await listed(server);
    const { timeline, started_at } = await server.show(id);
    return timeline.length === 1 && started_at === "2018-10-21T22:52:00Z";
  });
});

story("a_blank_post_mortem_starts_from_the_dialog", FIRST, async ({ mara, server }) => {
  await server.import(GITHUB, (await server.session("Importer")).cookie);
  await mara.page.goto("/");
  await mara.page.getByRole("button", { name: /New post-mortem/ }).click();
  const dialog = mara.page.getByRole("dialog", { name: "New post-mortem" });
  await dialog.waitFor();
  await mara.look("new-dialog");
  await dialog.getByLabel("What happened, in one line").fill("Checkout failed for one region");
  await dialog.getByLabel("Severity").selectOption("SEV-1");
  await dialog.getByRole("button", { name: "Start" }).click();
  await mara.page.getByRole("heading", { level: 1, name: "Checkout failed for one region" }).waitFor();
  await saved(mara);
  await mara.look("blank", { fullPage: true });
  await addEntry(mara, "12:01 first alert");
  await entry(mara, "first alert").waitFor();
});

story("all_five_incidents_are_imported_by_the_button_and_by_the_command", FIRST, async ({ mara, server }) => {
  await mara.page.goto("/");
  await importFile(mara, mara.page.getByRole("button", { name: /Import a file/ }).first(), "a.json", await example(GITHUB));
  await saved(mara);
  assert.equal(await mara.page.locator("[data-entry]").count(), 19);
  await mara.page.goto("/");
  const names = ["aws-s3-2017-02-28", "cloudflare-2019-07-02", "facebook-2021-10-04", "gitlab-2017-01-31"];
  for (const name of names) await server.import(name, (await server.session("Importer")).cookie);
  await mara.page.reload();
  await until("five rows", async () => (await mara.page.locator("[data-postmortem]").count()) === 5);
  await mara.look("log-five", { fullPage: true });
  for (const { id, title } of await listed(server)) {
    await open(mara, id);
    await mara.page.getByRole("heading", { level: 1, name: title }).waitFor();
    const { timeline, defects } = await server.show(id);
    assert.deepEqual(defects, []);
    assert.equal(await mara.page.locator("[data-entry]").count(), timeline.length, title);
  }
});

story("a_broken_file_shows_the_field_and_leaves_nothing_half_made", FIRST, async ({ mara, server }) => {
  // The browser itself notes that the server refused the file.
  mara.allow(/status of 422/);
  await mara.page.goto("/");
  const broken = JSON.parse(await example(GITHUB));
  broken.timeline[3].at = "25:00";
  await importFile(mara, mara.page.getByRole("button", { name: /Import a file/ }).first(), "broken.json", JSON.stringify(broken));
  await mara.page.getByRole("alert").getByText(/timeline\[3\]\.at/).waitFor();
  await mara.look("import-broken");
  await importFile(mara, mara.page.getByRole("button", { name: /Import a file/ }).first(), "no.json", "{");
  await mara.page.getByRole("alert").getByText(/no\.json/).waitFor();
  assert.deepEqual(await listed(server), []);
});

story("what_others_begin_and_rename_shows_in_an_open_log_that_asks_for_nothing",
  { people: ["Mara Lindqvist", "Jonah Abara"], incident: GITHUB, server: ownServer, isOpen: false },
  async ({ mara, jonah }) => {
  let asked = 0;
  jonah.page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/postmortems") asked += 1;
  });
  const followed = jonah.page.waitForEvent("websocket", (socket) => socket.url().includes("/api/feed"));
  await jonah.page.goto("/");
  await (await followed).waitForEvent("framereceived");
  await jonah.page.locator("[data-postmortem]").waitFor();

  await mara.page.goto("/");
  await mara.page.getByRole("button", { name: /New post-mortem/ }).click();
  const dialog = mara.page.getByRole("dialog", { name: "New post-mortem" });
  await dialog.getByLabel("What happened, in one line").fill("Checkout failed for one region");
  await dialog.getByRole("button", { name: "Start" }).click();
  await saved(mara);
  await jonah.page.locator("[data-postmortem]", { hasText: "Checkout failed for one region" }).waitFor();
  await mara.page.getByRole("button", { name: /^Title:/ }).click();
  const title = mara.page.getByRole("textbox", { name: "Title" });
  await title.fill("Checkout failed for two regions");
  await title.press("Enter");
  await saved(mara);
  await jonah.page.getByText("Checkout failed for two regions").waitFor();
  await choose(mara.page, "More about this post-mortem", "Delete post-mortem");
  await mara.page.getByRole("dialog").getByRole("button", { name: "Delete post-mortem" }).click();
  await jonah.page.getByText("Checkout failed for two regions").waitFor({ state: "detached" });
  assert.equal(await jonah.page.locator("[data-postmortem]").count(), 1);
  assert.equal(asked, 1, "the log was asked for once");
});

/** Opens the own menu before the server has told the log, and goes on in it when the page is there. */
async function stayInMenu(page, whole) {
  let answer;
  const answered = new Promise((resolve) => (answer = resolve));
  await page.route(/\/api\/postmortems(\?|$)/, async (route) => {
    await answered;
    await route.continue();
  });
  await page.goto("/");
  await page.locator("main[aria-busy=true]").waitFor();
  await page.locator("summary", { hasText: "You: Mara Lindqvist" }).click();
  const settings = page.locator(".menu").getByRole("link", { name: "Settings" });
  await settings.waitFor();
  answer();
  await page.locator(whole).first().waitFor();
  await settings.click();
  await page.getByRole("heading", { level: 1, name: "Profile" }).waitFor();
}

story("a_menu_that_is_opened_while_the_log_is_on_its_way_stays_open",
  { people: ["Mara Lindqvist"], incident: GITHUB, server: ownServer, isOpen: false }, async ({ mara }) => {
  await stayInMenu(mara.page, "[data-postmortem]");
});

story("a_menu_that_is_opened_before_the_first_steps_keeps_the_keyboard",
  { people: ["Mara Lindqvist"], server: ownServer }, async ({ mara }) => {
  await stayInMenu(mara.page, ".ev h2.step");
});

story("a_post_mortem_is_deleted_after_a_question_and_gone_for_everyone",
  { ...TOGETHER, owner: "Mara Lindqvist", server: ownServer }, async ({ mara, tomasz, server }) => {
  await choose(mara.page, "More about this post-mortem", "Delete post-mortem");
  const dialog = mara.page.getByRole("dialog", { name: "Delete this post-mortem?" });
  await dialog.waitFor();
  await mara.look("delete-dialog");
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal((await listed(server)).length, 1);
  await choose(mara.page, "More about this post-mortem", "Delete post-mortem");
  await dialog.getByRole("button", { name: "Delete post-mortem" }).click();
  await mara.page.getByRole("heading", { name: /No incidents yet/ }).waitFor();
  await tomasz.page.getByRole("heading", { name: "This post-mortem is not here" }).waitFor();
  await tomasz.look("deleted");
  assert.deepEqual(await listed(server), []);
});
