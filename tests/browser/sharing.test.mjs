// Who finds a post-mortem and who may do what: sharing it, losing it, handing it over, and looking after the team.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import {
  assertFits, caretAt, choose, download, GITHUB, offline, open, saved, section, textOf, type,
} from "./postmortem.mjs";
import { ownServer, story } from "./scenario.mjs";
import { PASSWORD } from "./server.mjs";
import { NETWORK, PHONE } from "./visitor.mjs";

const TITLE = "Customer records visible to a partner";

/** What the browser itself writes when an answer is no success. */
const REFUSED = /status of (401|403|404|422)/;

const PEOPLE = ["Mara Lindqvist", "Tomasz Wilk"];

/** The cookie of somebody, for what they do outside of a page. */
async function cookieOf(visitor) {
  const cookies = await visitor.context.cookies();
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
}

/** Mara owns the incident, and everybody has it open. */
async function shared({ mara, server, visitors }) {
  const id = await server.import(GITHUB, await cookieOf(mara));
  for (const visitor of visitors) await open(visitor, id);
  return id;
}

const dialogOf = (visitor) => visitor.page.getByRole("dialog", { name: "Share and access" });

/** Opens the dialog and waits for what the server says. */
async function share(visitor) {
  await visitor.page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = dialogOf(visitor);
  await dialog.getByText(/can read this$/).waitFor();
  return dialog;
}

/** Who is offered under the field that finds people. */
const offered = (scope) => scope.locator("[role=listbox] [role=option]");

/** Finds somebody in a field and takes the first that is offered. */
async function find(scope, label, letters) {
  const field = scope.getByRole("combobox", { name: label });
  await field.fill(letters);
  await offered(scope).first().waitFor();
  await field.press("Enter");
  return field;
}

/** Runs in the page: whether the copy of a post-mortem holds how it was greeted. */
const greeted = (id) =>
  new Promise((resolve) => {
    const request = indexedDB.open("debrief");
    request.onsuccess = ({ target: { result } }) => {
      const asked = result.transaction("postmortems").objectStore("postmortems").get(id);
      asked.onsuccess = () => {
        result.close();
        resolve(asked.result?.greeting?.includes('"welcome"') ?? false);
      };
    };
  });

const closed = (visitor) =>
  visitor.page.getByRole("heading", { level: 1, name: "You can no longer read this post-mortem" }).waitFor();

/** Waits until the page takes no writing in a section. */
const isReadOnly = (visitor) =>
  until(`${visitor.name} can only read`, async () => (await section(visitor, "overview").getAttribute("aria-readonly")) === "true");

/** Makes somebody an admin. */
async function promote(server, visitor) {
  const path = `/api/people/${visitor.person.id}`;
  const { status, body } = await server.api("PATCH", path, { body: { role: "admin" }, token: server.admin });
  assert.equal(status, 200, JSON.stringify(body));
}

