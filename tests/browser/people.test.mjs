// Figures, people and actions edited in place; who is where; what changed since the last visit.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { caretAt, entry, GITHUB, open, saved, section, type } from "./postmortem.mjs";
import { ALONE, ownServer, story, TOGETHER } from "./scenario.mjs";

const figure = (visitor, label) => visitor.page.locator("[data-figure]").filter({ hasText: label });
const action = (visitor, words) => visitor.page.locator("[data-action]").filter({ hasText: words });

/** Opens a value that is edited in place, types, and leaves it with Enter. */
async function fill(scope, name, value) {
  await scope.getByRole("button", { name }).click();
  const field = scope.locator("input.inplace:focus");
  await field.fill(value);
  await field.press("Enter");
}

story("an_explicit_zero_and_not_known_yet_never_look_alike", TOGETHER, async ({ mara, tomasz, server, id }) => {
  const users = figure(mara, "Users affected");
  const unknown = users.getByRole("button", { name: "Users affected: Not known yet. Change" });
  assert.equal(await unknown.evaluate((element) => getComputedStyle(element).borderTopStyle), "dashed");
  assert.equal(await users.getByText("Checked").count(), 0);
  await fill(users, /^Users affected/, "0");
  const theirs = figure(tomasz, "Users affected");
  await theirs.getByRole("button", { name: "Users affected: 0. Change" }).waitFor();
  await theirs.getByText("Checked by Mara Lindqvist").waitFor();
  assert.equal(await theirs.locator(".v .todo").count(), 0, "nothing dashed is left of it");
  const { impact } = await until("it is on disk", async () => {
    const shown = await server.show(id);
    return shown.impact.some(({ label, value }) => label === "Users affected" && value === "0") && shown;
  });
  assert.equal(impact.find(({ label }) => label === "Accounts affected").value, null);
});

story("a_zero_from_a_file_is_checked_by_whoever_says_so", TOGETHER, async ({ mara, tomasz, server, id, cookie }) => {
  const lost = figure(mara, "User data lost");
  assert.equal(await lost.getByText(/^Checked/).count(), 0, "nobody did");
  await lost.getByRole("button", { name: "Mark as checked" }).click();
  await lost.getByText("Checked by Mara Lindqvist").waitFor();
  await figure(tomasz, "User data lost").getByText("Checked by Mara Lindqvist").waitFor();
  await saved(mara);
  const { status, body } = await server.api("POST", "/api/imports", { body: await server.show(id), cookie });
  assert.equal(status, 201, JSON.stringify(body));
  await Promise.all([open(mara, body.id), open(tomasz, body.id)]);
  await figure(mara, "User data lost").getByText("Checked by Mara Lindqvist").waitFor();
  await figure(tomasz, "User data lost").getByText("Checked by somebody who has not written here").waitFor();
});

story("after_a_figure_is_named_its_value_is_written", ALONE, async ({ mara }) => {
  const field = mara.page.getByLabel("New figure: what is counted");
  await field.fill("Invoices sent late");
  await field.press("Enter");
  const invoices = figure(mara, "Invoices sent late");
  await invoices.locator(".v input:focus").waitFor();
  await mara.page.keyboard.type("312");
  await mara.page.keyboard.press("Enter");
  await invoices.getByRole("button", { name: "Invoices sent late: 312. Change" }).waitFor();
});

story("r65_r66_the_times_in_severity_follow_the_entries_that_change_it", ALONE, async ({ mara }) => {
  const time = (label) => mara.page.locator(".figs > div").filter({ hasText: label });
  // 22:54, when it was noticed, to 23:03 of the next day.
  await time("Time in SEV-1").getByText(/^24\s*h 9\s*min$/).waitFor();
  await time("Time in SEV-1").getByText("the severity of the whole incident, since no entry says one").waitFor();
  const row = entry(mara, "Status changed to red");
  await row.getByRole("button", { name: /Change kind, precision and more/ }).click();
  await row.getByLabel("Severity from here on").selectOption("SEV-1");
  await time("Time in SEV-1").getByText(/23\s*h 50\s*min/).waitFor();
  await time("Time in SEV-2").getByText(/^no entry begins SEV-2$/).waitFor();
  await row.getByLabel("How exactly the time is known").selectOption("about");
  await time("Time in SEV-1").getByText(/^about 23\s*h 50\s*min$/).waitFor();
  const other = row.getByLabel("Another time, and behind a comma where it was read");
  await other.fill("2018-10-21 23:03, later report");
  await other.press("Enter");
  await time("Time in SEV-1").getByText(/^about 23\s*h 50\s*min to 24\s*h$/).waitFor();
});

