// Coming in and going out: the first start, invitations, passwords, one-time links, devices, and signing out.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { addEntry, caretAt, GITHUB, offline, open, saved, section, type } from "./postmortem.mjs";
import { ownServer, story } from "./scenario.mjs";
import { PASSWORD } from "./server.mjs";
import { PHONE } from "./visitor.mjs";

const NAME = "Mara Lindqvist";
const MAIL = "mara.lindqvist@harbour.example";

/** What the browser itself writes when an answer is no success. */
const REFUSED = /status of (401|404|409|422|429)/;

/** Where a link leads, on the address by which this visitor reaches the server. */
const within = (url) => {
  const { pathname, hash } = new URL(url);
  return `${pathname}${hash}`;
};

const isAtLog = (page) => page.getByRole("link", { name: "Incident log", exact: true }).waitFor();

/** The button of one's own menu. */
const you = (page, name) => page.locator("summary").filter({ hasText: `You: ${name}` });

async function signIn(page, mail, password = PASSWORD) {
  await page.getByLabel("Mail address").fill(mail);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The link of an answer of the API. */
async function made(asking) {
  const { status, body } = await asking;
  assert.equal(status, 201, JSON.stringify(body));
  return within(body.url);
}

const ended = (page) => page.getByRole("heading", { level: 1, name: "There is nothing here for you" }).waitFor();

story("the_first_link_makes_the_first_account_and_the_team",
  { people: [null], server: ownServer, allow: REFUSED }, async ({ visitors: [mara], server, visitor }) => {
  const { page } = mara;
  await page.goto("/");
  await page.getByRole("heading", { level: 1, name: "This Debrief is not set up yet" }).waitFor();
  await mara.look("not-set-up");
  const link = within(server.invite());
  await page.goto(link);
  await page.getByRole("heading", { level: 1, name: "Set up this Debrief" }).waitFor();
  assert.equal(new URL(page.url()).hash, "", "the secret is not left in the address");
  await mara.look("set-up");

  const button = page.getByRole("button", { name: "Make the account and sign in" });
  await button.click();
  await page.getByText("Write the name that others will see.").waitFor();
  await page.getByLabel("Name", { exact: true }).fill(NAME);
  await page.getByLabel("Mail address").fill("mara");
  await button.click();
  await page.getByText("Write a mail address, with an @ in it.").waitFor();
  await page.getByLabel("Mail address").fill(MAIL);
  await page.getByLabel("Password").fill("harbour12");
  await page.getByLabel("Team").fill("Harbour Reliability");
  await button.click();
  await page.getByText(/^This one is too short\./).waitFor();
  await until("the password has the keyboard", () => page.evaluate(() => document.activeElement.id === "password"));
  await mara.look("set-up-weak-password");
  await page.keyboard.press("Control+a");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /No incidents yet/ }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
  const cookies = await mara.context.cookies();
  assert.deepEqual(cookies.map(({ httpOnly, sameSite }) => [httpOnly, sameSite]), [[true, "Lax"]]);

  const late = await visitor(null);
  await late.page.goto(link);
  await ended(late.page);
  await late.look("link-ended");
  await late.page.getByRole("link", { name: "Go to Debrief" }).click();
  await late.page.getByRole("heading", { level: 1, name: "Sign in to Harbour Reliability" }).waitFor();
});

story("an_invitation_is_joined_with_the_keyboard_alone",
  { people: [null], allow: REFUSED }, async ({ visitors: [noor], server, visitor }) => {
  const mail = "noor.haddad@harbour.example";
  const invite = (body) => made(server.api("POST", "/api/invitations", { body, token: server.admin }));
  const link = await invite({ role: "member", mail });
  const { page } = noor;
  await page.goto(link);
  await page.getByRole("heading", { level: 1, name: /^Join / }).waitFor();
  await page.getByText("You are invited as a member").waitFor();
  assert.equal(await page.getByLabel("Mail address").inputValue(), mail);
  assert.equal(await page.getByLabel("Mail address").getAttribute("readonly"), "");
  await noor.look("join");
  await page.keyboard.type("Noor Haddad");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.equal(await page.locator("#password").getAttribute("type"), "text", "it can be looked at");
  assert.equal(await page.locator("#password").inputValue(), PASSWORD);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await isAtLog(page);
  await you(page, "Noor Haddad").click();
  await page.locator(".menu").getByText(mail).waitFor();
  await noor.look("own-menu");

  // The same address has an account now: whoever comes with another invitation is told at the address.
  const other = await visitor(null, { viewport: PHONE, colorScheme: "dark" });
  await other.page.goto(await invite({ role: "outsider" }));
  await other.page.getByText("You are invited as an outsider").waitFor();
  await other.page.getByLabel("Name", { exact: true }).fill("Noor");
  await other.page.getByLabel("Mail address").fill(mail);
  await other.page.getByLabel("Password").fill(PASSWORD);
  await other.page.getByRole("button", { name: "Join and sign in" }).click();
  await other.page.getByText(/^This mail address has an account already\./).waitFor();
  await other.look("join-mail-taken-phone-dark");
});

