// The main job from the first line to a published page on the smallest phone, by touch.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { assertFits, entry, GITHUB, saved, section, textOf } from "./postmortem.mjs";
import { story } from "./scenario.mjs";

/** What is to be pressed on this page and is smaller than a finger: 24 px are the least, 36 what a phone gets. */
function small(visitor) {
  return visitor.page.evaluate(() =>
    [...document.querySelectorAll("button, select, summary, .from a, .props a")]
      .filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
      .map((element) => [element, element.getBoundingClientRect()])
      .filter(([element, box]) => box.height > 0 && box.height < 36 && !element.closest(".vh"))
      .map(([element, box]) => `${element.className || element.tagName} “${element.textContent.trim().slice(0, 30)}”: ${box.height}`),
  );
}

story("the_main_job_is_done_on_the_smallest_phone",
  { people: [["Mara Lindqvist", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }]] }, async ({ mara, visitor }) => {
  const { page } = mara;
  await page.goto("/");
  await page.getByLabel("First entry").tap();
  await page.keyboard.type("2018-10-21 22:52 link to the data center lost https://chat.example/1");
  await page.keyboard.press("Enter");
  await saved(mara);
  await page.getByLabel("Title").fill("A day of degraded service");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /A day of degraded service/ }).waitFor();
  await assertFits(mara, "the new post-mortem");
  const steps = page.getByRole("list", { name: "Status" });
  for (const step of ["Draft", "In review", "Reviewed", "Closed"]) {
    assert.ok(await steps.getByText(step, { exact: true }).isVisible(), `${step} has its word`);
  }
  await mara.look("phone-status");

  await page.locator("#quick-line").tap();
  await page.keyboard.type("23:07 deploys locked");
  await page.keyboard.press("Enter");
  await entry(mara, "deploys locked").waitFor();
  await section(mara, "overview").tap();
  await page.keyboard.type("A link was gone for 43 seconds.");
  await until("the overview is there", async () => (await textOf(section(mara, "overview"))).endsWith("43 seconds."));

  // Below the editor, whose tools go with the focus.
  const users = page.locator("[data-figure]").filter({ hasText: "Users affected" });
  await users.getByRole("button", { name: /^Users affected: Not known yet/ }).tap();
  await users.locator("input:focus").waitFor();
  await page.keyboard.type("0");
  await page.keyboard.press("Enter");
  await users.getByText("Checked").waitFor();
  await page.getByLabel("New action item").tap();
  await page.keyboard.type("Test the failover every month");
  await page.keyboard.press("Enter");
  await page.locator("[data-action]").filter({ hasText: "Test the failover" }).waitFor();
  await assertFits(mara, "the written post-mortem");
  await page.locator("#actions").scrollIntoViewIfNeeded();
  const part = page.getByRole("navigation", { name: "Sections" }).locator("[aria-current]");
  await until("the part that is read stands in the strip", async () => {
    const box = await part.boundingBox();
    return box.x >= 0 && box.x + box.width <= 360 && !/^Overview/.test(await part.textContent());
  });
  assert.deepEqual(await small(mara), [], "everything is large enough for a finger");

  const row = entry(mara, "deploys locked");
  await row.locator(".bub").tap();
  await row.locator(".thread textarea").tap();
  await page.keyboard.type("By whom?");
  await row.getByRole("button", { name: "Comment", exact: true }).tap();
  await row.locator(".msg").getByText("By whom?").waitFor();
  await mara.look("phone-story-comments");
  await row.getByRole("button", { name: "Close comments" }).tap();

  await row.locator(".text").tap();
  await row.locator(".cm-content").waitFor();
  await page.keyboard.type("Soon: ");
  // An entry's editor ends with the focus, and what is below it moves up.
  await page.getByLabel("New action item").tap();
  await page.locator("#new-action:focus, [aria-label='New action item']:focus").waitFor();
  await row.locator(".text").waitFor();

  await page.getByRole("button", { name: "Publish", exact: true }).tap();
  const dialog = page.getByRole("dialog", { name: "Publish" });
  await dialog.getByRole("button", { name: "Publish version 1" }).tap();
  const link = dialog.getByRole("textbox", { name: "Link", exact: true });
  await link.waitFor();
  await assertFits(mara, "the publish dialog");
  const reader = await visitor(null, { viewport: { width: 360, height: 740 } });
  await reader.page.goto(new URL(await link.inputValue()).pathname);
  await reader.page.getByText("deploys locked").first().waitFor();
  await assertFits(reader, "the published page");
});

story("a_laptop_at_400_per_cent_scrolls_in_one_direction_only",
  { people: [["Mara Lindqvist", { viewport: { width: 320, height: 256 } }]], incident: GITHUB, isOpen: false }, async ({ mara, id }) => {
  await mara.page.goto("/");
  await mara.page.locator("[data-postmortem]").first().waitFor();
  await assertFits(mara, "the log");
  await mara.page.goto(`/postmortems/${id}`);
  await saved(mara);
  await assertFits(mara, "the post-mortem");
  await mara.look("zoomed");
  await mara.page.locator("#timeline").scrollIntoViewIfNeeded();
  const covered = await mara.page.evaluate(() =>
    [...document.querySelectorAll("*")]
      .filter((element) => ["sticky", "fixed"].includes(getComputedStyle(element).position))
      .map((element) => element.getBoundingClientRect())
      .filter(({ width, height, top }) => width > 160 && top < innerHeight && height > 0)
      .reduce((sum, { height }) => sum + height, 0),
  );
  assert.ok(covered <= 64, `${covered} px of 256 stay in the way of what is read`);
});
