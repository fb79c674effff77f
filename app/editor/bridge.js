// The door between the page and CodeMirror: `window.DebriefEditor.create` makes one editor and answers its handle.
// Everything here is synchronous, since an asynchronous hop between the editor and the replica lets the two diverge.

import { Compartment, EditorState, Transaction } from "@codemirror/state";
import { EditorView, placeholder } from "@codemirror/view";
import { carets, setCarets } from "./bridge/carets.js";
import { formatted } from "./bridge/cells.js";
import { format, pastedLinks } from "./bridge/format.js";
import { admission, wellFormed } from "./bridge/input.js";
import { files } from "./bridge/files.js";
import { keys } from "./bridge/keys.js";
import { live } from "./bridge/live.js";
import { markdown } from "./bridge/markdown.js";
import { passages, setFound, setPassages } from "./bridge/passages.js";
import { afterPress } from "./bridge/press.js";
import { theme } from "./bridge/theme.js";
import "./release.js";
import "./shelf.js";
import "./stopped.js";

/** A remote edit: the replica has it already, so nothing about it is told back. */
const remote = [Transaction.remote.of(true), Transaction.addToHistory.of(false)];

function create(parent, options, events) {
  let alive = true;
  let told = { anchor: 0, head: 0 };
  // An editor that is being destroyed still loses the focus; by then its callbacks are gone.
  const tell = (name, ...values) => {
    if (alive) events[name]?.(...values);
  };

  const writing = new Compartment();

  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        // Every other line ending is a plain character, so that offsets here and in the replica are the same.
        EditorState.lineSeparator.of("\n"),
        EditorView.cspNonce.of(options.nonce),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-label": options.label,
          "aria-multiline": String(options.multiline),
          spellcheck: "true",
          autocorrect: "on",
          autocapitalize: "sentences",
        }),
        placeholder(options.placeholder),
        writing.of(locked(options.locked)),
        wellFormed(options.multiline),
        files(tell),
        pastedLinks,
        formatted(options.multiline, options.addressed),
        keys(options.multiline, tell),
        markdown,
        live,
        passages(tell),
        carets,
        theme,
        EditorView.domEventHandlers({
          focus: () => tell("focused"),
          // The tools of the editor are a part of it.
          blur: (event) => {
            const writing = parent.closest("[data-writing]");
            if (writing?.contains(event.relatedTarget)) return;
            tell("blurred");
            writing?.setAttribute("data-leaving", "");
            afterPress(() => {
              writing?.removeAttribute("data-leaving");
              if (!writing?.contains(document.activeElement)) tell("left");
            });
          },
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && update.transactions.some(isLocal)) tell("changed", changesOf(update));
          const { anchor, head } = update.state.selection.main;
          // Where the keyboard is not, a selection that others' edits move is nobody's place.
          if (view.hasFocus && (anchor !== told.anchor || head !== told.head)) {
            told = { anchor, head };
            tell("selected", anchor, head);
          }
        }),
      ],
    }),
    dispatchTransactions: admission(options.limit, isLocal, tell),
  });

  const clamp = (offset) => Math.max(0, Math.min(offset, view.state.doc.length));

  return {
    apply(changes) {
      view.dispatch({
        changes: changes.map(([from, to, insert]) => ({ from, to, insert })),
        annotations: remote,
      });
    },
    text: () => view.state.doc.toString(),
    length: () => view.state.doc.length,
    reset(text) {
      const change = difference(view.state.doc.toString(), text);
      if (change) view.dispatch({ changes: change, annotations: remote });
    },
    carets(list) {
      view.dispatch({ effects: setCarets.of(list) });
    },
    passages(list) {
      view.dispatch({ effects: setPassages.of(list) });
    },
    /** Shows a found place and brings it into sight; an empty one takes the last away. */
    found(from, to) {
      const effects = [setFound.of([{ from, to }])];
      if (from < to) effects.push(EditorView.scrollIntoView(clamp(from), { y: "center" }));
      view.dispatch({ effects });
    },
    /** Whether nothing may be written here; it is read, selected and commented on all the same. */
    lock(isLocked) {
      view.dispatch({ effects: writing.reconfigure(locked(isLocked)) });
    },
    format: (name) => format(view, name),
    /** Where the line of an offset is in the window, in pixels. */
    top(offset) {
      const at = view.coordsAtPos(clamp(offset));
      return at ? at.top : view.documentTop + view.lineBlockAt(clamp(offset)).top;
    },
    focus: () => view.focus(),
    select(anchor, head) {
      view.dispatch({
        selection: { anchor: clamp(anchor), head: clamp(head) },
        scrollIntoView: view.hasFocus,
      });
    },
    selection() {
      const { anchor, head } = view.state.selection.main;
      return [anchor, head];
    },
    destroy() {
      alive = false;
      view.destroy();
    },
  };
}

function locked(isLocked) {
  return isLocked ? [EditorState.readOnly.of(true), EditorView.contentAttributes.of({ "aria-readonly": "true" })] : [];
}

function isLocal(transaction) {
  return transaction.docChanged && !transaction.annotation(Transaction.remote);
}

/** The edit as `[from, to, insert]`, in offsets of the text before it, ascending. */
function changesOf(update) {
  const changes = [];
  update.changes.iterChanges((from, to, _newFrom, _newTo, inserted) => {
    changes.push([from, to, inserted.toString()]);
  });
  return changes;
}

/** The smallest single replacement that turns one text into the other: what lies outside keeps the selection in place. */
function difference(before, after) {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

window.DebriefEditor = { create };
