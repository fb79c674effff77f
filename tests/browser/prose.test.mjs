// What the editor shows is what readers get: every example of the CommonMark specification, and what people write beyond
// it, is shown by the editor and rendered as the published page does, and the two are compared word by word.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import commonmark from "commonmark-spec";
import { startReplicas } from "../interop/replica.mjs";
import { html, script, servePages } from "./pages.mjs";
import { story as tell } from "./scenario.mjs";

const bundle = await readFile(new URL("../../app/editor/dist/editor.js", import.meta.url));
const PAGE = `<!doctype html><html lang="en"><title>Prose</title><script src="/editor.js"></script>
<div id="editor"></div><div id="page"></div></html>`;

const alone = async (opened) => ({
  server: await opened(servePages({ "/": html(PAGE), "/editor.js": script(bundle) })),
  replicas: await opened(startReplicas()),
});

/** A story in a page with the editor and the reader, and our replicas to render what readers get. */
const story = (name, body) =>
  tell(name, { people: [null], server: alone }, async ({ visitors: [{ page }], replicas }) => {
    await page.goto("/");
    await body((markdown) => bothOf(page, replicas, markdown));
  });

/** The words and the links of a Markdown text, as the editor shows it and as readers get it. */
async function bothOf(page, replicas, markdown) {
  const rendered = await replicas.ask("html", { markdown });
  return page.evaluate(
    ([text, content]) => {
      const root = document.querySelector("#editor");
      const options = { text, label: "Text", placeholder: "", multiline: true, limit: 100_000, nonce: "" };
      const editor = DebriefEditor.create(root, options, {});
      const lines = [...root.querySelectorAll(".cm-line")].map((line) => line.textContent);
      const followed = [...root.querySelectorAll(".md-follow")].map((link) => link.href);
      editor.destroy();
      root.replaceChildren();

      const target = document.querySelector("#page");
      target.innerHTML = content;
      // The numbers of a list are drawn and not written; here they are words like others.
      for (const list of target.querySelectorAll("ol")) {
        let number = list.start;
        for (const item of list.children) {
          number = item.hasAttribute("value") ? item.value : number;
          item.prepend(`${number} `);
          number += 1;
        }
      }
      for (const element of target.querySelectorAll("p, li, td, th, pre, br, h3, h4, h5, h6, blockquote")) element.append(" ");
      for (const done of target.querySelectorAll(".task.done")) done.append("x ");
      const links = [...target.querySelectorAll("a")].map((link) => link.href);
      // Numbers are compared as numbers: a list that begins with 003 goes on with 4.
      const wordsOf = (shown) => (shown.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/^0+(?=\d)/, ""));
      return { editor: wordsOf(lines.join("\n")), reader: wordsOf(target.textContent), followed, links };
    },
    [markdown, rendered],
  );
}

/** A definition that a link needs is beside its link in the editor, and behind it for readers. */
const defines = (markdown) => /\]:/.test(markdown);

story("every_word_that_the_editor_shows_of_commonmark_reaches_the_reader", async (read) => {
  const wrong = [];
  for (const { markdown, number } of commonmark.tests) {
    const text = markdown.replaceAll("→", "\t");
    const { editor, reader, followed, links } = await read(text);
    const missing = defines(text) && links.length > 0 ? reader.filter((word) => !editor.includes(word)) : [];
    const isSame = defines(text) && links.length > 0 ? missing.length === 0 : editor.join(" ") === reader.join(" ");
    const isLinked = defines(text) || followed.join(" ") === links.join(" ");
    if (!isSame || !isLinked) wrong.push({ number, text, editor: editor.join(" "), reader: reader.join(" "), followed, links });
  }
  assert.deepEqual(wrong, []);
});

story("what_people_write_down_reaches_the_reader", async (read) => {
  for (const text of [
    "[db1]: ok\n[db2]: down",
    "# Hosts\n\n[14:03]: restarted",
    "[INC-1]: fix",
    "[^1]: db1",
    "It was not ~~DNS~~ at all",
    "~5 to 10~ minutes",
    "3. third\n4. fourth",
    "1. first\n\nwords\n\n5. fifth\n6. sixth",
    "1. one\n5. five",
    "one\ntwo\nthree",
    "https://a.example/x_y_z and www.b.example, mail oncall@example.com or <oncall@example.com>.",
    "http://grafana/d/1?from=2&to=3",
    "(see https://a.example/b_(c)). **https://a.example/x**",
    "[relative](/x) [script](javascript:alert) ![picture](x.png) <ftp://a.example>",
    "- [x] done\n- [ ] open",
    "| a | b |\n|---|--:|\n| 1 | 2 | 3 |\n| x \\| y |",
    "a &lt; b &amp;&amp; c &copy; 2018 &nosuch;",
    "<details>\n<summary>More</summary>\nwords\n</details>",
    "10.0.0.5 is `db_primary_1` in *us-east-1*",
    "first\\\nsecond",
    "[https://a.example](https://b.example)",
    "[note: https://a.example/x] more",
    "```ERROR disk full\nERROR two\n```",
    "~~~ 14:03 restarted\n~~~",
    "```sh\ndf -h\n```",
    "\\\\~10\\\\~ and ~~x~~",
    "见：https://a.example/x，然后重启了",
  ]) {
    const { editor, reader, followed, links } = await read(text);
    assert.deepEqual(reader, editor, text);
    assert.deepEqual(links, followed, text);
  }
});
