// The editor takes the page's look: its own paddings, frames, faces and colours go away.

import { EditorView } from "@codemirror/view";

export const theme = EditorView.theme({
  "&": { font: "inherit", color: "inherit", backgroundColor: "transparent" },
  // The page draws the frame of what has the focus.
  "&.cm-focused": { outline: "none" },
  // The caret flags stand above the first line, where a scroller would cut them off.
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit", overflow: "visible" },
  ".cm-content": { padding: "0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0" },
  ".cm-placeholder": { color: "var(--ink-3)" },
});
