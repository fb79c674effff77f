// Every page and state in both schemes and on a phone: axe finds nothing, nothing is wider than the screen, and a picture
// is taken where `SCREENSHOTS` asks for it.

import assert from "node:assert/strict";
import { assertFits, choose, entryById, GITHUB, open, openThreads, write } from "./postmortem.mjs";
import { story } from "./scenario.mjs";
import { PHONE, WIDE } from "./visitor.mjs";

/** An incident with two threads in a log of two. */
const DISCUSSED = {
  incident: GITHUB,
  importer: "Priya Raman",
  isOpen: false,
  async prepare({ server, id, cookie }) {
    await server.import("aws-s3-2017-02-28", cookie);
    const { timeline } = await server.show(id);
    await server.comment(id, { entry: timeline[2].id, text: "Which alerts?" }, cookie);
    await server.comment(id, { entry: timeline[5].id, text: "Who joined here?" }, cookie);
  },
};

const VIEWS = [
  ["wide", { viewport: WIDE }],
  ["wide-dark", { viewport: WIDE, colorScheme: "dark" }],
  ["phone", { viewport: PHONE, hasTouch: true }],
  ["phone-dark", { viewport: PHONE, hasTouch: true, colorScheme: "dark" }],
  ["tablet", { viewport: { width: 820, height: 1180 } }],
];

for (const [name, options] of VIEWS) {
  story(`every_state_is_clean_${name.replace("-", "_")}`,
    { ...DISCUSSED, owner: "Mara Lindqvist", people: [["Mara Lindqvist", options]] }, async ({ mara, server, id }) => {
    const { page } = mara;
    await page.goto("/");
    await page.locator("[data-postmortem]").first().waitFor();
    await look(mara, `log-${name}`);
    await open(mara, id);
    await page.locator("[data-entry]").nth(18).waitFor();
    await look(mara, `postmortem-${name}`);
    await mara.shoot(`postmortem-${name}-full`, { fullPage: true });

    const { timeline } = await server.show(id);
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
    await page.keyboard.press("Escape");
    await page.locator("[data-figure]").filter({ hasText: "Users affected" }).getByRole("button", { name: /Not known yet/ }).click();
    await look(mara, `figure-writing-${name}`);
    await page.keyboard.press("Escape");
    await page.locator("[data-action]").first().getByLabel("More about this action item").scrollIntoViewIfNeeded();
    await look(mara, `actions-${name}`);
    await choose(page, "More about this post-mortem", "Delete post-mortem");
    await page.getByRole("dialog").waitFor();
    await look(mara, `delete-${name}`);
  });
}

story("every_width_has_the_columns_of_its_drawing",
  { ...DISCUSSED, people: [["Mara Lindqvist", { viewport: { width: 1680, height: 1000 } }]] }, async ({ mara, id }) => {
  await open(mara, id);
  const widthOf = (part) => mara.page.locator(`.desk > ${part}`).evaluate((element) => element.getBoundingClientRect().width);
  for (const [width, outline, margin] of [[1680, 224, 352], [1440, 192, 312], [1280, 160, 272], [1000, 176, undefined]]) {
    await mara.page.setViewportSize({ width, height: 1000 });
    assert.equal(await widthOf(".outline"), outline, `the outline at ${width}`);
    if (margin) assert.equal(await widthOf(".margin"), margin, `the margin at ${width}`);
    await assertFits(mara, `the page at ${width}`);
    await mara.shoot(`postmortem-${width}`);
  }
  await mara.page.setViewportSize({ width: 2560, height: 1200 });
  const desk = await mara.page.locator(".desk").evaluate((element) => element.getBoundingClientRect().width);
  assert.ok(desk <= 1616, `the page is ${desk} wide on a very wide screen`);
});

story("on_paper_the_editor_s_page_is_light_and_without_controls",
  { ...DISCUSSED, people: [["Mara Lindqvist", { viewport: WIDE, colorScheme: "dark" }]] }, async ({ mara, id }) => {
  await open(mara, id);
  await mara.page.emulateMedia({ media: "print" });
  await mara.shoot("postmortem-print", { fullPage: true });
  const printed = await mara.page.evaluate(() => {
    const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const controls = [...document.querySelectorAll(".btn, .bub, .addline, .quick, .outline, .bar, .since, #readiness")];
    return {
      controls: controls.filter(shown).map((element) => element.className),
      paper: getComputedStyle(document.documentElement).backgroundColor,
      breaks: [...new Set([...document.querySelectorAll(".ev")].map((row) => getComputedStyle(row).breakInside))],
    };
  });
  assert.deepEqual(printed, { controls: [], paper: "rgb(255, 255, 255)", breaks: ["avoid"] });
});

story("a_chosen_scheme_outlives_the_page_and_what_the_system_says",
  { ...DISCUSSED, people: [["Mara Lindqvist", { colorScheme: "light" }]] }, async ({ mara, id }) => {
  const { page } = mara;
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.goto("/");
  await page.getByRole("button", { name: /^Colours: as the system/ }).click();
  await page.getByRole("button", { name: /^Colours: light/ }).click();
  await page.getByRole("button", { name: /^Colours: dark/ }).waitFor();
  const dark = await paper();
  await open(mara, id);
  assert.equal(await paper(), dark);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/");
  await page.getByRole("button", { name: /^Colours: dark/ }).click();
  assert.equal(await paper(), dark, "as the system, which is dark now");
  await page.getByRole("button", { name: /^Colours: as the system/ }).click();
  assert.notEqual(await paper(), dark);
});

story("nothing_is_wider_than_the_smallest_phone",
  { ...DISCUSSED, people: [["Mara Lindqvist", { viewport: { width: 360, height: 740 } }]] }, async ({ mara, id }) => {
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