story("of_a_private_post_mortem_a_stranger_finds_no_trace_until_they_are_let_in",
  { people: PEOPLE, server: ownServer, allow: REFUSED }, async ({ mara, tomasz, server }) => {
  await tomasz.page.goto("/");
  await tomasz.page.getByRole("heading", { name: /No incidents yet/ }).waitFor();

  await mara.page.goto("/");
  await mara.page.getByRole("heading", { name: /No incidents yet/ }).waitFor();
  await mara.page.getByRole("button", { name: "Blank post-mortem" }).click();
  await mara.page.getByLabel("What happened, in one line").fill(TITLE);
  await mara.page.getByRole("radio", { name: /^Only you: private/ }).check();
  await mara.look("new-private");
  await mara.page.getByRole("button", { name: "Start" }).click();
  await saved(mara);
  const id = new URL(mara.page.url()).pathname.split("/").at(-1);

  const cookie = await cookieOf(tomasz);
  for (const path of [`/api/postmortems/${id}`, `/api/postmortems/${id}/comments`, `/api/postmortems/${id}/access`]) {
    assert.equal((await server.api("GET", path, { cookie })).status, 404, path);
  }
  assert.deepEqual((await server.api("GET", "/api/postmortems", { cookie })).body.postmortems, []);
  await tomasz.page.reload();
  await tomasz.page.getByRole("heading", { name: /No incidents yet/ }).waitFor();
  assert.equal(await tomasz.page.getByText(TITLE).count(), 0);

  const dialog = await share(mara);
  assert.ok(await dialog.getByRole("radio", { name: /^Finds nothing: private/ }).isChecked());
  await dialog.getByText("1 person can read this").waitFor();
  await find(dialog, "Person or group to let in", "tom");
  await mara.page.keyboard.press("Enter");
  await dialog.getByText("2 people can read this").waitFor();
  await mara.look("share");

  // Without a reload, and with a lock.
  const row = tomasz.page.locator(".row").filter({ hasText: TITLE });
  await row.getByText("Private, 2 people").waitFor();
  await tomasz.look("log-private");
  await row.getByRole("link", { name: TITLE }).click();
  await saved(tomasz);
  await isReadOnly(tomasz);
  await tomasz.page.locator(".head [data-private]").getByText("Private, 2 people").waitFor();
  await tomasz.look("private-to-read");
  await dialog.getByRole("combobox", { name: "Role of Tomasz Wilk" }).selectOption("editor");
  await until("Tomasz can write", async () => (await section(tomasz, "overview").getAttribute("aria-readonly")) === null);
});

story("a_role_taken_away_while_somebody_types_leaves_a_page_to_read_and_their_words_in_a_file",
  { people: PEOPLE, allow: [REFUSED, NETWORK] }, async (scenario) => {
  const { mara, tomasz, server } = scenario;
  const id = await shared(scenario);
  await caretAt(section(tomasz, "overview"), "start");
  await type(tomasz, "Before. ");
  await saved(tomasz);
  await until("it is on disk", async () => (await server.show(id)).sections.overview.startsWith("Before. "));

  tomasz.stall();
  await type(tomasz, "Too late. ");
  const dialog = await share(mara);
  await dialog.getByRole("radio", { name: /^Reads/ }).check();
  await until("it holds", async () => {
    const { body } = await server.api("GET", `/api/postmortems/${id}/access`, { cookie: await cookieOf(mara) });
    return body.members_are === "viewer";
  });
  tomasz.back();
  const banner = tomasz.page.locator("[data-kept]");
  await banner.waitFor();
  await isReadOnly(tomasz);
  assert.match(await download(tomasz, banner), /Too late\./);
  await until("the page shows what holds", async () => !(await textOf(section(tomasz, "overview"))).includes("Too late."));
  assert.ok(!(await server.show(id)).sections.overview.includes("Too late."), "nothing of it was taken");
  await tomasz.look("only-to-read");

  // Everything that edits, comments, publishes or decides.
  const { page } = tomasz;
  assert.ok(await page.locator("#quick-line").isDisabled() || !(await page.locator("#quick-line").isEditable()));
  for (const label of ["Severity", "Role"]) {
    for (const choice of await page.getByLabel(label, { exact: true }).all()) assert.ok(await choice.isDisabled(), label);
  }
  assert.equal(await page.getByRole("button", { name: /^Publish/ }).count(), 0, "what would only be refused is not offered");
  assert.equal(await page.getByRole("button", { name: /^Comment on/ }).count(), 0);
  await page.getByLabel("More about this post-mortem").click();
  assert.ok(await page.getByRole("button", { name: "Delete post-mortem" }).isDisabled());
  await page.keyboard.press("Escape");
  const own = await share(tomasz);
  await own.getByText("Mara Lindqvist may change this.").waitFor();
  assert.equal(await own.locator("input, select").count(), 0, "words in the place of choices");
  await tomasz.look("share-to-read");
});