story("r44_r46_an_action_has_owner_date_tags_and_a_declined_one_its_reason",
  TOGETHER, async ({ mara, tomasz, server, id }) => {
  const field = mara.page.getByLabel("New action item");
  await field.fill("Replace the optical equipment in every hub");
  await field.press("Enter");
  const row = action(mara, "Replace the optical equipment");
  await row.waitFor();
  assert.deepEqual(await row.locator(".tag").allTextContents(), ["sev1", "sev1_20181021"]);
  await fill(row, /^Owner/, "Hana Ito");
  await row.locator(".owner-col .av").waitFor();
  await row.getByRole("button", { name: /^Due/ }).click();
  await row.locator("input[type=date]").fill("2018-11-06");
  await row.locator("input[type=date]").press("Enter");
  await row.getByText(/^overdue by \d+ days$/).waitFor();
  await row.getByLabel("State").selectOption("declined");
  assert.equal(await row.getByText(/overdue/).count(), 0, "what is declined is not overdue");
  await fill(row, /^Why it is declined/, "The return is not worth it");
  await action(tomasz, "Replace the optical").getByText("Declined: The return is not worth it").waitFor();
  await mara.look("action-declined");
  const { actions } = await until("it is on disk", async () => {
    const shown = await server.show(id);
    return shown.actions.some(({ reason }) => reason !== "") && shown;
  });
  const { owner, due, state, reason } = actions.find(({ text }) => text.startsWith("Replace"));
  assert.deepEqual([owner, due, state, reason], ["Hana Ito", "2018-11-06", "declined", "The return is not worth it"]);
});

story("readiness_names_what_is_missing_and_leads_to_it", ALONE, async ({ mara }) => {
  const panel = mara.page.locator("#readiness");
  const things = panel.getByRole("link");
  const count = await things.count();
  assert.ok(await panel.getByRole("heading", { name: `${count} things before review` }).isVisible());
  await panel.getByText(/^Five business days after the incident: Mon 29 Oct 2018, overdue by \d+ days$/).waitFor();
  await panel.locator("h2").getByText(/overdue by \d+ days/).waitFor();
  await panel.getByRole("link", { name: /^Set the review meeting/ }).click();
  await until("the meeting has the keyboard", () =>
    mara.page.evaluate(() => document.activeElement.getAttribute("aria-label").startsWith("Review meeting")),
  );
  await panel.getByRole("link", { name: /^Describe what happened/ }).click();
  await until("the section has the keyboard", () =>
    mara.page.evaluate(() => document.activeElement.closest("[data-section]")?.dataset.section === "what_happened"),
  );
  await mara.page.locator("[data-section=what_happened] .cm-content").click();
  await mara.page.keyboard.type("A link was lost for a minute.");
  await until("one thing less", async () => (await things.count()) === count - 1);
});

const MARA = "Mara Lindqvist";
const owned = (name) => new RegExp(`^Owner: ${name}`);