story("a_wrong_password_keeps_the_address_and_leads_to_the_page_that_was_asked_for",
  { incident: GITHUB, people: [null], allow: REFUSED }, async ({ visitors: [mara], server, id }) => {
  const { mail } = await server.session(NAME);
  const { page } = mara;
  await page.goto(`/postmortems/${id}`);
  await page.getByRole("heading", { level: 1, name: /^Sign in to / }).waitFor();
  await mara.look("sign-in");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Write a mail address, with an @ in it.").waitFor();
  await page.keyboard.type(mail);
  await page.getByRole("complementary").getByText(`debrief invite --data DIR --for ${mail}`).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("Write the password.").waitFor();
  await page.keyboard.type("not the one");
  await page.keyboard.press("Enter");
  const alert = page.getByRole("alert");
  await alert.getByText("Mail and password do not fit together.").waitFor();
  await alert.getByText(/^Nothing is locked\./).waitFor();
  assert.equal(await page.getByLabel("Mail address").inputValue(), mail);
  await until("the password is asked for again", () => page.evaluate(() => document.activeElement.id === "password"));
  assert.equal(await page.getByLabel("Password").inputValue(), "");
  await mara.look("sign-in-wrong");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await saved(mara);
  assert.equal(new URL(page.url()).pathname, `/postmortems/${id}`);
});

story("the_door_fits_a_phone_in_the_dark", { people: [[null, { viewport: PHONE, colorScheme: "dark" }]] }, async ({ visitors: [phone], server }) => {
  // Somebody is in the team already.
  await server.session(NAME);
  await phone.page.goto("/");
  await phone.page.getByRole("heading", { level: 1, name: /^Sign in to / }).waitFor();
  await phone.look("sign-in-phone-dark");
  const fits = await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  assert.ok(fits, "nothing is wider than the screen");
});

story("a_link_signs_in_once_and_one_for_a_new_password_ends_the_old_one",
  { people: [null], allow: REFUSED }, async ({ visitors: [mara], server, visitor }) => {
  const { mail, person } = await server.session(NAME);
  const link = within(server.invite("--for", mail));
  await mara.page.goto(link);
  await mara.page.getByText(`This link signs you in as ${NAME}, ${mail}, once.`).waitFor();
  await mara.look("sign-in-link");
  await mara.page.getByRole("button", { name: `Sign in as ${NAME}` }).click();
  await isAtLog(mara.page);
  const late = await visitor(null);
  await late.page.goto(link);
  await ended(late.page);

  // A link in the place of another, in the same tab.
  await late.page.goto(await made(server.api("POST", `/api/people/${person.id}/links`, { body: {}, token: server.admin })));
  await late.page.getByRole("heading", { level: 1, name: "Choose a new password" }).waitFor();
  await late.page.getByLabel("New password").fill(NAME.repeat(2));
  await late.page.getByLabel("New password").press("Enter");
  await late.page.getByText(/^This one is among the first that are guessed\./).waitFor();
  await late.look("new-password");
  await late.page.getByLabel("New password").fill("otters seven gravel lamp");
  await late.page.getByLabel("New password").press("Enter");
  await isAtLog(late.page);
  const old = await server.api("POST", "/api/sessions", { body: { mail, password: PASSWORD } });
  assert.equal(old.status, 401, "the old password holds no more");
  await mara.page.reload();
  await mara.page.getByRole("dialog", { name: "Your session has ended" }).waitFor();
});

