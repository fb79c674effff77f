// What a person does with an open post-mortem, in the words of the stories: sections, entries, threads, saving.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { until } from "./patience.mjs";

export const GITHUB = "github-2018-10-21";

/** Opens a post-mortem and waits until it can be written. */
export async function open(visitor, id) {
  await visitor.page.goto(`/postmortems/${id}`);
  await saved(visitor);
}

export async function reload(visitor) {
  await visitor.page.reload();
  await saved(visitor);
}

/** Waits until the browser can open the page by itself. */
export function installed(visitor) {
  return visitor.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}

/** The editor of a section. */
export function section(visitor, key) {
  return visitor.page.locator(`[data-section="${key}"] .cm-content`);
}

/** The row of an entry that has these words. */
export function entry(visitor, words) {
  return visitor.page.locator("[data-entry]").filter({ hasText: words });
}

/** The row of an entry by its id. */
export function entryById(visitor, id) {
  return visitor.page.locator(`[data-entry="${id}"]`);
}

/** Begins to write in an entry: the editor that opens. */
export async function write(row) {
  await row.locator(".what .text").click();
  const editor = row.locator(".cm-content");
  await editor.waitFor();
  return editor;
}

/** The words in an editor, without the carets of others. */
export function textOf(editor) {
  return editor.evaluate((element) =>
    [...element.querySelectorAll(".cm-line")]
      .map((line) => {
        const copy = line.cloneNode(true);
        for (const drawn of copy.querySelectorAll(".caret, .cm-placeholder")) drawn.remove();
        return copy.textContent;
      })
      .join("\n"),
  );
}

/** Puts the caret at the beginning or the end of an editor. */
export async function caretAt(editor, where) {
  await editor.focus();
  await editor.press(where === "start" ? "Control+Home" : "Control+End");
}

/** Selects words where they stand, read or written. */
export async function selectWords(place, words) {
  await place.evaluate((element, wanted) => {
    if (element.isContentEditable) element.focus();
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let all = "";
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      // The names at carets are no words of the text.
      if (node.parentElement.closest(".caret")) continue;
      nodes.push([node, all.length]);
      all += node.data;
    }
    const at = all.indexOf(wanted);
    if (at < 0) throw new Error(`"${wanted}" is not in: ${all}`);
    const find = (offset, isEnd) => {
      const [node, start] = nodes.findLast(([each, begins]) => (isEnd ? begins < offset : begins <= offset) && each.data !== "");
      return [node, offset - start];
    };
    const [from, to] = [find(at, false), find(at + wanted.length, true)];
    getSelection().setBaseAndExtent(...from, ...to);
  }, words);
}

/** Types at the caret, key by key. */
export function type(visitor, words) {
  return visitor.page.keyboard.type(words);
}

/** Pastes as a browser would: text, or files. */
export function paste(target, { text, html, picture } = {}) {
  return target.evaluate(
    (element, [words, formatted, hasPicture]) => {
      const clipboardData = new DataTransfer();
      if (words !== undefined) clipboardData.setData("text/plain", words);
      if (formatted !== undefined) clipboardData.setData("text/html", formatted);
      if (hasPicture) clipboardData.items.add(new File(["png"], "graph.png", { type: "image/png" }));
      element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    },
    [text, html, picture === true],
  );
}

/** Waits until the page says that everything typed there is saved. */
export function saved(visitor) {
  return visitor.page.locator('[data-saving="saved"]').waitFor();
}

/** Waits until the page says that there is no connection. */
export function offline(visitor) {
  return visitor.page.locator('[data-saving="offline"]').waitFor();
}

/** Presses "Try now" instead of waiting for the next attempt; it may have connected already. */
export async function reconnect(visitor) {
  await until(`${visitor.name} is connected`, async () => {
    if ((await visitor.page.locator('[data-saving="saved"]').count()) > 0) return true;
    await visitor.page.getByRole("button", { name: "Try now" }).click({ timeout: 1_000 });
    return false;
  });
}

/** The text of the file that a button of the banner gives. */
export async function download(visitor, banner, button = "Download my text") {
  const [file] = await Promise.all([
    visitor.page.waitForEvent("download"),
    banner.getByRole("button", { name: button }).click(),
  ]);
  return readFile(await file.path(), "utf8");
}

/** Adds an entry by the quick line. */
export async function addEntry(visitor, line) {
  const input = visitor.page.locator("#quick-line");
  await input.fill(line);
  await input.press("Enter");
  await until("the quick line is empty again", async () => (await input.inputValue()) === "");
}

/** Opens the threads of an entry. */
export async function openThreads(row) {
  const bubble = row.locator(".bub");
  if ((await bubble.getAttribute("aria-expanded")) !== "true") await bubble.click();
  await row.locator(".thread").waitFor();
  return row.locator(".thread");
}

/** Chooses something in a menu by the name of its button. */
export async function choose(scope, menu, item) {
  await scope.locator("summary").and(scope.getByLabel(menu, { exact: false })).click();
  await scope.locator(".menu").getByRole("button", { name: item }).click();
}

/** Waits until everybody's editor of a section, and the disk, say the same; returns it. */
export async function agree(server, id, key, visitors) {
  return until(`everybody sees the same ${key}`, async () => {
    const { sections } = await server.show(id);
    for (const visitor of visitors) {
      assert.equal(await textOf(section(visitor, key)), sections[key], `what ${visitor.name} sees is what is on disk`);
    }
    return sections[key] === "" ? "(empty)" : sections[key];
  });
}

/** Asserts that a text holds each of these once. */
export function assertOnce(text, ...words) {
  for (const word of words) assert.equal(text.split(word).length - 1, 1, `"${word}" stands once in: ${text}`);
}

/** Asserts that nothing can be scrolled sideways; a failure names what is too wide. */
export async function assertFits(visitor, what) {
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
