// The keyboard: what the page wants to know of, and lists that go on. Tab stays the browser's, so that nobody is
// trapped; undo is the replica's, since it takes back one's own edits only.

import { insertNewlineKeepIndent, standardKeymap } from "@codemirror/commands";
import { EditorView, keymap } from "@codemirror/view";
import { format } from "./format.js";
import { openLinkAt } from "./live.js";
import { threadAt } from "./passages.js";

export function keys(multiline, tell) {
  const say = (name) => () => {
    tell(name);
    return true;
  };

  const shape = (name) => (view) => format(view, name);

  return [
    keymap.of([
      { key: "Mod-b", run: shape("strong"), preventDefault: true },
      { key: "Mod-i", run: shape("emphasis"), preventDefault: true },
      { key: "Mod-e", run: shape("code"), preventDefault: true },
      { key: "Mod-k", run: shape("link"), preventDefault: true },
      { key: "Mod-Shift-7", run: shape("numbers"), preventDefault: true },
      { key: "Mod-Shift-8", run: shape("bullets"), preventDefault: true },
      { key: "Alt-Enter", run: (view) => openLinkAt(view, view.state.selection.main.head) },
      { key: "Alt-F10", run: say("tools"), preventDefault: true },
      {
        key: "Mod-Alt-m",
        preventDefault: true,
        run(view) {
          const { main } = view.state.selection;
          const thread = main.empty ? threadAt(view.state, main.head) : null;
          if (thread) tell("passage", thread);
          else tell("comment");
          return true;
        },
      },
      { key: "Mod-z", run: say("undo"), preventDefault: true },
      { key: "Mod-y", run: say("redo"), preventDefault: true },
      { key: "Mod-Shift-z", run: say("redo"), preventDefault: true },
      { key: "Mod-Enter", run: say("submit") },
      { key: "Escape", run: say("cancel") },
      multiline
        ? { key: "Enter", run: (view) => continueList(view) || insertNewlineKeepIndent(view) }
        : { key: "Enter", run: say("submit") },
      ...standardKeymap,
    ]),
    // The browser's own menu and a phone's shake ask for undo this way.
    EditorView.domEventHandlers({
      beforeinput(event) {
        const name = { historyUndo: "undo", historyRedo: "redo" }[event.inputType];
        if (!name) return false;
        event.preventDefault();
        tell(name);
        return true;
      },
    }),
  ];
}

const LIST_ITEM = /^(\s*)(?:([-*+>])|(\d{1,9})([.)]))\s+(\[[ xX]\]\s+)?/;

/** Enter in a list item or a quote starts the next one; in an empty one it ends the list. */
function continueList(view) {
  const { state } = view;
  if (state.readOnly) return false;
  const { main } = state.selection;
  const line = state.doc.lineAt(main.head);
  const item = LIST_ITEM.exec(line.text);
  if (!main.empty || !item || main.head < line.from + item[0].length) return false;

  const [marks, indent, bullet, number, end, task] = item;
  if (marks.length === line.length) {
    view.dispatch({ changes: { from: line.from, to: line.to }, userEvent: "delete" });
    return true;
  }
  const next = `\n${indent}${bullet ?? `${Number(number) + 1}${end}`} ${task ? "[ ] " : ""}`;
  view.dispatch(state.replaceSelection(next), { scrollIntoView: true, userEvent: "input" });
  return true;
}
