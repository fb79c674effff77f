// The main job from the first line to a published page, with the keyboard alone.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { openHouse, until } from "./harness.mjs";
import { entry, saved, section, textOf } from "./desk.mjs";

/** More stops than any page here has. */
const STOPS = 300;

let house;

before(async () => {
  house = await openHouse();
});
after(() => house?.close());
afterEach(() => house.sendHome());

/** Presses Tab until the focus is on something with this name; fails when Tab never gets there. */
async function tabTo(page, name, key = "Tab") {
  const seen = [];
  for (let stop = 0; stop < STOPS; stop += 1) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element?.getAttribute("aria-label") ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? "";
      return label.replace(/\s+/g, " ").trim().slice(0, 120);
    });
    if (name.test(focused)) return;
    seen.push(focused);
    await page.keyboard.press(key);
  }
  assert.fail(`Tab never reached ${name}; it went over ${[...new Set(seen)].join(" | ")}`);
}

test("the_main_job_is_done_with_the_keyboard_alone", async () => {
  const mara = await house.visitor("Mara Lindqvist");
  const { page } = mara;
  const { keyboard } = page;
  await page.goto("/");
  await page.getByLabel("First entry").waitFor();
  await tabTo(page, /^First entry/);
  await keyboard.type("2018-10-21 22:52 link to the data center lost");
  await keyboard.press("Enter");
  await saved(mara);
  await tabTo(page, /^Title$/);
  await keyboard.press("Control+a");
  await keyboard.type("A day of degraded service");
  await keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "A day of degraded service" }).waitFor();

  await tabTo(page, /^Overview/);
  await keyboard.type("A link was gone for 43 seconds.");
  await until("the overview is there", async () => (await textOf(section(mara, "overview"))).endsWith("43 seconds."));
  await keyboard.press("Tab");
  await keyboard.press("n");
  await tabTo(page, /^New entry/);
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
  await tabTo(page, /^Comment$/);
  await keyboard.type("By whom?");
  await keyboard.press("Control+Enter");
  await page.locator(".msg").getByText("By whom?").waitFor();
  await tabTo(page, /^Resolve/);
  await keyboard.press("Enter");
  await page.locator("summary", { hasText: "1 resolved thread" }).waitFor();
  await tabTo(page, /^Close comments/, "Shift+Tab");
  await keyboard.press("Enter");
  assert.equal(await page.locator(".thread").count(), 0);

  await tabTo(page, /^Publish$/);
  await keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Publish" }).waitFor();
  await tabTo(page, /^Publish version 1/);
  await keyboard.press("Enter");
  await page.getByLabel("Link").waitFor();
  const address = await page.getByLabel("Link").inputValue();
  await keyboard.press("Escape");
  await until("the dialog is closed", async () => (await page.getByRole("dialog").count()) === 0);
  const reader = await house.visitor(null, { javaScriptEnabled: false });
  await reader.page.goto(new URL(address).pathname);
  await reader.page.getByText("deploys locked for everyone").first().waitFor();
});
