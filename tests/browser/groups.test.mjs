// What a person says of themselves, groups of people, the services of the team, and names that are completed from both.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { assertFits, choose, GITHUB, open, saved } from "./postmortem.mjs";
import { ownServer, story } from "./scenario.mjs";
import { PHONE } from "./visitor.mjs";

const PEOPLE = ["Mara Lindqvist", "Tomasz Wilk"];

/** What the browser itself writes when an answer is no success. */
const REFUSED = /status of (403|404|422)/;

const PHONES = { viewport: PHONE, hasTouch: true };

/** What is offered under the field that has the keyboard. */
const offered = (page) => page.locator("[role=listbox]:not([hidden]) [role=option]");

/** Makes somebody an admin. */
async function promote(server, visitor) {
  const path = `/api/people/${visitor.person.id}`;
  const { status, body } = await server.api("PATCH", path, { body: { role: "admin" }, token: server.admin });
  assert.equal(status, 200, JSON.stringify(body));
}

const discOf = (visitor, name) => visitor.page.getByRole("img", { name }).first();

/** Opens a menu and chooses from it by keyboard. */
async function chooseByKeyboard({ page }, menu, item) {
  await page.locator(`summary[aria-label="${menu}"]`).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: item, exact: true }).focus();
  await page.keyboard.press("Enter");
}

/** The field that has the keyboard, by its label. */
const isFocused = ({ page }, label) =>
  until(`${label} has the keyboard`, () =>
    page.evaluate((wanted) => {
      const { id, ariaLabel } = document.activeElement;
      return ariaLabel === wanted || document.querySelector(`label[for="${id}"]`)?.textContent === wanted;
    }, label));

story("initials_and_a_zone_are_one_s_own_and_others_see_the_initials_at_once",
  { people: PEOPLE, incident: GITHUB, allow: REFUSED }, async ({ mara, tomasz, id }) => {
  const { page } = mara;
  await discOf(tomasz, "Mara Lindqvist").getByText("ML", { exact: true }).waitFor();
  await page.goto("/settings");
  await page.getByLabel("Initials", { exact: true }).fill("M.L");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Initials are one to 3 letters or digits.").waitFor();
  await isFocused(mara, "Initials");
  await mara.look("profile-initials-refused");
  await page.getByLabel("Initials", { exact: true }).fill("MEL");
  await mara.look("profile");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved. Others see it from now on.").first().waitFor();
  await open(mara, id);
  // For somebody else, without a reload.
  await discOf(tomasz, "Mara Lindqvist").getByText("MEL", { exact: true }).waitFor();

  const zones = page.getByRole("group", { name: "Time zone" });
  await zones.getByRole("button", { name: /^(Kolkata|Calcutta) \+5:30$/ }).waitFor();
  await page.goto("/settings");
  await page.getByLabel("Your time zone").fill("New York");
  await page.getByRole("button", { name: "Save time zone" }).click();
  await page.getByText("There is no such time zone here.").waitFor();
  await mara.look("profile-zone-refused");
  await page.getByLabel("Your time zone").fill("america/new_york");
  await page.getByRole("button", { name: "Save time zone" }).click();
  await page.getByText("Saved. Times are read in America/New_York from now on.").first().waitFor();
  assert.equal(await page.getByLabel("Your time zone").inputValue(), "America/New_York");
  await open(mara, id);
  await zones.getByRole("button", { name: /^New York .4$/ }).click();
  // 22:54 UTC.
  await page.locator("[data-entry]").filter({ hasText: "Internal monitoring raises" }).getByText("18:54").first().waitFor();
  await mara.look("timeline-new-york");
});

