// Passkeys with a device that Chromium imitates: added, renamed and removed in the settings, and used to sign in, with the keyboard
// alone, after a session that ended, and where the device or its person says no.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { caretAt, GITHUB, saved, section, type } from "./postmortem.mjs";
import { ownServer, story } from "./scenario.mjs";
import { PASSWORD } from "./server.mjs";
import { PHONE } from "./visitor.mjs";

const NAME = "Mara Lindqvist";

/** What the browser itself writes when an answer is no success. */
const REFUSED = /status of (401|403|422)/;

/** An address of the server by its name: browsers make no passkeys for digits. */
const named = ({ proxy }, path) => `http://localhost:${proxy.port}${path}`;

/** A device in the page that somebody has open, whose person is found to be there unless `says` no. */
async function device({ context, page }) {
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { says: (isUserVerified) => session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }) };
}

async function signIn(page, mail) {
  await page.getByLabel("Mail address").fill(mail);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const door = (page) => page.getByRole("button", { name: "Sign in with a passkey" });

const row = (page, name) => page.locator("[data-passkey]").filter({ hasText: name });

const you = (page) => page.locator("summary").filter({ hasText: `You: ${NAME}` });

async function signOut(page) {
  await you(page).click();
  await page.locator(".menu").getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { level: 1, name: /^Sign in to / }).waitFor();
}

/** Adds a passkey in the settings. */
async function add(page, name) {
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Make the passkey" }).click();
  await dialog.waitFor({ state: "detached" });
  await row(page, name).waitFor();
}

const hasFocus = (page, place) => place.evaluate((element) => element === document.activeElement);

async function fits({ page }, what) {
  const fitting = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  assert.ok(fitting, `${what} is wider than the screen`);
}

