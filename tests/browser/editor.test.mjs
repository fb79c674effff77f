// The bridge between the page and CodeMirror, alone in a real Chromium, under the content security policy of the
// product: no style attribute and no script without the nonce.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import axe from "axe-core";
import { html, script, servePages } from "./pages.mjs";
import { until } from "./patience.mjs";
import { story as tell } from "./scenario.mjs";

const bundle = await readFile(new URL("../../app/editor/dist/editor.js", import.meta.url));
const PAGE = `<!doctype html><html lang="en"><title>Editor</title>
<style nonce="n0">:root { --ink: rgb(1, 2, 3); --ink-3: rgb(90, 90, 90) } body { font: 15px/24px monospace }</style>
<script nonce="n0" src="/editor.js"></script>
<main><h1>Editor</h1><button id="first">Before</button><div id="editor"></div><button id="last">After</button></main></html>`;
const policy = "default-src 'none'; script-src 'nonce-n0'; style-src 'nonce-n0'; img-src 'self'";

/** Serves the editor in a page of nothing else. */
const alone = async (opened) => ({
  server: await opened(servePages({ "/": html(PAGE, { "content-security-policy": policy }), "/editor.js": script(bundle) })),
});

let page;

/** A story in a fresh page. */
const story = (name, body) =>
  tell(name, { people: [null], server: alone }, async ({ visitors: [somebody] }) => {
    page = somebody.page;
    await page.goto("/");
    await body();
  });

/** Makes an editor whose events are collected in order in `window.told`; a shadow text follows `changed` alone. */
async function open(options = {}) {
  await page.evaluate((given) => {
    const settings = { text: "", label: "Overview", placeholder: "What happened?", multiline: true, limit: 1000, nonce: "n0", ...given };
    const record = (name) => (...values) => told.push([name, ...values]);
    window.told = [];
    window.shadow = settings.text;
    const events = Object.fromEntries(
      ["selected", "focused", "blurred", "left", "undo", "redo", "submit", "cancel", "refused", "passage", "comment", "tools"].map((name) => [name, record(name)]),
    );
    events.changed = (changes) => {
      told.push(["changed", ...changes]);
      for (const [from, to, insert] of changes.toReversed()) {
        window.shadow = shadow.slice(0, from) + insert + shadow.slice(to);
      }
    };
    window.editor = DebriefEditor.create(document.querySelector("#editor"), settings, events);
  }, options);
}

