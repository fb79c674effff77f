// How a story ends: quietly, or with what is wrong by its name, and in either case with nothing left open.

import assert from "node:assert/strict";
import { test } from "node:test";
import { html, servePages } from "./pages.mjs";
import { tell } from "./scenario.mjs";

/** A page with one button over most of another. */
const PAGE = `<!doctype html><html lang="en"><title>A page</title>
<style>button { position: absolute; left: 0; top: 0; width: 100px; height: 30px; padding: 0 } .over { top: 10px }</style>
<main><h1>A page</h1><button>Under</button><div id="row"><button class="over">Over</button></div></main></html>`;

const serve = async (opened) => ({ server: await opened(servePages({ "/": html(PAGE) })) });

/** Tells a story of somebody at that page. */
const story = (options, body, note) =>
  tell("a_story", { people: [null], server: serve, ...options }, async (scenario) => {
    const [visitor] = scenario.visitors;
    await visitor.page.goto("/");
    await body(visitor, scenario);
  }, note);

/** Tells one that has to fail: why it did, and what was said of it. */
async function failing(options, body) {
  const notes = [];
  const seen = { isClosed: false };
  const told = story(options, async (visitor, { opened }) => {
    seen.page = visitor.page;
    await opened({ close: async () => (seen.isClosed = true) });
    await body(visitor);
  }, (note) => notes.push(note));
  const failure = await told.then(() => assert.fail("the story fails"), ({ message }) => message);
  assert.deepEqual([seen.isClosed, seen.page.isClosed()], [true, true], "what it opened is closed");
  return { failure, notes };
}

test("a_story_that_fails_midway_leaves_nothing_open_and_tells_what_the_console_said", async () => {
  const { failure, notes } = await failing({}, async ({ page }) => {
    await page.evaluate(() => console.warn("odd"));
    throw new Error("midway");
  });
  assert.equal(failure, "midway");
  assert.deepEqual(notes, ["the nameless visitor met: warning: odd"]);
});

test("a_story_that_hangs_is_given_up_by_its_name", async () => {
  const { failure } = await failing({ limit: 5_000 }, ({ page }) => page.evaluate(() => new Promise(() => {})));
  assert.equal(failure, "this took longer than 5000 ms: a_story");
});

test("a_console_that_is_not_quiet_fails_a_story_in_the_end_unless_that_was_allowed", async () => {
  const complain = async ({ context }) => {
    const other = await context.newPage();
    await other.evaluate(() => console.error("in another tab"));
  };
  const { failure } = await failing({}, complain);
  assert.match(failure, /the nameless visitor met: error: in another tab/);
  await story({ allow: /in another tab/ }, complain);
});

test("what_axe_finds_fails_a_story_in_the_end", async () => {
  const { failure } = await failing({}, async (visitor) => {
    await visitor.page.evaluate(() => document.querySelector("#row").remove());
    await visitor.page.evaluate(() => document.querySelector("main").append(document.createElement("select")));
    await visitor.axe("a choice without a name");
  });
  assert.match(failure, /a choice without a name: select-name at select/);
});

test("a_target_may_be_covered_by_the_quick_line_or_an_open_menu_and_by_nothing_else", async () => {
  const { failure } = await failing({}, (visitor) => visitor.axe("a covered button"));
  assert.match(failure, /a covered button: target-size at .*obscured/);
  await story({}, async (visitor) => {
    await visitor.page.evaluate(() => (document.querySelector("#row").className = "quick"));
    await visitor.axe("a button under the quick line");
    await visitor.page.evaluate(() => {
      const menu = document.createElement("details");
      [menu.className, menu.open] = ["drop", true];
      const row = document.querySelector("#row");
      row.className = "";
      row.replaceWith(menu);
      menu.append(row);
    });
    await visitor.axe("a button under an open menu");
  });
});