story("the_owner_is_somebody_of_the_team_or_a_name_typed_for_somebody_outside",
  { ...TOGETHER, owner: MARA, server: ownServer }, async ({ mara, tomasz, server, id }) => {
  const owner = (visitor, name) => visitor.page.locator("#owner").getByRole("button", { name: owned(name) });
  const locked = async (visitor, name) => {
    await until("whoever only edits hands over nothing", () => owner(visitor, name).isDisabled());
    assert.equal(await owner(visitor, name).getAttribute("title"), "Whoever owns it hands it over.");
  };
  await locked(tomasz, MARA);
  await owner(mara, MARA).focus();
  await mara.page.keyboard.press("Enter");
  const field = mara.page.getByRole("combobox", { name: "Owner" });
  await until("the field has the keyboard", () => field.evaluate((field) => field === document.activeElement));
  await field.fill("tomasz");
  await mara.page.getByRole("option", { name: /^Tomasz Wilk/ }).waitFor();
  await mara.look("owner-list");
  await mara.page.keyboard.press("Enter");
  await mara.page.getByText("Tomasz Wilk will decide who may do what.").waitFor();
  await mara.look("owner-chosen");
  await mara.page.keyboard.press("Enter");
  await locked(mara, "Tomasz Wilk");
  assert.equal((await server.show(id)).owner, "Tomasz Wilk");

  await owner(tomasz, "Tomasz Wilk").click();
  const typing = tomasz.page.getByRole("combobox", { name: "Owner" });
  await until("what stands there is typed over", () =>
    typing.evaluate((field) => field.value.length > 0 && field.selectionStart === 0 && field.selectionEnd === field.value.length));
  await tomasz.page.keyboard.type("Priya of the vendor");
  assert.equal(await typing.inputValue(), "Priya of the vendor");
  await tomasz.page.getByText("Nobody else in the team is called so.").waitFor();
  await tomasz.page.keyboard.press("Enter");
  for (const visitor of [mara, tomasz]) await owner(visitor, "Priya of the vendor").waitFor();
  // Share says the same, and who decides in the place of somebody without an account.
  await mara.page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = mara.page.getByRole("dialog", { name: "Share and access" });
  await dialog.getByText("Priya of the vendor (outside of the team)").waitFor();
  await dialog.getByText("Tomasz Wilk decides who may do what.").waitFor();
  await dialog.locator(".named li").filter({ hasText: "Tomasz Wilk" }).getByText("Decides here").waitFor();
  await mara.look("owner-outside-share");
  await mara.page.keyboard.press("Escape");
  await tomasz.page.setViewportSize({ width: 360, height: 800 });
  await owner(tomasz, "Priya of the vendor").click();
  await tomasz.look("owner-phone");
  await tomasz.page.keyboard.press("Escape");
  await until("Escape leaves it", () => owner(tomasz, "Priya of the vendor").evaluate((button) => button === document.activeElement));
});

