// What the formats of pasted text say: cells copied from a spreadsheet become a table, since tabs between words are nothing
// to readers, and links keep their addresses.

import { syntaxTree } from "@codemirror/language";
import { EditorView } from "@codemirror/view";

/** The rows of tab-separated text; a cell in quotation marks may hold tabs, line ends and doubled marks. */
function rowsOf(text) {
  const rows = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/gy;
  for (;;) {
    const match = cell.exec(text);
    if (!match) return [];
    const [, quoted, plain, end] = match;
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "") break;
    if (end === "\n") rows.push([]);
  }
  return rows;
}

/** A Markdown table, or null where the text is no grid of cells. */
export function tableOf(text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  if (!lines.includes("\t")) return null;
  const rows = rowsOf(lines);
  const columns = rows[0]?.length ?? 0;
  if (rows.length < 2 || columns < 2 || rows.some((row) => row.length !== columns)) return null;
  // Tabs at the beginning of every line indent it.
  if (rows.every((row) => row[0].trim() === "")) return null;
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const written = rows.map((row) => line(row.map((cell) => cell.trim().replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|"))));
  return [written[0], line(rows[0].map(() => "---")), ...written.slice(1)].join("\n");
}

function isInCode(state) {
  for (let node = syntaxTree(state).resolveInner(state.selection.main.from, -1); node; node = node.parent) {
    if (/Code/.test(node.name)) return true;
  }
  return false;
}

/**
 * Pasted cells as a table, and pasted words with the addresses of their links, which `addressed` reads in the formatted
 * text. In an editor of one line cells are words.
 */
export function formatted(multiline, addressed) {
  return EditorView.domEventHandlers({
    paste(event, view) {
      const plain = (event.clipboardData?.getData("text/plain") ?? "").replace(/\r\n?/g, "\n");
      // In code, tabs and addresses are what they are.
      if (plain === "" || isInCode(view.state)) return false;
      const html = event.clipboardData.getData("text/html");
      const text = html && addressed ? addressed(plain, html) : plain;
      const table = multiline ? tableOf(text) : null;
      if (!table && text === plain) return false;
      event.preventDefault();
      const { state } = view;
      const insert = table ? apart(state, table) : multiline ? text : text.replace(/\n+/g, " ");
      view.dispatch(state.replaceSelection(insert), { userEvent: "input.paste", scrollIntoView: true });
      return true;
    },
  });
}

/** A table with the empty lines that it needs around it. */
function apart(state, table) {
  const { from, to } = state.selection.main;
  const before = state.sliceDoc(Math.max(0, from - 2), from);
  const behind = state.sliceDoc(to, to + 2);
  const gap = (beside, blank) => (beside === "" || beside === "\n\n" ? "" : blank ? "\n" : "\n\n");
  return gap(before, before.endsWith("\n")) + table + gap(behind, behind.startsWith("\n"));
}