story("whoever_loses_all_access_gets_a_calm_page_and_what_could_not_be_sent",
  { people: PEOPLE, allow: [REFUSED, NETWORK] }, async (scenario) => {
  const { mara, tomasz, server } = scenario;
  const id = await shared(scenario);
  let sockets = 0;
  tomasz.page.on("websocket", (socket) => (sockets += socket.url().includes(`/sync/${id}`) ? 1 : 0));
  tomasz.stall();
  await caretAt(section(tomasz, "resolution"), "start");
  await type(tomasz, "Never arrived. ");
  const dialog = await share(mara);
  await dialog.getByRole("radio", { name: /^Finds nothing/ }).check();
  await dialog.getByText("1 person can read this").waitFor();
  tomasz.back();
  await closed(tomasz);
  const banner = tomasz.page.locator("[data-kept]");
  const text = await download(tomasz, banner);
  assert.match(text, /Never arrived\./);
  assert.doesNotMatch(text, /## Overview/, "only what was not sent is taken along");
  await tomasz.page.getByText("What was not is in a file, which is all that this browser keeps.").waitFor();
  await tomasz.page.locator(".bar").getByRole("link", { name: "Incident log", exact: true }).waitFor();
  await tomasz.look("closed-to-you");
  await banner.getByRole("button", { name: "Discard it" }).click();
  assert.equal(sockets, 0, "nothing is tried again");

  await tomasz.page.getByRole("link", { name: "Go to the incident log" }).click();
  await tomasz.page.locator(".bar").waitFor();
  assert.equal(await tomasz.page.locator(`[data-postmortem="${id}"]`).count(), 0);
  await tomasz.page.goto(`/postmortems/${id}`);
  await tomasz.page.getByRole("heading", { level: 1, name: "This post-mortem is not here" }).waitFor();
  assert.equal(await tomasz.page.locator("[data-section]").count(), 0, "the browser keeps no copy");
  // Calm: of no connection is told, none is tried, and a way leads back.
  assert.equal(await tomasz.page.locator("[data-saving], .banner").count(), 0);
  assert.equal(await tomasz.page.getByText(/Offline/).count(), 0);
  assert.equal(await tomasz.page.getByRole("button", { name: /^Try/ }).count(), 0);
  await tomasz.look("not-here");
  await tomasz.page.getByRole("link", { name: "Go to the incident log" }).click();
  await tomasz.page.locator("main.log, main.first").first().waitFor();
});

story("a_right_taken_away_while_somebody_was_away_takes_the_copy_from_their_browser_when_they_come_back",
  { people: PEOPLE, allow: [REFUSED, NETWORK] }, async (scenario) => {
  const { mara, tomasz } = scenario;
  const id = await shared(scenario);
  await until("the copy says whose it is", () => tomasz.page.evaluate(greeted, id));
  tomasz.cutOff();
  await offline(tomasz);
  await caretAt(section(tomasz, "resolution"), "start");
  await type(tomasz, "Never arrived. ");
  await tomasz.page.locator(".banner").getByText(/kept in this browser/).waitFor();
  await tomasz.page.goto("about:blank");
  const dialog = await share(mara);
  await dialog.getByRole("radio", { name: /^Finds nothing/ }).check();
  await dialog.getByText("1 person can read this").waitFor();

  tomasz.back();
  await tomasz.page.goto(`/postmortems/${id}`);
  await closed(tomasz);
  const text = await download(tomasz, tomasz.page.locator("[data-kept]"));
  assert.match(text, /Never arrived\./);
  assert.doesNotMatch(text, /## Overview/, "only what was not sent is taken along");
  await until("the copy is given up", async () => !(await tomasz.page.evaluate(greeted, id)));
  await tomasz.page.goto(`/postmortems/${id}`);
  await tomasz.page.getByRole("heading", { level: 1, name: "This post-mortem is not here" }).waitFor();
  await tomasz.page.locator("[data-kept]").getByRole("button", { name: "Download my text" }).waitFor();
  assert.equal(await tomasz.page.locator("[data-section]").count(), 0);
});

story("what_somebody_lost_while_they_were_away_is_not_in_their_log_without_the_server_either",
  { people: PEOPLE, allow: [REFUSED, NETWORK] }, async (scenario) => {
  const { mara, tomasz, server } = scenario;
  const id = await shared(scenario);
  const other = await server.import("gitlab", await cookieOf(mara));
  await open(tomasz, other);
  for (const each of [id, other]) {
    await until("the copy says whose it is", () => tomasz.page.evaluate(greeted, each));
  }
  await tomasz.page.goto("about:blank");
  const body = { access: "private", members: [] };
  const path = `/api/postmortems/${id}/access`;
  assert.equal((await server.api("PUT", path, { body, cookie: await cookieOf(mara) })).status, 200);
  await tomasz.page.goto("/");
  await tomasz.page.locator(`[data-postmortem="${other}"]`).waitFor();
  await until("the copy is given up", async () => !(await tomasz.page.evaluate(greeted, id)));
  assert.ok(await tomasz.page.evaluate(greeted, other), "and no other");
});

story("whoever_is_named_exactly_is_let_in_without_a_choice_and_two_of_one_name_are_told_apart",
  { people: ["Mara Lindqvist", "Ines Adler"], allow: REFUSED }, async (scenario) => {
  const { mara, ines, server } = scenario;
  await server.session("Hana Ito");
  const second = await server.session("Jonah Abara");
  const first = await server.session("Jonah Abara");
  await shared(scenario);
  const dialog = await share(mara);
  const field = dialog.getByRole("combobox", { name: "Person or group to let in" });
  const letIn = dialog.getByRole("button", { name: "Let in" });
  await field.fill("hana ito");
  await letIn.click();
  await dialog.locator(".named li").filter({ hasText: "Hana Ito" }).waitFor();
  assert.equal(await field.inputValue(), "");
  for (const namesake of [first, second]) {
    await field.fill("Jonah Abara");
    await offered(dialog).filter({ hasText: namesake.mail }).click();
    await letIn.click();
    await dialog.locator(".named li").filter({ hasText: "Jonah Abara" }).filter({ hasText: "Commenter" }).first().waitFor();
  }
  for (const { mail } of [first, second]) await dialog.locator(".named small").getByText(mail).waitFor();
  await mara.look("share-namesakes-named");
  for (let left = 2; left > 0; left -= 1) {
    await dialog.getByRole("button", { name: "Remove Jonah Abara" }).first().click();
    await until("one is gone", async () => (await dialog.getByRole("button", { name: "Remove Jonah Abara" }).count()) === left - 1);
  }

  await field.fill("Jonah Abara");
  await offered(dialog).nth(1).waitFor();
  assert.deepEqual((await offered(dialog).locator("small").allTextContents()).sort(), [first.mail, second.mail].sort());
  await letIn.click();
  await dialog.getByRole("alert").getByText("2 in the team are called “Jonah Abara”. Choose one from the list.").waitFor();
  await mara.look("share-namesakes");
  await field.fill("Nobody Known");
  await letIn.click();
  await dialog.getByRole("alert").getByText("Nobody else in the team is called “Nobody Known”.").waitFor();
  await dialog.getByText("An admin of the team can invite them.").waitFor();

  await promote(server, ines);
  await ines.page.reload();
  const theirs = await share(ines);
  const sought = theirs.getByRole("combobox", { name: "Person or group to let in" });
  await sought.fill(first.mail);
  await theirs.getByRole("button", { name: "Let in" }).click();
  await theirs.locator(".named li").filter({ hasText: "Jonah Abara" }).waitFor();
  await sought.fill("Nobody Known");
  await theirs.getByRole("button", { name: "Let in" }).click();
  await theirs.getByRole("link", { name: "Invite somebody to the team" }).waitFor();
  await ines.look("share-nobody");
});

story("a_group_is_let_in_with_a_role_that_whoever_is_in_it_has_and_loses_with_it",
  { people: PEOPLE, server: ownServer, allow: [REFUSED, NETWORK] }, async ({ mara, tomasz, server }) => {
  const group = { name: "Auditors", people: [tomasz.person.id] };
  const made = await server.api("POST", "/api/groups", { body: group, token: server.admin });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const created = { body: { title: TITLE, access: "private" }, cookie: await cookieOf(mara) };
  const { body: { id } } = await server.api("POST", "/api/postmortems", created);
  await open(mara, id);
  await tomasz.page.goto("/");
  await tomasz.page.getByRole("heading", { name: /No incidents yet/ }).waitFor();

  const dialog = await share(mara);
  const field = dialog.getByRole("combobox", { name: "Person or group to let in" });
  await field.fill("audit");
  await offered(dialog).filter({ hasText: "Auditors" }).getByText("Group · 1 person").waitFor();
  await mara.look("share-finds-group");
  await mara.page.keyboard.press("Enter");
  await mara.page.keyboard.press("Enter");
  const row = dialog.locator(".named li").filter({ hasText: "Auditors" });
  await row.getByText("Group · 1 person").waitFor();
  await dialog.getByText("2 people can read this").waitFor();
  await mara.page.locator(".head [data-private]").getByText("Private, 2 people").waitFor();
  await mara.look("share-group");
  // It is there already, and is not offered again; a whole name is taken without a choice.
  await field.fill("audit");
  await dialog.getByText("Nobody in the team is called so, and no group.").waitFor();
  await field.fill("");
  await row.getByRole("button", { name: "Remove Auditors" }).click();
  await dialog.getByText("1 person can read this").waitFor();
  await field.fill("auditors");
  await dialog.getByRole("button", { name: "Let in" }).click();
  await dialog.getByText("2 people can read this").waitFor();

  // Whoever is in it finds it, with the role of the group.
  await tomasz.page.locator(".row").filter({ hasText: TITLE }).getByRole("link", { name: TITLE }).click();
  await saved(tomasz);
  await isReadOnly(tomasz);
  await dialog.getByRole("combobox", { name: "Role of Auditors" }).selectOption("editor");
  await until("Tomasz can write", async () => (await section(tomasz, "overview").getAttribute("aria-readonly")) === null);
  const theirs = await share(tomasz);
  await theirs.getByText("Group · 1 person, you among them").waitFor();
  await tomasz.look("share-group-to-read");
  await mara.page.setViewportSize(PHONE);
  await assertFits(mara, "a group on a phone");
  await mara.look("share-group-phone");

  // And not any more once an admin takes them out of it.
  const change = { body: { remove: [tomasz.person.id] }, token: server.admin };
  assert.equal((await server.api("PATCH", `/api/groups/${made.body.id}`, change)).status, 200);
  await closed(tomasz);
  await mara.page.locator(".head [data-private]").getByText("Private, 1 person").waitFor();
  await tomasz.page.goto("/");
  await tomasz.page.getByRole("heading", { name: /No incidents yet/ }).waitFor();
});

story("a_post_mortem_is_handed_over_after_a_question_and_its_former_owner_stays_an_editor",
  { people: PEOPLE, server: ownServer, allow: REFUSED }, async (scenario) => {
  const { mara, tomasz } = scenario;
  await shared(scenario);
  const dialog = await share(mara);
  const hand = dialog.locator(".hand");
  await hand.getByRole("button", { name: "Hand over" }).click();
  await hand.getByRole("alert").getByText("Choose somebody of the team from the list.").waitFor();
  // A whole name is taken without a choice, and asked about.
  await hand.getByRole("combobox", { name: "New owner" }).fill("tomasz wilk");
  await hand.getByRole("button", { name: "Hand over" }).click();
  const answer = hand.getByRole("button", { name: "Yes, hand over" });
  await mara.look("hand-over");
  await until("the question was read", async () => (await answer.getAttribute("aria-disabled")) === null);
  await answer.click();
  await dialog.getByText("Tomasz Wilk may change this.").waitFor();
  await dialog.locator(".named li").filter({ hasText: "Mara Lindqvist" }).getByText("Editor").waitFor();
  assert.equal(await dialog.locator("select").count(), 0, "she decides nothing any more");
  await mara.page.keyboard.press("Escape");

  const theirs = await share(tomasz);
  assert.ok(await theirs.getByRole("radio", { name: /^Edits/ }).isEnabled());
  await theirs.getByRole("button", { name: "Remove Mara Lindqvist" }).click();
  await theirs.locator(".named li").filter({ hasText: "Mara Lindqvist" }).waitFor({ state: "detached" });
});

story("sharing_needs_no_mouse_fits_a_phone_and_waits_for_the_server",
  { people: PEOPLE, allow: [REFUSED, NETWORK] }, async (scenario) => {
  const { mara } = scenario;
  await shared(scenario);
  const { page } = mara;
  const button = page.getByRole("button", { name: "Share", exact: true });
  await button.focus();
  await page.keyboard.press("Enter");
  const dialog = dialogOf(mara);
  await dialog.getByText(/can read this$/).waitFor();
  const field = dialog.getByRole("combobox", { name: "Person or group to let in" });
  await until("the field has the keyboard", async () => {
    await page.keyboard.press("Tab");
    return field.evaluate((element) => element === document.activeElement);
  });
  await page.keyboard.press("ArrowDown");
  await offered(dialog).first().waitFor();
  await mara.look("share-finds");
  await page.keyboard.press("Escape");
  await until("the list goes first", async () => (await offered(dialog).count()) === 0);
  await page.keyboard.press("Enter");
  await dialog.getByRole("alert").getByText("Choose somebody of the team from the list.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await until("the button has the keyboard", () => button.evaluate((element) => element === document.activeElement));

  await page.setViewportSize(PHONE);
  await choose(page, "More about this post-mortem", "Share");
  await dialog.getByText(/can read this$/).waitFor();
  await assertFits(mara, "sharing on a phone");
  await mara.look("share-phone");
  mara.cutOff();
  await offline(mara);
  await dialog.getByText("Offline.").waitFor();
  assert.equal(await dialog.locator("input, select").count(), 0);
  await mara.look("share-offline");
  mara.back();
});

story("whoever_would_take_a_post_mortem_from_themselves_is_asked",
  { people: ["Mara Lindqvist", "Ines Adler"], allow: REFUSED }, async (scenario) => {
  const { mara, ines, server } = scenario;
  await promote(server, ines);
  const id = await server.import(GITHUB, await cookieOf(mara));
  await open(ines, id);
  const dialog = await share(ines);
  const nothing = dialog.getByRole("radio", { name: /^Finds nothing/ });
  await nothing.click();
  const question = dialog.getByRole("alert").filter({ hasText: "You would lose it yourself." });
  await question.waitFor();
  await ines.look("share-would-lose");
  await question.getByRole("button", { name: "Leave it" }).click();
  assert.ok(!(await nothing.isChecked()), "the choice is as it was");
  await nothing.click();
  await question.getByRole("button", { name: "Do it anyway" }).click();
  await closed(ines);
});

story("an_admin_invites_changes_roles_suspends_and_restores",
  { people: ["Ines Adler", "Tomasz Wilk"], server: ownServer, allow: [REFUSED, NETWORK] },
  async ({ ines, tomasz, server, visitor }) => {
  await promote(server, ines);
  const id = await server.import(GITHUB, await cookieOf(tomasz));
  await open(tomasz, id);
  const { page } = ines;
  await page.goto("/settings/people");
  const row = (name) => page.locator("tr").filter({ hasText: name });
  await row("Tomasz Wilk").waitFor();
  // The stage manager of the stories is a program.
  await page.getByText("2 people. 1 program has a token", { exact: false }).waitFor();
  await ines.look("people", { fullPage: true });

  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Invite to the team" });
  await until("the first field has the keyboard", () =>
    dialog.getByLabel("For whom").evaluate((element) => element === document.activeElement));
  await dialog.getByLabel("For whom").fill("noor.haddad@harbour.example");
  assert.ok(await dialog.getByLabel("How many people").isDisabled(), "an address is one person's");
  await ines.look("invite");
  await dialog.getByRole("button", { name: "Make the link" }).click();
  const link = await dialog.getByRole("textbox", { name: "Link" }).inputValue();
  await ines.look("invited");
  await dialog.getByRole("button", { name: "Done" }).click();
  await row("noor.haddad@harbour.example").getByText("a link for one person, not used yet").waitFor();
  const token = new URL(link).hash.slice(1);
  const account = { token, name: "Noor Haddad", mail: "noor.haddad@harbour.example", password: PASSWORD };
  assert.equal((await server.api("POST", "/api/accounts", { body: account })).status, 201);

  await page.reload();
  await row("Noor Haddad").getByLabel("Role of Noor Haddad").selectOption("outsider");
  await until("Noor is an outsider", async () => {
    const { body } = await server.api("GET", "/api/people?search=noor", { token: server.admin });
    return body.people[0].role === "outsider";
  });
  await page.getByRole("searchbox", { name: "Search people" }).fill("noor");
  await row("Tomasz Wilk").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Show all" }).click();

  await row("Tomasz Wilk").getByLabel("More for Tomasz Wilk").click();
  await page.getByRole("button", { name: "Suspend" }).click();
  const question = page.getByRole("dialog", { name: "Suspend Tomasz Wilk?" });
  await ines.look("suspend");
  await question.getByRole("button", { name: "Suspend" }).click();
  await row("Tomasz Wilk").getByText("1 post-mortem needs an owner").waitFor();
  // Signed out everywhere at once.
  await tomasz.page.getByRole("dialog").waitFor();
  await ines.look("people-suspended", { fullPage: true });

  await row("Tomasz Wilk").getByRole("button", { name: "Hand over" }).click();
  const handing = page.getByRole("dialog", { name: "What Tomasz Wilk owns" });
  await handing.getByRole("combobox", { name: "New owner" }).fill("Nobody Known");
  await handing.getByRole("button", { name: "Hand over" }).click();
  await handing.getByRole("alert").getByText("Nobody else in the team is called “Nobody Known”.").waitFor();
  await handing.getByRole("combobox", { name: "New owner" }).fill("ines adler");
  await handing.getByRole("button", { name: "Hand over" }).click();
  await row("Tomasz Wilk").getByText("1 post-mortem needs an owner").waitFor({ state: "detached" });
  await row("Tomasz Wilk").getByRole("button", { name: "Restore" }).click();
  await row("Tomasz Wilk").getByLabel("Role of Tomasz Wilk").waitFor();

  await page.setViewportSize(PHONE);
  await assertFits(ines, "people on a phone");
  await ines.look("people-phone", { fullPage: true });
});

story("whoever_does_not_look_after_the_team_sees_who_does_and_changes_nothing",
  { people: ["Tomasz Wilk", "Ines Adler"], server: ownServer, allow: REFUSED }, async ({ tomasz, ines, server }) => {
  await promote(server, ines);
  const { page } = tomasz;
  await page.goto("/settings/people");
  await page.getByText("Ines Adler looks after the team.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Invite" }).count(), 0);
  assert.equal(await page.getByLabel(/^Role of/).count(), 0, "roles are words");
  await tomasz.look("people-to-read");
  await page.goto("/settings/team");
  await page.getByText("Its admins may change this.").waitFor();
  assert.equal(await page.locator("main input, main select").count(), 0);

  // Made an admin, they need no reload to look after it.
  await page.goto("/settings/people");
  await page.getByText("Ines Adler looks after the team.").waitFor();
  await ines.page.goto("/settings/team");
  await ines.page.getByLabel("Name", { exact: true }).fill("Harbour Reliability");
  await ines.page.getByRole("radio", { name: "read and comment" }).check();
  await ines.look("team");
  await ines.page.getByRole("button", { name: "Save" }).click();
  await ines.page.getByText("The settings of the team are saved").first().waitFor();
  const id = await server.import(GITHUB, await cookieOf(ines));
  await open(tomasz, id);
  await isReadOnly(tomasz);
});

story("what_the_server_refuses_stands_under_the_row_it_is_about",
  { people: ["Ines Adler"], server: ownServer, allow: REFUSED }, async ({ ines, server }) => {
  await promote(server, ines);
  const { page } = ines;
  await page.goto("/settings/people");
  const row = page.locator("tr").filter({ hasText: "Ines Adler" });
  await row.getByLabel("Role of Ines Adler").waitFor();
  await page.route("**/api/people/*", (route) =>
    route.fulfill({ status: 422, json: { error: { code: "invalid", message: "This is the last admin." } } }));
  await row.getByLabel("Role of Ines Adler").selectOption("member");
  await row.getByRole("alert").getByText("This is the last admin.").waitFor();
  assert.equal(await row.getByLabel("Role of Ines Adler").inputValue(), "admin", "the row shows what holds");
  await ines.look("people-refused");
});

story("what_is_imported_as_private_is_private_and_the_next_is_not",
  { people: ["Mara Lindqvist"], incident: GITHUB, isOpen: false, server: ownServer }, async ({ mara, server }) => {
  const { page } = mara;
  const bring = async (title, isPrivate) => {
    await page.goto("/");
    await page.getByRole("button", { name: /^New post-mortem/ }).click();
    const dialog = page.getByRole("dialog", { name: "New post-mortem" });
    if (isPrivate) {
      await dialog.getByRole("radio", { name: /private/ }).check();
      assert.ok(await dialog.getByRole("button", { name: /example/ }).isDisabled(), "the example is for the team");
    }
    const button = dialog.getByRole("button", { name: /^Import a file/ });
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button.click()]);
    const buffer = Buffer.from(JSON.stringify({ title, severity: "SEV-2" }));
    await chooser.setFiles({ name: "incident.json", mimeType: "application/json", buffer });
    await page.getByRole("heading", { name: title }).or(page.getByRole("button", { name: `Title: ${title}` })).first().waitFor();
  };
  await bring(TITLE, true);
  assert.ok(!(await server.list()).some((row) => row.title === TITLE), "no trace of it for an admin");
  await bring("Disk full", false);
  assert.ok((await server.list()).some((row) => row.title === "Disk full"));
});

