// Signing in with a real provider (npm oidc-provider): set up by an admin, by somebody new and again, in two tabs at once, with
// keys and a clock that changed, and while it is down.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { caretAt, GITHUB, saved, section, type } from "./postmortem.mjs";
import { SECRET, startProvider } from "./provider.mjs";
import { ownServer, story } from "./scenario.mjs";
import { NETWORK, PHONE } from "./visitor.mjs";

const MARA = "Mara Lindqvist";

/** Whom the provider knows. It tells mail addresses only when it is asked with the token, and never at once. */
const PEOPLE = {
  noor: { name: "Noor Haddad", email: "noor.haddad@harbour.example", email_verified: true, groups: ["staff"] },
  lena: { name: "Lena Roth", email: "lena.roth@harbour.example", email_verified: true, groups: ["staff", "sre-leads"] },
  eve: { name: "Eve", email: "eve@quay.example", email_verified: true, groups: [] },
};

/** What the browser itself writes when an answer is no success. */
const REFUSED = /status of (401|409|422)/;

/** A server of one's own with a provider beside it, which is set up unless a story does that. */
const harbour = (rules) => async (opened) => {
  const [{ server }, provider] = await Promise.all([ownServer(opened), opened(startProvider(PEOPLE))]);
  if (rules !== undefined) await setUp(server, provider, "harbour", "Harbour ID", rules);
  return { server, provider };
};

async function setUp(server, provider, id, name, rules) {
  const body = { id, name, issuer: provider.origin, client_id: "debrief", client_secret: SECRET, rules };
  const { status, body: answer } = await server.api("POST", "/api/providers", { body, token: server.admin });
  assert.equal(status, 201, JSON.stringify(answer));
}

const MEMBERS = { otherwise: "member", domains: ["harbour.example"] };

const door = (page, name = "Harbour ID") => page.getByRole("link", { name: `Continue with ${name}` });

/** Signs in at the provider, and comes back. */
async function letIn(page, who) {
  await page.getByRole("heading", { name: "Harbour ID" }).waitFor();
  await page.getByLabel("Who are you?").fill(who);
  await page.getByRole("button", { name: "Let me in" }).click();
}

const you = (page, name) => page.locator("summary").filter({ hasText: `You: ${name}` });

async function fits(visitor, what) {
  const fitting = await visitor.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  assert.ok(fitting, `${what} is wider than the screen`);
}

/** Who the server knows in the browser of somebody. */
const current = (page) => page.evaluate(() => fetch("/api/session").then((answer) => answer.json()));