story("a_group_is_made_changed_and_deleted_by_keyboard",
  { people: PEOPLE, server: ownServer, allow: REFUSED }, async ({ mara, tomasz, server }) => {
  const { page } = mara;
  await promote(server, mara);
  await page.goto("/settings/groups");
  await page.getByText("There are no groups yet.").waitFor();
  await mara.look("groups-empty");
  await page.getByRole("button", { name: "New group" }).press("Enter");
  await isFocused(mara, "Name");
  await page.keyboard.press("Enter");
  await page.getByText("Give the group a name.").waitFor();
  await page.keyboard.type("Storage");
  await page.keyboard.press("Tab");
  await isFocused(mara, "Person to add");
  await page.keyboard.type("tom");
  await offered(page).first().waitFor();
  await mara.look("group-completion");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("list", { name: "People of the group" }).getByText("Tomasz Wilk").waitFor();
  await page.keyboard.type("mara");
  await offered(page).first().waitFor();
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Take Mara Lindqvist out" }).waitFor();
  // A name that nobody has makes no group without its person.
  await page.keyboard.type("zz");
  await page.getByText("Nobody else in the team is called so.").waitFor();
  await page.keyboard.press("Enter");
  await dialog.getByText("Nobody else in the team is called “zz”.").waitFor();
  await until("the field has the keyboard again", () => dialog.getByLabel("Person to add").evaluate((field) => field === document.activeElement));
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await mara.look("group-new");
  await dialog.getByRole("button", { name: "Make the group" }).press("Enter");
  const row = page.getByRole("row").filter({ hasText: "Storage" });
  await row.getByText("2 people").waitFor();
  await mara.look("groups");

  // The same name again is refused, and what was typed stays.
  await page.getByRole("button", { name: "New group" }).press("Enter");
  await isFocused(mara, "Name");
  await page.keyboard.type("STORAGE");
  await page.keyboard.press("Enter");
  await dialog.getByText("There is a group that is called STORAGE already.").waitFor();
  assert.equal(await dialog.getByLabel("Name").inputValue(), "STORAGE");
  await mara.look("group-refused");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await chooseByKeyboard(mara, "More for Storage", "Change name and people");
  await dialog.getByRole("button", { name: "Take Mara Lindqvist out" }).press("Enter");
  await isFocused(mara, "Person to add");
  await dialog.getByLabel("Name").fill("Disks");
  await page.keyboard.press("Enter");
  await page.getByRole("row").filter({ hasText: "Disks" }).getByText("1 person").waitFor();

  // Members see it and change nothing.
  await tomasz.page.goto("/settings/groups");
  await tomasz.page.getByRole("row").filter({ hasText: "Disks" }).waitFor();
  await tomasz.page.getByText("Admins make and change them.").waitFor();
  assert.equal(await tomasz.page.getByRole("button", { name: "New group" }).count(), 0);
  await tomasz.look("groups-member");

  await chooseByKeyboard(mara, "More for Disks", "Delete");
  await dialog.getByText("Its people stay in the team.").waitFor();
  await mara.look("group-delete");
  await dialog.getByRole("button", { name: "Delete" }).press("Enter");
  await page.getByText("There are no groups yet.").waitFor();
});

story("a_service_is_chosen_by_another_name_and_a_new_one_is_added_by_keyboard",
  { people: ["Mara Lindqvist"], incident: GITHUB, allow: REFUSED }, async ({ mara, server, id }) => {
  const { page } = mara;
  await page.goto("/settings/services");
  await page.getByRole("heading", { level: 1, name: "Services" }).waitFor();
  await mara.look("services-empty");
  await page.getByRole("button", { name: "New service" }).press("Enter");
  await isFocused(mara, "Name");
  await page.keyboard.type("Payments");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Kasse, checkout");
  await page.keyboard.press("Tab");
  await isFocused(mara, "Owner");
  await page.keyboard.type("mara");
  await offered(page).first().waitFor();
  await page.keyboard.press("Enter");
  await mara.look("service-new");
  await page.getByRole("button", { name: "Add the service" }).press("Enter");
  const row = page.getByRole("row").filter({ hasText: "Payments" });
  await row.getByText("Kasse, checkout").waitFor();
  await row.getByText("Mara Lindqvist").waitFor();
  await mara.look("services");

  await page.getByRole("button", { name: "New service" }).press("Enter");
  await isFocused(mara, "Name");
  await page.keyboard.type("kasse");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("kasse is another name of Payments already.").waitFor();
  await mara.look("service-refused");
  await page.keyboard.press("Escape");

  await open(mara, id);
  const field = page.getByRole("combobox", { name: "Services" });
  await page.getByRole("button", { name: /^Services: / }).press("Enter");
  await page.keyboard.type("GitHub.com, kass");
  await offered(page).filter({ hasText: "Payments" }).waitFor();
  await mara.look("services-completion");
  assert.equal(await field.getAttribute("aria-activedescendant"), "services-0", "Enter takes what the team has");
  await page.keyboard.press("Enter");
  assert.equal(await field.inputValue(), "GitHub.com, Payments");
  await page.keyboard.type(", Ledger");
  const add = offered(page).filter({ hasText: "Add “Ledger” to the team’s services" });
  await add.waitFor();
  await mara.look("services-add");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.getByText("Ledger is one of the team’s services now.").first().waitFor();
  // Another name that is typed whole is the service, whether it was chosen or not.
  await page.keyboard.type(", checkout");
  await page.keyboard.press("Tab");
  await page.getByText("“checkout” is Payments, and is written so.").first().waitFor();
  await until("it stands there once", async () => (await server.show(id)).services.join() === "GitHub.com,Payments,Ledger");
  await page.getByRole("button", { name: /^Services: / }).press("Enter");
  await page.keyboard.press("End");
  // What no service is called is taken as it is written.
  await page.keyboard.type(", the old kasse");
  await page.keyboard.press("Enter");
  const wanted = ["GitHub.com", "Payments", "Ledger", "the old kasse"];
  await until("it is on disk", async () => (await server.show(id)).services.join() === wanted.join());
});