story("a_browser_that_is_signed_out_from_another_one_keeps_what_is_typed_there",
  { people: [NAME], incident: GITHUB, allow: REFUSED }, async ({ mara, server, id, visitor }) => {
  const other = await visitor(NAME, { mail: mara.mail });
  await other.page.goto("/settings/devices");
  await other.page.getByText("this browser").waitFor();
  await other.look("devices");
  const row = other.page.locator("[data-device]").filter({ hasNotText: "this browser" });
  await row.getByRole("button", { name: /^Sign out/ }).click();
  const again = row.getByRole("button", { name: /^Sign out there\?/ });
  await until("the question was read", async () => (await again.getAttribute("aria-disabled")) === null);
  await again.click();
  await other.page.getByText("Signed out there.").first().waitFor();

  const question = mara.page.getByRole("dialog", { name: "Your session has ended" });
  await question.waitFor();
  await question.getByLabel("Password").fill(PASSWORD);
  await question.getByRole("button", { name: "Sign in" }).click();
  await question.waitFor({ state: "detached" });
  await caretAt(section(mara, "overview"), "end");
  await type(mara, " Typed after that.");
  await saved(mara);
  await until("it is on disk", async () => (await server.show(id)).sections.overview.endsWith(" Typed after that."));
});

story("signing_out_asks_first_when_something_is_not_sent_and_holds_in_every_tab",
  { people: [NAME], incident: GITHUB, allow: REFUSED }, async ({ mara, server, id }) => {
  const tab = await mara.context.newPage();
  await tab.goto("/");
  await tab.locator("[data-postmortem]").first().waitFor();
  await mara.page.bringToFront();
  mara.cutOff();
  await offline(mara);
  await addEntry(mara, "2018-10-21 23:04 noted before leaving");
  await mara.page.getByLabel("More about this post-mortem").click();
  await mara.page.locator(".menu").getByRole("button", { name: "Sign out" }).click();
  const question = mara.page.getByRole("dialog", { name: "Sign out with changes that are not sent?" });
  await question.getByText(/kept in this browser\. (It is|They are) sent when somebody signs in here/).waitFor();
  await mara.look("sign-out-question");
  await question.getByRole("button", { name: "Sign out" }).click();
  await mara.page.getByText("You are still signed in.").waitFor();
  await question.getByRole("button", { name: "Stay signed in" }).click();
  mara.back();
  await saved(mara);

  await mara.page.getByLabel("More about this post-mortem").click();
  await mara.page.locator(".menu").getByRole("button", { name: "Sign out" }).click();
  for (const page of [mara.page, tab]) await page.getByRole("heading", { level: 1, name: /^Sign in to / }).waitFor();
  await mara.page.reload();
  await mara.page.getByRole("heading", { level: 1, name: /^Sign in to / }).waitFor();
  await signIn(mara.page, mara.mail);
  await saved(mara);
  await tab.locator("[data-postmortem]").first().waitFor();
  const { timeline } = await server.show(id);
  assert.equal(timeline.find((row) => row.text === "noted before leaving").author, NAME);
});

story("name_colour_and_password_are_changed_in_the_settings", { people: [NAME], allow: REFUSED }, async ({ mara, server }) => {
  const { page } = mara;
  await page.goto("/");
  await you(page, NAME).click();
  await page.locator(".menu").getByRole("link", { name: "Settings" }).click();
  await page.getByRole("heading", { level: 1, name: "Profile" }).waitFor();
  await mara.look("settings-profile");
  await page.getByLabel("Name", { exact: true }).fill(" ");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Write the name that others will see.").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Mara Roth");
  await page.getByRole("radio", { name: "umber" }).check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await you(page, "Mara Roth").waitFor();
  const { body } = await server.api("GET", "/api/session", { cookie: (await server.signIn(mara.mail)).cookie });
  assert.deepEqual([body.name, body.color], ["Mara Roth", "umber"]);

  await page.getByLabel("Password now").fill("not the one");
  await page.getByLabel("New password").fill("otters seven gravel lamp");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("This is not the password that holds now.").waitFor();
  await page.getByLabel("Password now").fill(PASSWORD);
  await page.getByLabel("New password").fill("otters");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText(/^This one is too short\./).waitFor();
  await mara.look("settings-weak-password");
  await page.getByLabel("New password").fill("otters seven gravel lamp");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("The new password holds. Your other browsers are signed out.").first().waitFor();

  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Devices" }).click();
  await page.getByText("You are signed in in this browser alone.").waitFor();
  await page.setViewportSize(PHONE);
  await mara.look("settings-devices-phone");
  const fits = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  assert.ok(fits, "nothing is wider than the screen");
});
