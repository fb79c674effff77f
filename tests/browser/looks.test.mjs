// Every page and state in both schemes and on a phone: axe finds nothing, nothing is wider than the screen, and a picture
// is taken where `SCREENSHOTS` asks for it.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { choose, entryById, GITHUB, open, openThreads, write } from "./desk.mjs";
import { openHouse, PHONE, WIDE } from "./harness.mjs";

let house;
let id;
let cookie;

before(async () => {
  house = await openHouse();
  ({ cookie } = await house.server.session("Priya Raman"));
  id = await house.server.import(GITHUB, cookie);
  await house.server.import("aws-s3-2017-02-28", cookie);
  const { timeline } = await house.server.show(id);
  for (const [entry, text] of [[2, "Which alerts?"], [5, "Who joined here?"]]) {
    const body = { entry: timeline[entry].id, text };
    const { status } = await house.server.api("POST", `/api/postmortems/${id}/comments`, { body, cookie });
    assert.equal(status, 201);
  }
});
after(() => house?.close());
afterEach(() => house.sendHome());

const VIEWS = [
  ["wide", { viewport: WIDE }],
  ["wide-dark", { viewport: WIDE, colorScheme: "dark" }],
  ["phone", { viewport: PHONE, hasTouch: true }],
  ["phone-dark", { viewport: PHONE, hasTouch: true, colorScheme: "dark" }],
  ["tablet", { viewport: { width: 820, height: 1180 } }],
];

for (const [name, options] of VIEWS) {
  test(`every_state_is_clean_${name.replace("-", "_")}`, async () => {
    const mara = await house.visitor("Mara Lindqvist", options);
    const { page } = mara;
    await page.goto("/");
    await page.locator("[data-postmortem]").first().waitFor();
    await look(mara, `log-${name}`);
    await open(mara, id);
    await page.locator("[data-entry]").nth(18).waitFor();
    await look(mara, `postmortem-${name}`);
    await mara.shoot(`postmortem-${name}-full`, { fullPage: true });

    const { timeline } = await house.server.show(id);
    const row = entryById(mara, timeline[2].id);
    await openThreads(row);
    await row.scrollIntoViewIfNeeded();
    await look(mara, `comments-${name}`);
    await page.getByRole("button", { name: "Close comments" }).click();
    const other = entryById(mara, timeline[8].id);
    await write(other);
    await look(mara, `entry-writing-${name}`);
    await page.keyboard.press("Escape");
    await choose(other, "More about entry", "Kind, severity and more");
    await look(mara, `entry-details-${name}`);
    await other.getByLabel("More about entry", { exact: false }).click();
    await look(mara, `entry-menu-${name}`);
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Publish", exact: true }).click();
    await page.getByRole("dialog").waitFor();
    await look(mara, `publish-${name}`);
    await page.keyboard.press("Escape");
    await choose(page, "More about this post-mortem", "Keyboard shortcuts");
    await page.getByRole("dialog").waitFor();
    await look(mara, `keys-${name}`);
  });
}

test("nothing_is_wider_than_the_smallest_phone", async () => {
  const mara = await house.visitor("Mara Lindqvist", { viewport: { width: 360, height: 740 } });
  await mara.page.goto("/");
  await mara.page.locator("[data-postmortem]").first().waitFor();
  await assertFits(mara, "the log");
  await open(mara, id);
  await assertFits(mara, "the post-mortem");
});

async function look(visitor, name) {
  await visitor.look(name);
  await assertFits(visitor, name);
}

async function assertFits(visitor, what) {
  const wide = await visitor.page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    // What scrolls by itself, as the outline does on a phone, may be as wide as it likes.
    const isClipped = (element) => {
      for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
        if (getComputedStyle(at).overflowX !== "visible") return true;
      }
      return false;
    };
    const beyond = [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1 && !isClipped(element),
    );
    return beyond.slice(-8).map((element) => `${element.tagName}.${element.getAttribute("class") ?? ""}`);
  });
  assert.deepEqual(wide, [], `${what} fits its screen`);
}