story("one_press_is_enough_though_a_hint_closes_above_the_button",
  { people: ["Mara Lindqvist"], server: ownServer }, async ({ mara }) => {
  const { page } = mara;
  await page.goto("/settings/services");
  await page.getByRole("button", { name: "New service" }).click();
  const dialog = page.getByRole("dialog", { name: "New service" });
  const owner = dialog.getByLabel("Owner", { exact: true });
  const press = async () => {
    const { x, y, width, height } = await dialog.getByRole("button", { name: "Add the service" }).boundingBox();
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    // What the press does to the page is drawn before the button is let go.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await page.mouse.up();
  };
  await dialog.getByLabel("Name", { exact: true }).fill("Ledger");
  await owner.fill("Nobody Known");
  await dialog.getByText("Nobody in the team is called so, and no group.").waitFor();
  await press();
  await dialog.getByText("Nobody else in the team is called “Nobody Known”. Or leave the field empty.").waitFor();
  // A whole name is taken without a choice.
  await owner.fill("mara lindqvist");
  await offered(page).first().waitFor();
  await press();
  const row = page.getByRole("row").filter({ hasText: "Ledger" });
  await row.getByText("Mara Lindqvist").waitFor();
});

story("a_responder_is_chosen_from_the_team_or_is_whoever_else_was_there",
  { people: PEOPLE, incident: GITHUB, server: ownServer }, async ({ mara, server, id }) => {
  const { page } = mara;
  const field = page.getByRole("combobox", { name: "New responder: name" });
  await field.scrollIntoViewIfNeeded();
  await field.focus();
  await page.keyboard.type("wil");
  await offered(page).filter({ hasText: "Tomasz Wilk" }).waitFor();
  await mara.look("responder-completion");
  await page.keyboard.press("Enter");
  const line = (name) => page.locator("[data-responder]").filter({ has: page.locator(`input[aria-label=Name]`) }).filter({
    has: page.getByRole("button", { name: `Delete ${name}` }),
  });
  await line("Tomasz Wilk").waitFor();
  assert.equal(await field.inputValue(), "");
  // Whoever is called similarly stands in nobody's way.
  await page.keyboard.type("mar");
  await offered(page).filter({ hasText: "Mara Lindqvist" }).waitFor();
  await page.keyboard.press("ArrowUp");
  await mara.look("responder-as-typed");
  await offered(page).filter({ hasText: "Keep “mar” as it is typed" }).waitFor();
  await page.keyboard.press("Enter");
  await line("mar").waitFor();
  await page.keyboard.type("Kim of the data centre");
  await page.keyboard.press("Enter");
  await line("Kim of the data centre").waitFor();
  // A name that stands there is changed in the same way.
  const named = line("Kim of the data centre").getByRole("combobox", { name: "Name" });
  await named.fill("mara");
  await offered(page).filter({ hasText: "Mara Lindqvist" }).click();
  await line("Mara Lindqvist").waitFor();
  await saved(mara);
  await until("it is on disk", async () => {
    const names = (await server.show(id)).responders.map(({ name }) => name);
    return names.includes("Tomasz Wilk") && names.includes("Mara Lindqvist");
  });
});

for (const [name, options] of [["phone", PHONES], ["dark", { colorScheme: "dark" }], ["phone_dark", { ...PHONES, colorScheme: "dark" }]]) {
  story(`the_lists_of_the_team_fit_${name}`,
    { people: [["Mara Lindqvist", options], "Tomasz Wilk"], incident: GITHUB, server: ownServer }, async ({ mara, tomasz, server, id }) => {
    const { page } = mara;
    await promote(server, mara);
    const group = { name: `Storage and networks, on call at night (${name})`, people: [mara.person.id, tomasz.person.id] };
    const made = await server.api("POST", "/api/groups", { body: group, token: server.admin });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const service = { name: `Payments ${name}`, other_names: ["Kasse", "checkout", "billing"].map((other) => `${other} ${name}`) };
    const owner = { group: made.body.id };
    const kept = await server.api("POST", "/api/services", { body: { ...service, owner }, token: server.admin });
    assert.equal(kept.status, 201, JSON.stringify(kept.body));
    for (const part of ["", "/groups", "/services"]) {
      await page.goto(`/settings${part}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      if (part) await page.getByRole("row").filter({ hasText: name }).first().waitFor();
      await assertFits(mara, `settings${part}`);
      await mara.look(`settings${part.replace("/", "-")}-${name}`, { fullPage: true });
    }
    await choose(page, `More for Payments ${name}`, "Change");
    await mara.look(`service-change-${name}`);
    await page.keyboard.press("Escape");
    await page.goto("/settings/groups");
    await choose(page, `More for ${group.name}`, "Change name and people");
    await page.getByRole("button", { name: "Take Tomasz Wilk out" }).waitFor();
    await mara.look(`group-change-${name}`);
    await page.keyboard.press("Escape");
    await open(mara, id);
    await page.getByRole("button", { name: /^Services: / }).click();
    await page.keyboard.type("kasse");
    await offered(page).first().waitFor();
    await mara.look(`services-completion-${name}`);
    assert.equal(await offered(page).count(), 3, "the service, the name as one of its own, and what is typed");
    await assertFits(mara, "a list under the services");
    await offered(page).first().click();
    await page.keyboard.press("Enter");
    const responders = page.locator("#responders");
    if (await responders.getAttribute("open") === null) await responders.locator("summary").first().click();
    await page.getByRole("combobox", { name: "New responder: name" }).fill("tom");
    await offered(page).first().waitFor();
    await assertFits(mara, "a list under the responders");
    await mara.look(`responder-completion-${name}`);
  });
}
