// What is typed without a connection is there after the page was reloaded or left, and arrives once, in every engine.

import assert from "node:assert/strict";
import { ENGINES } from "./engines.mjs";
import { until } from "./patience.mjs";
import { assertOnce, GITHUB } from "./postmortem.mjs";
import { startProxy } from "./proxy.mjs";
import { story } from "./scenario.mjs";
import { PASSWORD } from "./server.mjs";

const state = () => document.querySelector("[data-saving]")?.dataset.saving;
const banner = () => document.querySelector(".banner")?.textContent ?? "";
const overview = () => document.querySelector('[data-section="overview"] .cm-content')?.textContent ?? "";
/** Gives the overview the keyboard, once it can be written; answers whether it has it. */
const focusOverview = () => {
  const content = document.querySelector('[data-section="overview"] .cm-content');
  content?.focus();
  return String(content !== null && content.contentEditable === "true" && document.activeElement === content);
};

/** How a page is left and opened again. */
const WAYS = {
  "reloading": (page, url) => page.goto(url),
  "going elsewhere": async (page, url) => {
    await page.goto("about:blank");
    await page.goto(url);
  },
};

for (const engine of ENGINES) {
  const missing = engine.missing();
  const skip = missing && `NOT TRIED: ${missing} is not on this machine, and ${engine.name} needs it`;
  const name = `what_was_typed_offline_in_${engine.name}_outlives_its_page_and_arrives_once`;
  story(name, { incident: GITHUB, skip }, async ({ server, id, opened, note }) => {
    const [browser, proxy] = await Promise.all([opened(engine.start()), opened(startProxy(() => server.port))]);
    note(`${engine.name} ${browser.version}`);
    const url = `${proxy.origin}/postmortems/${id}`;
    const page = await browser.page();
    const shows = (what, look, expected) => until(what, async () => expected((await page.look(look)) ?? ""));
    await page.goto(`${proxy.origin}/`);
    const { mail } = await server.session("Mara Lindqvist");
    await page.evaluate(
      async (mail, password) => {
        const headers = { "content-type": "application/json" };
        await fetch("/api/sessions", { method: "POST", headers, body: JSON.stringify({ mail, password }) });
      },
      mail,
      PASSWORD,
    );
    await page.goto(url);
    await shows("it is open", state, (now) => now === "saved");
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    proxy.cut();
    await shows("it is offline", state, (now) => now === "offline");

    const typed = [];
    for (const [how, go] of Object.entries(WAYS)) {
      await shows("the overview has the keyboard", focusOverview, (now) => now === "true");
      const words = `Typed before ${how}. `;
      await page.type(words);
      typed.push(words.trim());
      await shows("all of it is in the text", overview, (text) => text.includes(words.trim()));
      // On a busy machine keys that come fast are one change.
      await shows("it is kept", banner, (words) => /changes? kept in this browser/.test(words));
      const count = (await page.evaluate(banner)).match(/\d+ changes?/)[0];
      await go(page, url);
      await shows("the text is there", overview, (text) => typed.every((words) => text.includes(words)));
      await shows("and is counted", banner, (words) => words.includes(`${count} kept in this browser`));
    }

    proxy.heal();
    await page.evaluate(() => document.querySelector(".banner .btn")?.click());
    await shows("it is saved", state, (now) => now === "saved");
    assertOnce((await server.show(id)).sections.overview, ...typed);
    assert.equal(await page.evaluate(() => document.querySelectorAll("[data-kept]").length), 0);
  });
}