story("a_status_asks_before_it_skips_what_is_open_and_closing_keeps_it_in_sight", ALONE, async ({ mara, server, id }) => {
  await entry(mara, "Internal monitoring raises").locator(".bub").click();
  await mara.page.locator("textarea:focus").fill("Who saw this first?");
  await mara.page.keyboard.press("Control+Enter");
  await mara.page.getByRole("button", { name: /^1 unresolved thread/ }).waitFor();
  const status = (name) => mara.page.getByRole("list", { name: "Status" }).getByRole("button", { name, exact: true });
  const panel = mara.page.locator("#readiness");
  await panel.getByRole("link", { name: /^Resolve 1 thread/ }).waitFor();

  await status("Closed").click();
  const dialog = mara.page.getByRole("dialog", { name: /^Closed, with \d+ things open\?$/ });
  await dialog.getByRole("link", { name: /^Resolve 1 thread/ }).waitFor();
  assert.equal(await dialog.locator(".body").evaluate((body) => body.scrollWidth <= body.clientWidth), true, "no words are cut off");
  await dialog.getByRole("link", { name: /^Finish or decline 5 actions/ }).waitFor();
  await mara.look("status-question");
  await dialog.getByRole("button", { name: "Keep Draft" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal((await server.show(id)).status, "draft");

  await status("Closed").click();
  await dialog.getByRole("button", { name: "Set to Closed" }).click();
  await until("it is closed", async () => (await server.show(id)).status === "closed");
  await panel.getByRole("heading", { name: /^\d+ things still open/ }).waitFor();
  await panel.getByRole("link", { name: /^Finish or decline 5 actions/ }).waitFor();
  await mara.look("closed-still-open");
  // The way back skips nothing.
  await status("Draft").click();
  await until("it is a draft", async () => (await server.show(id)).status === "draft");
});

story("whoever_changes_their_name_stays_who_they_are",
  { people: ["Mara", "Tomasz Wilk"], incident: GITHUB }, async ({ mara, tomasz, server, id }) => {
  await mara.page.getByLabel("New responder: name").fill("Mara");
  await mara.page.getByLabel("New responder: name").press("Enter");
  await fill(figure(mara, "Users affected"), /^Users affected/, "0");
  await entry(mara, "Internal monitoring raises").locator(".bub").click();
  await mara.page.locator("textarea:focus").fill("I saw this first.");
  await mara.page.keyboard.press("Control+Enter");
  await saved(mara);
  await mara.page.getByLabel("More about this post-mortem").click();
  await mara.page.locator(".menu").getByRole("link", { name: "Settings" }).click();
  await mara.page.getByLabel("Name", { exact: true }).fill("Mara Lindqvist");
  await mara.page.getByRole("button", { name: "Save", exact: true }).click();
  await mara.page.getByText("Saved. Others see it from now on.").first().waitFor();
  await open(mara, id);
  // For somebody else, without a reload.
  await figure(tomasz, "Users affected").getByText("Checked by Mara Lindqvist").waitFor();
  await tomasz.page.getByRole("group", { name: /^Here now: .*Mara/ }).waitFor();
  const responder = tomasz.page.locator("[data-responder]");
  await until("the responder has the new name", async () => (await responder.getByLabel("Name").first().inputValue()) === "Mara Lindqvist");
  const { threads } = await server.show(id);
  const [comment] = threads.flatMap(({ comments }) => comments);
  const { id: user, color } = mara.person;
  assert.deepEqual(comment.author, { id: user, color, name: "Mara Lindqvist" }, "the same person");
});

story("who_is_where_stands_in_the_outline_in_words", TOGETHER, async ({ mara, tomasz }) => {
  await caretAt(section(tomasz, "resolution"), "end");
  const outline = mara.page.getByRole("navigation", { name: "Sections" });
  await outline.getByRole("link", { name: /^Resolution.*Tomasz is here/ }).waitFor();
  await outline.locator(".dot").first().waitFor();
});

story("what_changed_since_the_last_visit_is_marked_until_it_is_seen", TOGETHER, async ({ mara, tomasz, id }) => {
  assert.equal(await mara.page.locator(".fresh").count(), 0, "a first visit has nothing to compare with");
  await mara.page.getByRole("link", { name: "Incident log", exact: true }).click();
  await mara.page.locator("[data-postmortem]").first().waitFor();
  await caretAt(section(tomasz, "overview"), "end");
  await type(tomasz, " Nobody lost data.");
  const line = tomasz.page.locator("#quick-line");
  await line.fill("22:58 second alert");
  await line.press("Enter");
  await entry(tomasz, "second alert").waitFor();
  await saved(tomasz);

  await open(mara, id);
  const sum = mara.page.locator(".since");
  await sum.getByText(/^1 entry and “Overview” changed since/).waitFor();
  await entry(mara, "second alert").getByText("New", { exact: true }).waitFor();
  await mara.look("changed-since");
  await mara.page.keyboard.press("d");
  await until("the overview is gone to", () => mara.page.evaluate(() => document.activeElement.id === "overview"));
  await mara.page.keyboard.press("d");
  await until("the entry is gone to", () =>
    entry(mara, "second alert").evaluate((row) => row === document.activeElement),
  );
  await sum.getByText(/^1 entry changed since/).waitFor();

  // The entry still has the focus: nobody has gone on from it, so it is marked at the next visit too.
  await mara.page.reload();
  await sum.getByText(/^1 entry changed since/).waitFor();
  await sum.getByRole("button", { name: "Mark all as seen" }).click();
  await sum.waitFor({ state: "detached" });
  await mara.page.reload();
  await saved(mara);
  await entry(mara, "second alert").waitFor();
  assert.equal(await mara.page.locator(".fresh").count(), 0);
});

story("what_changed_while_the_page_was_hidden_is_marked_at_the_next_visit", TOGETHER, async ({ mara, tomasz, id }) => {
  await mara.page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
    // A page that is hidden already is not told so again when it goes.
    addEventListener("visibilitychange", (event) => event.stopImmediatePropagation(), true);
  });
  await caretAt(section(tomasz, "overview"), "end");
  await type(tomasz, " Nobody saw this.");
  await section(mara, "overview").getByText("Nobody saw this.").waitFor();
  await mara.page.goto("/");
  await open(mara, id);
  await mara.page.locator(".since").getByText(/^“Overview” changed since/).waitFor();
});

story("a_screen_reader_hears_of_a_lost_connection_and_not_of_every_key", TOGETHER, async ({ mara, tomasz }) => {
  await mara.page.evaluate(() => {
    window.heard = [];
    const listen = (region) =>
      new MutationObserver(() => window.heard.push(region.textContent.trim())).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    document.querySelectorAll("[role=status], [role=alert], [aria-live]").forEach(listen);
  });
  await caretAt(section(mara, "overview"), "end");
  await caretAt(section(tomasz, "resolution"), "end");
  await type(mara, " One more sentence.");
  await type(tomasz, " And another one.");
  await saved(tomasz);
  await mara.page.getByText("And another one.").waitFor();
  assert.deepEqual(await mara.page.evaluate(() => window.heard), [], "typing is not told");
  mara.cutOff();
  await until("the loss is told", () => mara.page.evaluate(() => window.heard.some((words) => /^Offline/.test(words))));
  mara.back();
  await until("the return is told", () => mara.page.evaluate(() => /^Connected/.test(window.heard.at(-1))));
  assert.equal((await mara.page.evaluate(() => window.heard)).length, 2, "each once");
});