const told = (name) => page.evaluate((wanted) => window.told.filter(([each]) => each === wanted).map(([, ...values]) => values), name);
const forget = () => page.evaluate(() => void (window.told.length = 0));
const call = (method, ...values) => page.evaluate(([name, given]) => window.editor[name](...given), [method, values]);
const focusAt = async (anchor, head = anchor) => {
  await call("focus");
  await call("select", anchor, head);
  await forget();
};
const paste = async (text) => {
  await page.evaluate((content) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", content);
    document.querySelector(".cm-content").dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
};
const assertFollowed = async (text) => {
  assert.equal(await call("text"), text);
  assert.equal(await page.evaluate(() => window.shadow), text, "the changes told add up to the text");
  assert.equal(await call("length"), text.length);
};

story("typing_tells_each_edit_in_the_coordinates_before_it", async () => {
  await open({ text: "ab" });
  await focusAt(1);
  await page.keyboard.type("xy");
  assert.deepEqual(await told("changed"), [[[1, 1, "x"]], [[2, 2, "y"]]]);
  assert.deepEqual(await told("selected"), [[2, 2], [3, 3]]);
  await page.keyboard.press("Backspace");
  assert.deepEqual((await told("changed")).at(-1), [[2, 3, ""]]);
  await focusAt(0, 3);
  await page.keyboard.type("z");
  assert.deepEqual(await told("changed"), [[[0, 3, "z"]]]);
  await assertFollowed("z");
});

story("a_remote_edit_keeps_the_selection_and_tells_no_change", async () => {
  await open({ text: "hello world" });
  await focusAt(6, 11);
  await call("apply", [[0, 0, ">> "], [5, 6, "\n"]]);
  assert.equal(await call("text"), ">> hello\nworld");
  assert.deepEqual(await call("selection"), [9, 14]);
  assert.deepEqual(await told("changed"), []);
  assert.deepEqual(await told("selected"), [[9, 14]]);
  await forget();
  await call("apply", [[14, 14, "!"]]);
  assert.deepEqual(await told("selected"), [], "nothing moved");
});

story("a_remote_edit_takes_neither_focus_nor_the_reader_s_place", async () => {
  await open({ text: "line\n".repeat(200) });
  await page.evaluate(() => scrollTo(0, 1200));
  await call("apply", [[0, 4, "LINE"]]);
  await call("reset", "other\n".repeat(200));
  assert.equal(await page.evaluate(() => scrollY), 1200);
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
  assert.deepEqual(await page.evaluate(() => window.told), []);
});

story("a_reset_is_a_remote_edit_that_keeps_the_caret_in_its_words", async () => {
  await open({ text: "one two three" });
  await focusAt(6);
  await call("reset", "zero one two three four");
  assert.equal(await call("text"), "zero one two three four");
  assert.deepEqual(await told("changed"), []);
});

story("pasted_carriage_returns_become_line_feeds", async () => {
  await open({ text: "[]" });
  await focusAt(1);
  await paste("one\r\ntwo\rthree\n");
  assert.deepEqual(await told("changed"), [[[1, 1, "one\ntwo\nthree\n"]]]);
  await assertFollowed("[one\ntwo\nthree\n]");
  assert.deepEqual(await call("selection"), [15, 15]);
});

story("a_line_of_its_own_takes_a_paste_as_one_line_and_enter_submits", async () => {
  await open({ multiline: false });
  await focusAt(0);
  await paste("one\r\n\r\ntwo");
  await page.keyboard.press("Enter");
  await assertFollowed("one two");
  assert.equal((await told("submit")).length, 1);
  assert.equal(await page.locator(".cm-content").getAttribute("aria-multiline"), "false");
});

story("what_would_pass_the_limit_is_refused_and_the_text_stays", async () => {
  await open({ text: "12345", limit: 8 });
  await focusAt(5);
  await paste("6789");
  assert.deepEqual(await told("refused"), [["too_long", 9]]);
  await page.keyboard.type("6789");
  await assertFollowed("12345678");
  assert.equal(await page.locator(".cm-content").innerText(), "12345678", "what is drawn is what is held");
  assert.deepEqual((await told("refused")).at(-1), ["too_long", 9]);
  await paste("x".repeat(1_000_000));
  assert.deepEqual((await told("refused")).at(-1), ["too_long", 1_000_008]);
  await call("apply", [[8, 8, "9"]]);
  await page.keyboard.press("Backspace");
  assert.equal((await call("text")).length, 8, "a remote edit may pass it, and deleting is always possible");
});

story("a_pasted_or_dropped_picture_is_refused", async () => {
  await open({ text: "kept" });
  await focusAt(4);
  const send = (type, extra) =>
    page.evaluate(([kind, rich]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["png"], "graph.png", { type: "image/png" }));
      if (rich) {
        transfer.setData("text/html", "<td>cell</td>");
        transfer.setData("text/plain", "cell");
      }
      const settings = { bubbles: true, cancelable: true };
      const event =
        kind === "paste"
          ? new ClipboardEvent("paste", { ...settings, clipboardData: transfer })
          : new DragEvent("drop", { ...settings, dataTransfer: transfer });
      return document.querySelector(".cm-content").dispatchEvent(event);
    }, [type, extra]);
  assert.equal(await send("paste", false), false);
  assert.equal(await send("drop", false), false);
  assert.deepEqual(await told("refused"), [["picture", 0], ["picture", 0]]);
  await assertFollowed("kept");
  await send("paste", true);
  await assertFollowed("keptcell");
});

