// The audit log: who did what, as whoever looks after the team reads it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { GITHUB } from "./postmortem.mjs";
import { ownServer, story } from "./scenario.mjs";
import { PHONE } from "./visitor.mjs";

const ADMIN = { people: ["Mara Lindqvist"], incident: GITHUB, owner: "Mara Lindqvist", server: ownServer, isOpen: false };

/** Somebody who looks after the team, at the log. */
async function atLog(scenario, options) {
  const { cookie, mail } = await scenario.server.session("Ada Byron", "admin");
  assert.ok(cookie);
  const ada = await scenario.visitor("Ada Byron", { mail, ...options });
  await ada.page.goto("/settings/audit");
  await ada.page.getByRole("heading", { level: 1, name: "Audit log" }).waitFor();
  return ada;
}

const row = (page, words) => page.locator("[data-audit]").filter({ hasText: words });

async function publishAndWithdraw({ server, id }, cookie) {
  const { status, body } = await server.api("POST", `/api/postmortems/${id}/publications`, { body: {}, cookie });
  assert.equal(status, 201, JSON.stringify(body));
  await server.api("DELETE", `/api/postmortems/${id}/publications/${body.slug}`, { cookie });
}

story("an_admin_reads_who_withdrew_a_page_and_saves_the_log", ADMIN, async (scenario) => {
  const { server, mara } = scenario;
  const { cookie } = await server.signIn(mara.mail);
  await publishAndWithdraw(scenario, cookie);
  const ada = await atLog(scenario);
  const { page } = ada;
  const withdrawn = row(page, "withdrew the page");
  await withdrawn.getByText("Mara Lindqvist").waitFor();
  await withdrawn.getByText("127.0.0.1").waitFor();
  await row(page, "published revision 1 for whoever has the link").waitFor();
  await ada.look("audit-log");

  await page.getByLabel("What").selectOption("Published and withdrawn");
  await page.getByText("2 entries, newest first").waitFor();
  await page.reload();
  await page.getByText("2 entries, newest first").waitFor();
  assert.equal(await page.getByLabel("What").inputValue(), "pages", "the address says what is looked for");
  await page.getByLabel("Search the audit log").fill("somebody who never was");
  await page.getByText("Nothing here fits.").waitFor();
  await ada.look("audit-log-empty");
  await page.getByLabel("Search the audit log").fill("lindqvist");
  await withdrawn.waitFor();
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save as JSON lines" }).click();
  const lines = (await readFile(await (await saving).path(), "utf8")).trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ action }) => action), ["withdrawn", "published"]);

  await withdrawn.getByRole("link").click();
  await page.locator("[data-entry]").first().waitFor();
});

story("the_audit_log_reads_on_a_phone_in_the_dark", ADMIN, async (scenario) => {
  const { cookie } = await scenario.server.signIn(scenario.mara.mail);
  await publishAndWithdraw(scenario, cookie);
  const ada = await atLog(scenario, { viewport: PHONE, colorScheme: "dark" });
  await row(ada.page, "withdrew the page").waitFor();
  await ada.look("audit-log-phone-dark");
  const width = await ada.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= PHONE.width, `nothing is wider than the phone: ${width}`);
});

story("a_member_is_told_who_reads_the_audit_log", { people: ["Mara Lindqvist"], server: ownServer }, async ({ mara }) => {
  await mara.page.goto("/settings/audit");
  await mara.page.getByText("Who did what in this team. Its admins read it.").waitFor();
  assert.equal(await mara.page.locator("[data-audit]").count(), 0);
});