story("an_admin_sets_a_provider_up_and_somebody_new_signs_in_with_it_as_the_same_person_each_time",
  { incident: GITHUB, server: harbour(), allow: REFUSED }, async ({ server, provider, id, visitor }) => {
  const { mail } = await server.session(MARA, "admin");
  const mara = await visitor(MARA, { mail });
  const { page } = mara;
  await page.goto("/settings/sign-in");
  await page.getByText("There is none yet.").waitFor();
  await mara.look("settings-sign-in-empty");
  await page.getByRole("button", { name: "Add a provider" }).click();
  const form = page.getByRole("dialog", { name: "Add a provider" });
  await form.getByRole("button", { name: "Add it" }).click();
  await form.getByText("Write what stands on the button.").waitFor();
  await form.getByLabel("Name on the button").fill("Harbour");
  const redirect = `${mara.proxy.origin}/sign-in/harbour/callback`;
  assert.equal(await form.getByLabel(/^Redirect address/).inputValue(), redirect);
  await form.getByLabel("Address of the provider").fill("http://127.0.0.1:1");
  await form.getByRole("button", { name: "Check" }).click();
  await form.getByText(/^It cannot be reached: /).waitFor();
  await mara.look("settings-sign-in-check-failed");
  // One that does not answer is added by who says so twice.
  await form.getByLabel("Client id").fill("debrief");
  await form.getByLabel("Client secret").fill(SECRET);
  await form.getByRole("button", { name: "Add it" }).click();
  await form.getByText(/Nobody could sign in with it as long as that is so\.$/).waitFor();
  await form.getByRole("button", { name: "Add it all the same" }).waitFor();
  await mara.look("settings-sign-in-doubtful");
  await form.getByLabel("Address of the provider").fill(`${provider.origin}/`);
  await form.getByRole("button", { name: "Check" }).click();
  await form.getByText(/^It answers, signs people in at http/).waitFor();
  assert.equal(await form.getByLabel("Address of the provider").inputValue(), provider.origin, "as it calls itself");
  await form.getByLabel("Client id").fill("debrief");
  await form.getByLabel("Client secret").fill(SECRET);
  await form.getByRole("radio", { name: /^As a member/ }).check();
  await form.getByLabel("Only mail domains").fill("harbour.example");
  await form.getByLabel("Claim that gives roles").fill("groups");
  await form.getByLabel("Its values and their roles").fill("sre-leads: admin");
  await form.getByRole("button", { name: "Add it" }).click();
  await form.getByText(/This is none: sre-leads: admin$/).waitFor();
  await form.getByLabel("Its values and their roles").fill("sre-leads = admin");
  await mara.look("settings-sign-in-form");
  await form.getByRole("button", { name: "Add it" }).click();
  await form.waitFor({ state: "detached" });
  const row = page.locator('[data-provider="harbour"]');
  await row.getByText("by groups: sre-leads as admin, others as member, at harbour.example only").waitFor();
  await setUp(server, provider, "pier", "Pier", MEMBERS);

  const noor = await visitor(null);
  await noor.page.goto(`/postmortems/${id}`);
  await door(noor.page, "Harbour").waitFor();
  await noor.look("sign-in-providers");
  await door(noor.page, "Harbour").click();
  await letIn(noor.page, "noor");
  await saved(noor);
  assert.equal(new URL(noor.page.url()).pathname, `/postmortems/${id}`);
  assert.equal(new URL(noor.page.url()).search, "", "nothing of the sign-in is left in the address");
  const known = await current(noor.page);
  assert.deepEqual([known.name, known.mail, known.role], ["Noor Haddad", PEOPLE.noor.email, "member"]);
  await noor.page.getByLabel("More about this post-mortem").click();
  await noor.page.locator(".menu").getByRole("button", { name: "Sign out" }).click();
  await door(noor.page, "Harbour").click();
  // The provider knows who this is by now.
  await saved(noor);
  assert.equal((await current(noor.page)).id, known.id);

  // Somebody whose claim gives another role, and somebody whom the rules keep out.
  const lena = await visitor(null);
  await lena.page.goto("/settings/sign-in");
  await door(lena.page, "Harbour").click();
  await letIn(lena.page, "lena");
  await lena.page.locator('[data-provider="pier"]').waitFor();
  assert.equal((await current(lena.page)).role, "admin");
  const eve = await visitor(null);
  await eve.page.goto("/");
  await door(eve.page, "Pier").click();
  await letIn(eve.page, "eve");
  await eve.page.getByRole("alert").getByText("You have no account here.").waitFor();
  assert.equal(new URL(eve.page.url()).search, "", "a reload says nothing of it");

  await page.reload();
  await page.locator('[data-provider="pier"]').waitFor();
  await mara.look("settings-sign-in");
  await page.goto("/settings/team");
  const domains = page.getByLabel("Mail domains whose people join by themselves");
  await domains.fill("harbour.example, gmail.com");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("alert").getByText(/^Anybody gets an address at gmail\.com/).waitFor();
  await until("the field has the keyboard", () => domains.evaluate((field) => field === document.activeElement));
  await mara.look("settings-team-domains");
  const phone = await visitor(MARA, { mail, viewport: PHONE, colorScheme: "dark" });
  await phone.page.goto("/settings/sign-in");
  await phone.page.locator('[data-provider="pier"]').waitFor();
  await phone.look("settings-sign-in-phone-dark");
  await fits(phone, "the list of providers");
  await phone.page.getByRole("button", { name: "Change Harbour" }).click();
  await phone.page.getByRole("dialog", { name: "Change Harbour" }).waitFor();
  await phone.look("settings-sign-in-form-phone-dark");
  await fits(phone, "the form of a provider");
});

story("two_tabs_that_sign_in_at_once_do_not_disturb_each_other",
  { people: [null], server: harbour(MEMBERS), allow: REFUSED }, async ({ visitors: [noor] }) => {
  const tab = await noor.context.newPage();
  for (const [page, path] of [[noor.page, "/settings"], [tab, "/settings/devices"]]) {
    await page.goto(path);
    await door(page).click();
    await page.getByLabel("Who are you?").waitFor();
  }
  await letIn(tab, "noor");
  await tab.getByText("this browser", { exact: true }).waitFor();
  await letIn(noor.page, "noor");
  await you(noor.page, "Noor Haddad").waitFor();
  assert.equal(new URL(noor.page.url()).pathname, "/settings");
  assert.equal((await current(tab)).name, "Noor Haddad");
});