story("undo_and_redo_are_asked_of_the_page_and_change_nothing_here", async () => {
  await open();
  await focusAt(0);
  await page.keyboard.type("a");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+y");
  await page.keyboard.press("Control+Shift+Z");
  assert.equal((await told("undo")).length, 1);
  assert.equal((await told("redo")).length, 2);
  for (const inputType of ["historyUndo", "historyRedo"]) {
    await page.locator(".cm-content").evaluate((element, asked) => {
      element.dispatchEvent(new InputEvent("beforeinput", { inputType: asked, bubbles: true, cancelable: true }));
    }, inputType);
  }
  assert.equal((await told("undo")).length, 2, "the browser's menu asks as well");
  assert.equal((await told("redo")).length, 3);
  await assertFollowed("a");
});

story("emoji_are_counted_in_utf_16_and_never_split", async () => {
  await open({ text: "a😀b" });
  await focusAt(3);
  await page.keyboard.insertText("👍");
  assert.deepEqual(await told("changed"), [[[3, 3, "👍"]]]);
  await page.keyboard.press("Backspace");
  await assertFollowed("a😀b");
  await focusAt(1, 3);
  await page.keyboard.insertText("😁");
  assert.deepEqual(await told("changed"), [[[1, 3, "😁"]]], "emoji that share a half are replaced whole");
  await focusAt(1);
  await page.keyboard.insertText("😂");
  await assertFollowed("a😂😁b");
  for (const [change] of await told("changed")) assert.ok(change[2].isWellFormed());
});

