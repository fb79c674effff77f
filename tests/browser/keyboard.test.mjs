// The main job from the first line to a published page, with the keyboard alone.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { entry, saved, section, textOf } from "./postmortem.mjs";
import { story } from "./scenario.mjs";

/** More stops than any page here has. */
const STOPS = 300;

/** What has the focus, as "button Publish". */
function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const roles = { A: "link", BUTTON: "button", SUMMARY: "button", INPUT: "textbox", TEXTAREA: "textbox", SELECT: "combobox" };
    const role = element.getAttribute("role") ?? roles[element.tagName] ?? element.tagName.toLowerCase();
    const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent ?? "";
    return `${role} ${name.replace(/\s+/g, " ").trim().slice(0, 80)}`;
  });
}

/** Presses Tab until the focus is on what matches; fails when Tab never gets there. */
async function tabTo(page, wanted, key = "Tab") {
  const seen = new Set();
  for (let stop = 0; stop < STOPS; stop += 1) {
    const here = await focused(page);
    if (wanted.test(here)) return;
    seen.add(here);
    await page.keyboard.press(key);
  }
  assert.fail(`${key} never reached ${wanted}; it went over ${[...seen].join(" | ")}`);
}

story("the_main_job_is_done_with_the_keyboard_alone", { people: ["Mara Lindqvist"] }, async ({ mara, visitor }) => {
  const { page } = mara;
  const { keyboard } = page;
  await page.goto("/");
  await page.getByLabel("First entry").waitFor();
  await tabTo(page, /^textbox First entry/);
  await keyboard.type("2018-10-21 22:52 link to the data center lost");
  await keyboard.press("Enter");
  await saved(mara);
  await tabTo(page, /^textbox Title/);
  await keyboard.press("Control+a");
  await keyboard.type("A day of degraded service");
  await keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "A day of degraded service" }).waitFor();

  await tabTo(page, /^textbox Overview/);
  await keyboard.type("A link was gone for 43 seconds.");
  await until("the overview is there", async () => (await textOf(section(mara, "overview"))).endsWith("43 seconds."));
  await keyboard.press("Tab");
  await keyboard.press("n");
  await tabTo(page, /^textbox New entry/);
  await keyboard.type("23:07 deploys locked https://chat.example/1");
  await keyboard.press("Enter");
  await entry(mara, "deploys locked").waitFor();

  await keyboard.press("Shift+Tab");
  await keyboard.press("k");
  await keyboard.press("k");
  await keyboard.press("j");
  await until("the second entry has the focus", () => entry(mara, "deploys locked").evaluate((row) => row === document.activeElement));
  await keyboard.press("Enter");
  await entry(mara, "deploys locked").locator(".cm-content").waitFor();
  await keyboard.type(" for everyone");
  await keyboard.press("Escape");
  await entry(mara, "deploys locked for everyone").waitFor();
  await until("the row has the focus again", () =>
    entry(mara, "deploys locked for everyone").evaluate((row) => row === document.activeElement),
  );
  await keyboard.press("c");
  await tabTo(page, /^textbox Comment/);
  await keyboard.type("By whom?");
  await keyboard.press("Control+Enter");
  await page.locator(".msg").getByText("By whom?").waitFor();
  await tabTo(page, /^button Resolve$/, "Shift+Tab");
  await keyboard.press("Enter");
  await page.locator("summary", { hasText: "1 resolved thread" }).waitFor();
  await tabTo(page, /^button Close comments/, "Shift+Tab");
  await keyboard.press("Enter");
  assert.equal(await page.locator(".thread").count(), 0);

  await tabTo(page, /^button Users affected: Not known yet/, "Shift+Tab");
  await keyboard.press("Enter");
  await keyboard.type("0");
  await keyboard.press("Enter");
  await page.locator("[data-figure]").getByText("Checked").waitFor();
  await tabTo(page, /^textbox New action item/);
  await keyboard.type("Test the failover every month");
  await keyboard.press("Enter");
  await tabTo(page, /^button Owner: Choose owner/, "Shift+Tab");
  await keyboard.press("Enter");
  await keyboard.type("Hana Ito");
  await keyboard.press("Enter");
  await until("the owner has the focus again", async () => /^button Owner: Hana Ito/.test(await focused(page)));
  await tabTo(page, /^combobox State/);
  await keyboard.press("d");
  await keyboard.press("d");
  await tabTo(page, /^button Why it is declined/, "Shift+Tab");
  await keyboard.press("Enter");
  await keyboard.type("Done every week already");
  await keyboard.press("Enter");
  await page.getByText("Declined: Done every week already").waitFor();
  await tabTo(page, /^combobox New responder/, "Shift+Tab");
  await keyboard.type("Hana Ito");
  await keyboard.press("Enter");
  await page.locator("[data-responder]").getByLabel("Name").waitFor();
  await tabTo(page, /^link Set the review meeting/, "Shift+Tab");
  await keyboard.press("Enter");
  await until("the meeting has the focus", async () => /^button Review meeting/.test(await focused(page)));

  await tabTo(page, /^button Publish$/, "Shift+Tab");
  await keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Publish" }).waitFor();
  await tabTo(page, /^button Publish version 1/);
  await keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Link", exact: true }).waitFor();
  const address = await page.getByRole("textbox", { name: "Link", exact: true }).inputValue();
  await keyboard.press("Escape");
  await until("the dialog is closed", async () => (await page.getByRole("dialog").count()) === 0);
  const reader = await visitor(null);
  await reader.page.goto(new URL(address).pathname);
  await reader.page.getByText("deploys locked for everyone").first().waitFor();
});