story("other_keys_and_a_clock_two_minutes_off_keep_nobody_out",
  { people: [null], server: harbour(MEMBERS), allow: REFUSED }, async ({ visitors: [noor], server, provider, visitor }) => {
  const signIn = async ({ page }) => {
    await page.goto("/");
    await door(page).click();
    await letIn(page, "noor");
    await you(page, "Noor Haddad").waitFor();
  };
  await signIn(noor);
  const differs = () => server.log().match(/its clock differs from ours/g)?.length ?? 0;
  await provider.restart();
  await signIn(await visitor(null));
  assert.equal(differs(), 0);
  await provider.restart({ clock: 118_000 });
  await signIn(await visitor(null));
  await until("the operator is told", () => differs() === 1);
  // Behind, with tokens that are over at once by our clock.
  await provider.restart({ clock: -118_000, ends: 60 });
  await signIn(await visitor(null));
  await until("the operator is told again", () => differs() === 2);
  await provider.restart({ clock: 10 * 60_000 });
  const late = await visitor(null);
  await late.page.goto("/");
  await door(late.page).click();
  await letIn(late.page, "noor");
  const alert = late.page.getByRole("alert");
  await alert.getByText("The clocks of Harbour ID and of this server differ by more than two minutes.").waitFor();
});

story("a_provider_that_is_down_or_says_no_is_told_on_the_sign_in_page_and_the_password_opens_the_door",
  { incident: GITHUB, people: [MARA], server: harbour(MEMBERS), allow: [REFUSED, NETWORK] },
  async ({ mara, server, provider, id, visitor }) => {
  const other = await visitor(null, { viewport: PHONE, colorScheme: "dark" });
  await other.page.goto(`/postmortems/${id}`);
  await door(other.page).click();
  await other.page.getByRole("button", { name: "Not now" }).click();
  await other.page.getByRole("alert").getByText("Harbour ID did not sign you in.").waitFor();
  await provider.stop();
  await door(other.page).click();
  const alert = other.page.getByRole("alert");
  await alert.getByText("Harbour ID cannot be reached.").waitFor();
  await alert.getByText(/^Sign in with your password, or ask whoever runs the server for a one-time link\./).waitFor();
  await other.look("sign-in-provider-down-phone-dark");
  await fits(other, "the sign-in page");
  const wide = await visitor(null);
  await wide.page.goto(`/?sign-in=unreachable&by=harbour`);
  await wide.page.getByRole("alert").getByText("Harbour ID cannot be reached.").waitFor();
  await wide.look("sign-in-provider-down");

  // Who is signed in goes on working, and a password still opens the door.
  await caretAt(section(mara, "overview"), "end");
  await type(mara, " While it is down.");
  await saved(mara);
  await other.page.getByLabel("Mail address").fill(mara.mail);
  await other.page.getByLabel("Password").fill("lamp gravel seven otters");
  await other.page.getByRole("button", { name: "Sign in" }).click();
  await other.page.locator("[data-entry]").first().waitFor();
  assert.equal(new URL(other.page.url()).pathname, `/postmortems/${id}`);
  // Whoever has no password comes in by a link of the operator.
  await until("it is on disk", async () => (await server.show(id)).sections.overview.endsWith(" While it is down."));
});

story("a_session_that_ends_is_begun_again_with_the_provider_in_another_tab",
  { incident: GITHUB, people: [null], server: harbour(MEMBERS), allow: [REFUSED, NETWORK] },
  async ({ visitors: [noor], server, id }) => {
  const { page, context } = noor;
  await page.goto(`/postmortems/${id}`);
  await door(page).click();
  await letIn(page, "noor");
  await saved(noor);
  const { body: { people } } = await server.api("GET", "/api/people", { token: server.admin });
  const { id: person } = people.find(({ name }) => name === "Noor Haddad");
  for (const is_suspended of [true, false]) {
    await server.api("PATCH", `/api/people/${person}`, { body: { is_suspended }, token: server.admin });
  }
  const question = page.getByRole("dialog", { name: "Your session has ended" });
  await question.waitFor();
  await door(page).waitFor();
  await noor.look("session-ended-providers");
  const [tab] = await Promise.all([context.waitForEvent("page"), door(page).click()]);
  await tab.locator("[data-entry]").first().waitFor();
  await question.waitFor({ state: "detached" });
  await tab.close();
  await caretAt(section(noor, "overview"), "end");
  await type(noor, " After that.");
  await saved(noor);
  await until("it is on disk", async () => (await server.show(id)).sections.overview.endsWith(" After that."));
  assert.doesNotMatch(server.log(), /code=|state=|eyJ/, "no code, state or token stands in the log");
});