story("an_input_method_goes_on_composing_while_remote_edits_arrive", async () => {
  await open({ text: "one\ntwo\n" });
  await focusAt(8);
  const session = await page.context().newCDPSession(page);
  await session.send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
  await call("apply", [[0, 0, ">> "]]);
  await page.evaluate(() => (window.shadow = `>> ${window.shadow}`));
  await session.send("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
  await call("carets", [{ id: "1", name: "Mara", person: "violet", anchor: 1, head: 1 }]);
  await session.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
  await session.send("Input.insertText", { text: "日本" });
  await assertFollowed(">> one\ntwo\n日本");
});

story("carets_of_others_are_drawn_by_class_and_move_with_the_text", async () => {
  await open({ text: "hello world" });
  await call("carets", [
    { id: "1", name: "Mara <b>", person: "violet", anchor: 0, head: 5 },
    { id: "2", name: "Tomasz", person: "teal", anchor: 99, head: 99 },
  ]);
  const caret = page.locator(".caret");
  assert.equal(await caret.count(), 2);
  assert.equal(await caret.first().getAttribute("data-p"), "violet");
  assert.equal(await caret.first().locator("b").textContent(), "Mara <b>");
  assert.equal(await page.locator(".sel[data-p=violet]").textContent(), "hello");
  await call("apply", [[0, 0, ">> "], [11, 11, "!"]]);
  assert.equal(await page.locator(".sel[data-p=violet]").textContent(), "hello");
  assert.equal(await page.locator("[style*=color]").count(), 0);
  await call("carets", []);
  assert.equal(await caret.count(), 0);
  assert.deepEqual(await page.evaluate(() => window.told), []);
});

story("escape_and_mod_enter_are_told_and_enter_continues_a_list", async () => {
  await open({ text: "- one" });
  await focusAt(5);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+Enter");
  assert.deepEqual([(await told("cancel")).length, (await told("submit")).length], [1, 1]);
  await assertFollowed("- one");
  await page.keyboard.press("Enter");
  await page.keyboard.type("two");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.keyboard.type("9. nine");
  await page.keyboard.press("Enter");
  await assertFollowed("- one\n- two\n9. nine\n10. ");
});

story("tab_leaves_the_editor_and_focus_is_told", async () => {
  await open({ text: "x" });
  await page.locator("#first").focus();
  await page.keyboard.press("Tab");
  assert.equal((await told("focused")).length, 1);
  await page.keyboard.press("Tab");
  assert.deepEqual([await told("blurred"), await told("left")], [[[]], [[]]]);
  assert.equal(await page.evaluate(() => document.activeElement.id), "last");
  await assertFollowed("x");
});

story("who_presses_elsewhere_has_left_when_the_press_is_over", async () => {
  await open({ text: "x" });
  await focusAt(1);
  const last = await page.locator("#last").boundingBox();
  await page.mouse.move(last.x + 2, last.y + 2);
  await page.mouse.down();
  assert.deepEqual([await told("blurred"), await told("left")], [[[]], []]);
  await page.mouse.up();
  await until("it is told", async () => (await told("left")).length === 1);
  // A menu takes the release of its button.
  await focusAt(1);
  await page.mouse.down();
  await page.evaluate(() => dispatchEvent(new MouseEvent("contextmenu")));
  await until("it is told as well", async () => (await told("left")).length === 1);
  await page.mouse.up();
});

story("a_destroyed_editor_tells_nothing_more", async () => {
  await open({ text: "x" });
  await focusAt(1);
  await call("destroy");
  assert.deepEqual(await page.evaluate(() => [window.told, document.querySelector("#editor").childElementCount]), [[], 0]);
});

story("markdown_is_marked_by_class_in_the_page_s_own_look", async () => {
  await open({ text: "# Title\n**bold** *soft* `code` [a](https://example.com) https://example.com" });
  await focusAt(0);
  for (const name of ["heading", "strong", "emphasis", "monospace", "link", "url", "meta"]) {
    assert.notEqual(await page.locator(`.tok-${name}`).count(), 0, name);
  }
  const look = await page.locator(".cm-content").evaluate((element) => {
    const { padding, caretColor, fontFamily } = getComputedStyle(element);
    return { padding, caretColor, fontFamily };
  });
  assert.deepEqual(look, { padding: "0px", caretColor: "rgb(1, 2, 3)", fontFamily: "monospace" });
});

/** What can be read in each line. */
const lines = () => page.locator(".cm-line").evaluateAll((all) => all.map((line) => line.innerText.replace(/\n$/, "")));

story("marks_are_hidden_away_from_the_caret_and_come_back_with_it", async () => {
  const text = "# Title\n**bold** and *soft* `code`\n[the page](https://example.com/a)\n> quoted\n```sql\nselect 1;\n```\n- point";
  await open({ text });
  const read = ["Title", "bold and soft code", "the page", "quoted", "", "select 1;", "", "- point"];
  assert.deepEqual(await lines(), read);
  await focusAt(text.indexOf("bold"));
  assert.equal((await lines())[1], "**bold** and soft code");
  await focusAt(text.indexOf("the page") + 2);
  assert.deepEqual((await lines()).slice(1, 3), ["bold and soft code", "[the page](https://example.com/a)"]);
  await focusAt(text.indexOf("select"));
  assert.deepEqual((await lines()).slice(4, 7), ["```sql", "select 1;", "```"]);
  await focusAt(0);
  assert.equal((await lines())[0], "# Title");
  await page.locator("#first").focus();
  // The editor learns of the focus a moment later.
  await page.locator(".cm-line").filter({ hasText: /^Title$/ }).waitFor();
  assert.deepEqual(await lines(), read, "without the keyboard nothing shows its marks");
  await assertFollowed(text);
  for (const name of ["md-h1", "md-quote", "md-code", "md-item"]) assert.notEqual(await page.locator(`.${name}`).count(), 0, name);
});

story("shortcuts_put_marks_around_words_and_take_them_off_again", async () => {
  await open({ text: "a link was gone" });
  await focusAt(3);
  await page.keyboard.press("Control+b");
  await assertFollowed("a **link** was gone");
  await page.keyboard.press("Control+i");
  await assertFollowed("a ***link*** was gone");
  await page.keyboard.press("Control+b");
  await assertFollowed("a *link* was gone");
  await page.keyboard.press("Control+i");
  await assertFollowed("a link was gone");
  await focusAt(2, 10);
  await page.keyboard.press("Control+e");
  await assertFollowed("a `link was` gone");
  await page.keyboard.press("Control+e");
  await focusAt(2, 6);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("https://example.com");
  await assertFollowed("a [link](https://example.com) was gone");
  await page.keyboard.press("Control+Shift+8");
  await assertFollowed("- a [link](https://example.com) was gone");
  await page.keyboard.press("Control+Shift+7");
  await assertFollowed("1. a [link](https://example.com) was gone");
  await page.keyboard.press("Control+Shift+7");
  await assertFollowed("a [link](https://example.com) was gone");
});

story("every_format_is_a_toggle_over_several_lines", async () => {
  for (const [name, expected] of [
    ["strong", "**one**\n\n**two**"],
    ["bullets", "- one\n\n- two"],
    ["numbers", "1. one\n\n2. two"],
    ["quote", "> one\n\n> two"],
    ["heading", "## one\n\n## two"],
    ["block", "```\none\n\ntwo\n```"],
  ]) {
    await page.evaluate(() => document.querySelector("#editor").replaceChildren());
    await open({ text: "one\n\ntwo" });
    await focusAt(0, 8);
    await call("format", name);
    await assertFollowed(expected);
    if (name === "strong") continue;
    await call("format", name);
    await assertFollowed("one\n\ntwo");
  }
});

story("an_address_pasted_over_words_makes_them_a_link", async () => {
  await open({ text: "see the graph" });
  await focusAt(8, 13);
  await paste("https://graphs.example/1");
  await assertFollowed("see the [graph](https://graphs.example/1)");
  await focusAt(0, 3);
  await paste("javascript:alert(1)");
  await assertFollowed("javascript:alert(1) the [graph](https://graphs.example/1)");
});

story("links_open_beside_their_words_and_only_harmless_ones", async () => {
  await open({ text: "[a](https://example.com/a) https://example.com/b [x](javascript:alert(1)) [y](data:text/html,x)" });
  const follow = page.locator("a.md-follow");
  assert.deepEqual(await follow.evaluateAll((all) => all.map((each) => each.href)), ["https://example.com/a", "https://example.com/b"]);
  assert.deepEqual(await follow.evaluateAll((all) => all.map((each) => each.rel)), ["noopener noreferrer", "noopener noreferrer"]);
  await page.evaluate(() => {
    window.opened = [];
    window.open = (...values) => void opened.push(values);
  });
  await page.getByText("https://example.com/b").click({ modifiers: ["Control"] });
  await focusAt(2);
  await page.keyboard.press("Alt+Enter");
  await focusAt(60);
  await page.keyboard.press("Alt+Enter");
  assert.deepEqual(await page.evaluate(() => window.opened.map(([address]) => address)), ["https://example.com/b", "https://example.com/a"]);
});

story("each_line_finds_its_own_direction_and_spelling_is_checked", async () => {
  await open({ text: "left\nשלום\nمرحبا" });
  const directions = await page.locator(".cm-line").evaluateAll((all) => all.map((line) => getComputedStyle(line).direction));
  assert.deepEqual(directions, ["ltr", "rtl", "rtl"]);
  assert.equal(await page.locator(".cm-content").getAttribute("spellcheck"), "true");
  await focusAt(7);
  await page.keyboard.type("!");
  await assertFollowed("left\nשל!ום\nمرحبا");
});

story("an_input_method_composes_on_a_line_that_others_edit_and_is_commented_on", async () => {
  await open({ text: "ab **cd** ef" });
  await focusAt(2);
  const session = await page.context().newCDPSession(page);
  const compose = (text) => session.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  const remote = async (changes) => {
    await call("apply", changes);
    await page.evaluate((list) => {
      for (const [from, to, insert] of list.toReversed()) window.shadow = shadow.slice(0, from) + insert + shadow.slice(to);
    }, changes);
  };
  await compose("に");
  await remote([[0, 0, ">> "]]);
  await compose("にほ");
  await call("passages", [{ id: "t", from: 3, to: 6, open: false }]);
  await remote([[17, 17, " gh"]]);
  await compose("にほん");
  await session.send("Input.insertText", { text: "日本" });
  await assertFollowed(">> ab日本 **cd** ef gh");
  assert.equal((await lines())[0], ">> ab日本 cd ef gh", "what is drawn is what is held");
});

story("words_that_threads_are_about_are_underlined_and_open_them", async () => {
  await open({ text: "hello wide world" });
  await call("passages", [{ id: "t-1", from: 0, to: 10, open: false }, { id: "t-2", from: 6, to: 10, open: true }, { id: "t-3", from: 99, to: 120, open: false }]);
  assert.equal(await page.locator('[data-thread="t-2"]').textContent(), "wide");
  await call("apply", [[0, 0, ">> "], [7, 7, "|"]]);
  assert.equal(await page.locator('.quo.open[data-thread="t-2"]').textContent(), "w|ide");
  await page.locator('[data-thread="t-2"]').click();
  assert.deepEqual(await told("passage"), [["t-2"]]);
  await focusAt(5);
  await page.keyboard.press("Control+Alt+m");
  await focusAt(16);
  await page.keyboard.press("Control+Alt+m");
  assert.deepEqual([(await told("passage")).length, (await told("comment")).length], [0, 1]);
  await call("found", 3, 8);
  assert.equal(await page.locator(".found").evaluateAll((all) => all.map((each) => each.textContent).join("")), "hello");
  await call("found", 0, 0);
  assert.equal(await page.locator(".found").count(), 0);
});

story("a_name_folds_away_and_comes_back_when_its_caret_moves", async () => {
  await open({ text: "hello world" });
  const mara = (head) => [{ id: "1", name: "Mara", person: "violet", anchor: head, head }];
  await call("carets", mara(2));
  const first = await page.locator(".caret").elementHandle();
  await call("carets", mara(2));
  assert.ok(await first.evaluate((caret) => caret.isConnected), "a caret that stays is not drawn anew");
  await call("carets", mara(5));
  assert.equal(await first.evaluate((caret) => caret.isConnected), false);
  assert.equal(await page.locator(".caret").count(), 1);
});

story("axe_finds_nothing", async () => {
  await open();
  await call("carets", [{ id: "1", name: "Mara", person: "violet", anchor: 0, head: 0 }]);
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send("Runtime.evaluate", {
    expression: `${axe.source}; axe.run().then(({ violations }) => violations.map(({ id }) => id))`,
    awaitPromise: true,
    returnByValue: true,
  });
  assert.deepEqual(result.value, []);
  assert.equal(await page.getByRole("textbox", { name: "Overview" }).count(), 1);
});

story("cells_of_a_spreadsheet_are_pasted_as_a_table", async () => {
  await open({ text: "before", limit: 1000 });
  await focusAt(6);
  await paste('Host\tState\r\ndb1\t"down\nsince 14:02"\r\na|b\tup\r\n');
  const table = "| Host | State |\n| --- | --- |\n| db1 | down since 14:02 |\n| a\\|b | up |";
  await assertFollowed(`before\n\n${table}`);
  await page.reload();
  await open();
  await paste("Host\tNote\ndb1\t\ndb2\t");
  await assertFollowed("| Host | Note |\n| --- | --- |\n| db1 |  |\n| db2 |  |");
  for (const plain of ["one\ttab", "a\tb\nc", "\tindented\n\tcode"]) {
    await page.reload();
    await open();
    await paste(plain);
    await assertFollowed(plain);
  }
});
