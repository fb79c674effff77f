// Markdown by buttons and keys, for those who do not know its marks. Each is a toggle: what is bold becomes plain again.

import { EditorSelection } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { harmless } from "./address.js";

const WRAPS = { strong: "**", emphasis: "*", code: "`", strikethrough: "~~" };
const ITEM = /^(\s*)(?:[-*+]|\d{1,9}[.)])\s+/;
const PREFIXES = {
  bullets: { is: /^(\s*)[-*+]\s+/, make: () => "- ", replaces: ITEM },
  numbers: { is: /^(\s*)\d{1,9}[.)]\s+/, make: (index) => `${index + 1}. `, replaces: ITEM },
  quote: { is: /^(\s*)>\s?/, make: () => "> " },
  heading: { is: /^(\s*)#{1,6}\s+/, make: () => "## ", replaces: /^(\s*)#{1,6}\s+/ },
};

/** Carries out a format by its name. */
export function format(view, name) {
  if (view.state.readOnly) return false;
  const transaction =
    name in WRAPS ? wrapped(view.state, WRAPS[name])
    : name in PREFIXES ? prefixed(view.state, PREFIXES[name])
    : name === "link" ? linked(view.state)
    : name === "block" ? fenced(view.state)
    : null;
  if (!transaction) return false;
  view.dispatch(view.state.update(transaction, { scrollIntoView: true, userEvent: "input.format" }));
  return true;
}

/** How many of the mark's character stand directly before and behind a range, at most three. */
function around(doc, from, to, character) {
  let before = 0;
  while (before < 3 && doc.sliceString(from - before - 1, from - before) === character) before++;
  let behind = 0;
  while (behind < 3 && doc.sliceString(to + behind, to + behind + 1) === character) behind++;
  return Math.min(before, behind);
}

/** One asterisk is soft, two are bold, three are both. */
function has(count, mark) {
  return mark === "*" ? count % 2 === 1 : count >= mark.length;
}

function wrapped(state, mark) {
  return state.changeByRange((range) => {
    const { doc } = state;
    const word = range.empty ? state.wordAt(range.head) : null;
    let { from, to } = word ?? range;
    // Blanks at the ends stay outside: marks do not work beside them.
    const words = doc.sliceString(from, to);
    if (words.trim() !== "") {
      from += words.length - words.trimStart().length;
      to -= words.length - words.trimEnd().length;
    }
    const size = mark.length;
    if (has(around(doc, from, to, mark[0]), mark)) {
      return {
        changes: [{ from: from - size, to: from }, { from: to, to: to + size }],
        range: EditorSelection.range(range.anchor - size, range.head - size),
      };
    }
    const inner = doc.sliceString(from, to);
    if (inner.length > 2 * size && inner.startsWith(mark) && inner.endsWith(mark)) {
      return {
        changes: [{ from, to: from + size }, { from: to - size, to }],
        range: EditorSelection.range(from, to - 2 * size),
      };
    }
    // Marks do not reach over paragraphs, so each line gets its own.
    const changes = [];
    for (let at = doc.lineAt(from); ; at = doc.line(at.number + 1)) {
      const start = Math.max(at.from, from);
      const end = Math.min(at.to, to);
      if (end > start || from === to) changes.push({ from: start, insert: mark }, { from: end, insert: mark });
      if (at.to >= to || at.number === doc.lines) break;
    }
    if (changes.length === 0) return { range };
    const moved = changes.length > 2 ? null : size;
    return {
      changes,
      range: moved === null ? EditorSelection.range(from, to + changes.length * size) : EditorSelection.range(range.empty ? range.head + size : from + size, range.empty ? range.head + size : to + size),
    };
  });
}

function prefixed(state, { is, make, replaces }) {
  const { doc } = state;
  const { from, to } = state.selection.main;
  const lines = [];
  for (let at = doc.lineAt(from); ; at = doc.line(at.number + 1)) {
    if (at.text.trim() !== "" || from === to) lines.push(at);
    if (at.to >= to || at.number === doc.lines) break;
  }
  const takesOff = lines.every((at) => is.test(at.text));
  const changes = lines.flatMap((at, index) => {
    const old = (takesOff ? is : (replaces ?? /^(\s*)/)).exec(at.text) ?? /^(\s*)/.exec(at.text);
    const insert = takesOff ? "" : make(index);
    const start = at.from + old[1].length;
    return [{ from: start, to: at.from + old[0].length, insert }];
  });
  const set = state.changes(changes);
  return { changes: set, selection: state.selection.map(set, 1) };
}

function linked(state) {
  return state.changeByRange((range) => {
    const { from, to } = (range.empty ? state.wordAt(range.head) : null) ?? range;
    const words = state.sliceDoc(from, to);
    if (harmless(words)) {
      return { changes: { from, to, insert: `[](${words})` }, range: EditorSelection.cursor(from + 1) };
    }
    const address = "https://";
    const insert = `[${words}](${address})`;
    const start = from + words.length + 3;
    // The address waits to be typed over; without words they come first.
    const next = words === "" ? EditorSelection.cursor(from + 1) : EditorSelection.range(start, start + address.length);
    return { changes: { from, to, insert }, range: next };
  });
}

function fenced(state) {
  const { doc } = state;
  const { from, to } = state.selection.main;
  const [first, last] = [doc.lineAt(from), doc.lineAt(to)];
  const fence = "```";
  const [before, behind] = [first.number > 1 && doc.line(first.number - 1), last.number < doc.lines && doc.line(last.number + 1)];
  if (before && behind && before.text.startsWith(fence) && behind.text.trim() === fence) {
    return { changes: [{ from: before.from, to: first.from }, { from: last.to, to: behind.to }] };
  }
  return {
    changes: [{ from: first.from, insert: `${fence}\n` }, { from: last.to, insert: `\n${fence}` }],
    selection: { anchor: from + fence.length + 1, head: to + fence.length + 1 },
  };
}

/** An address pasted over words makes a link of them. */
export const pastedLinks = EditorView.domEventHandlers({
  paste(event, view) {
    const { main } = view.state.selection;
    const address = event.clipboardData?.getData("text/plain").trim() ?? "";
    const words = view.state.sliceDoc(main.from, main.to);
    if (main.empty || !harmless(address) || /[\n\]]/.test(words) || harmless(words)) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(`[${words}](${address})`), { userEvent: "input.paste", scrollIntoView: true });
    return true;
  },
});