story("a_passkey_is_added_in_the_profile_and_signs_in_with_the_keyboard_alone",
  { people: [null], server: ownServer, allow: REFUSED }, async ({ visitors: [mara], server }) => {
  const { mail } = await server.session(NAME);
  const { page } = mara;
  await page.goto(named(mara, "/settings"));
  const key = await device(mara);
  await signIn(page, mail);
  const section = page.getByRole("region", { name: "Passkeys" });
  const button = section.getByRole("button", { name: "Add a passkey" });
  await button.waitFor();
  await button.focus();
  await mara.look("passkeys-none", { fullPage: true });

  // A person who is not found there makes none, and loses nothing.
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  const name = dialog.getByLabel("Name");
  await until("the name has the keyboard", () => hasFocus(page, name));
  assert.equal(await name.inputValue(), "Chrome on Linux");
  await name.press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Enter");
  await dialog.getByText("Give it a name, by which you will tell it from others.").waitFor();
  await page.keyboard.type("Laptop");
  await key.says(false);
  await page.keyboard.press("Enter");
  await dialog.getByText(/^None was made: the question of your device was closed\./).waitFor();
  assert.equal(await name.inputValue(), "Laptop");
  await mara.look("passkeys-closed");
  await key.says(true);
  await name.press("Enter");
  await row(page, "Laptop").getByText("Not used yet.").waitFor();
  await dialog.waitFor({ state: "detached" });
  await until("the button has the keyboard again", () => hasFocus(page, button));

  // The device has one now.
  await page.keyboard.press("Enter");
  await name.press("Enter");
  await dialog.getByText("This device has one of your passkeys already.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  const more = row(page, "Laptop").locator("summary");
  await more.focus();
  await page.keyboard.press("Enter");
  await page.locator(".menu").getByRole("button", { name: "Rename" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const renaming = page.getByRole("dialog", { name: "Rename Laptop" });
  await until("the name has the keyboard", () => hasFocus(page, renaming.getByLabel("Name")));
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Work laptop");
  await page.keyboard.press("Enter");
  await row(page, "Work laptop").waitFor();
  await mara.look("passkeys", { fullPage: true });

  await signOut(page);
  await until("the mail field has the keyboard", () => page.evaluate(() => document.activeElement.id === "mail"));
  await page.keyboard.type("mara@");
  await page.keyboard.press("Shift+Tab");
  assert.ok(await hasFocus(page, door(page)), "the passkey stands before the mail address");
  await mara.look("sign-in-passkey");
  await key.says(false);
  await page.keyboard.press("Enter");
  await page.getByText(/^Nobody was signed in: the question of your device was closed/).waitFor();
  assert.equal(await page.getByLabel("Mail address").inputValue(), "mara@");
  await mara.look("sign-in-passkey-closed");
  await key.says(true);
  await page.keyboard.press("Enter");
  await row(page, "Work laptop").getByText(/Last used \d\d:\d\d UTC\.$/).waitFor();

  // A passkey that was removed opens nothing, though the device offers it.
  await row(page, "Work laptop").locator("summary").click();
  await page.locator(".menu").getByRole("button", { name: "Remove" }).click();
  const question = page.getByRole("dialog", { name: "Remove Work laptop?" });
  await question.getByText(/^It signs you in no more/).waitFor();
  await mara.look("passkeys-remove");
  await question.getByRole("button", { name: "Remove" }).click();
  await row(page, "Work laptop").waitFor({ state: "detached" });
  await until("the button has the keyboard", () => hasFocus(page, button));
  await signOut(page);
  await door(page).click();
  await page.getByRole("alert").getByText("This passkey signs nobody in here.").waitFor();
  await mara.look("sign-in-passkey-refused");
  await signIn(page, mail);
  await button.waitFor();
});

story("a_passkey_takes_up_a_session_that_ended_and_what_was_typed_is_sent",
  { people: [null], incident: GITHUB, allow: REFUSED }, async ({ visitors: [mara], server, id }) => {
  const { mail, cookie } = await server.session(NAME);
  const { page } = mara;
  await page.goto(named(mara, "/settings"));
  await device(mara);
  await signIn(page, mail);
  await add(page, "Laptop");
  await page.goto(named(mara, `/postmortems/${id}`));
  await saved(mara);
  const { body: { devices } } = await server.api("GET", "/api/sessions", { cookie });
  for (const { id: device } of devices.filter(({ is_this }) => !is_this)) {
    await server.api("DELETE", `/api/sessions/${device}`, { cookie });
  }
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.waitFor();
  await door(dialog).waitFor();
  await mara.look("session-ended-passkey");
  await door(dialog).click();
  await dialog.waitFor({ state: "detached" });
  await caretAt(section(mara, "overview"), "end");
  await type(mara, " Typed after that.");
  await saved(mara);
  await until("it is on disk", async () => (await server.show(id)).sections.overview.endsWith(" Typed after that."));
});

story("the_ways_in_stand_in_their_order_and_fit_a_phone_in_the_dark",
  { people: [[null, { viewport: PHONE, colorScheme: "dark" }], null], server: ownServer }, async ({ visitors: [phone, wide], server }) => {
  const { mail } = await server.session(NAME);
  const provider = { id: "harbour", name: "Harbour ID", issuer: "https://id.harbour.example", client_id: "debrief" };
  const { status } = await server.api("POST", "/api/providers", { body: provider, token: server.admin });
  assert.equal(status, 201);
  await wide.page.goto(named(wide, "/"));
  await door(wide.page).waitFor();
  await wide.look("sign-in-all-ways");
  const tops = await Promise.all(
    [wide.page.getByRole("link", { name: "Continue with Harbour ID" }), door(wide.page), wide.page.getByLabel("Mail address")]
      .map(async (place) => (await place.boundingBox()).y),
  );
  assert.deepEqual(tops, [...tops].sort((one, other) => one - other));

  const { page } = phone;
  await page.goto(named(phone, "/settings"));
  await device(phone);
  await door(page).waitFor();
  await phone.look("sign-in-passkey-phone-dark");
  await fits(phone, "the door");
  await signIn(page, mail);
  await add(page, "A phone with a name that somebody has thought about for longer than usual");
  // As the server would ask whose session is older.
  await page.route("**/api/passkeys", async (route) => {
    const answer = await route.fetch();
    const body = route.request().method() === "GET" ? { ...(await answer.json()), proof: "password" } : await answer.json();
    await route.fulfill({ response: answer, json: body });
  });
  await page.reload();
  await page.getByRole("button", { name: "Add a passkey" }).scrollIntoViewIfNeeded();
  await phone.look("passkeys-phone-dark");
  await fits(phone, "the list of passkeys");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await dialog.getByRole("button", { name: "Make the passkey" }).click();
  await dialog.getByText("Write the password that holds now.").waitFor();
  await phone.look("passkeys-password-phone-dark");
  await fits(phone, "the dialog");
});

story("a_page_under_an_address_in_digits_says_why_there_are_no_passkeys",
  { people: [NAME, null] }, async ({ mara, visitors: [, nobody] }) => {
  await mara.page.goto("/settings");
  const section = mara.page.getByRole("region", { name: "Passkeys" });
  await section.getByText(`Open Debrief at ${named(mara, "")} instead.`).waitFor();
  assert.equal(await section.getByRole("button").count(), 0);
  await mara.look("passkeys-digits", { fullPage: true });
  await nobody.page.goto("/");
  await nobody.page.getByRole("heading", { level: 1, name: /^Sign in to / }).waitFor();
  assert.equal(await door(nobody.page).count(), 0);
});