story("what_somebody_read_in_a_browser_is_not_shown_to_the_next_who_signs_in_there",
  { people: ["Mara Lindqvist"], server: ownServer, allow: [REFUSED, NETWORK] }, async ({ mara, server }) => {
  const { page } = mara;
  const created = { body: { title: TITLE, access: "private" }, cookie: await cookieOf(mara) };
  const { body } = await server.api("POST", "/api/postmortems", created);
  await open(mara, body.id);
  await caretAt(section(mara, "overview"), "end");
  await type(mara, "Who saw the records.");
  await saved(mara);
  await until("the copy says whose it is", () => page.evaluate(greeted, body.id));
  const { mail } = await server.session("Tomasz Wilk");
  await page.getByLabel("More about this post-mortem").click();
  await page.locator(".menu").getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Mail address").fill(mail);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: /^New post-mortem|^Start/ }).first().waitFor();
  await page.goto(`/postmortems/${body.id}`);
  await page.getByRole("heading", { name: /^This post-mortem is not here|^You can no longer read/ }).first().waitFor();
  assert.equal(await page.getByText("Who saw the records.").count(), 0);
  await until("the copy is given up", async () => !(await page.evaluate(greeted, body.id)));
  mara.cutOff();
  await page.goto("/");
  await page.getByRole("heading").first().waitFor();
  assert.equal(await page.getByText(TITLE).count(), 0, "nor without the server");
});
