// What may enter the text from the keyboard, the clipboard or an input method: well-formed UTF-16, line feeds only,
// and not more than the limit. Remote edits pass untouched, since the replica has them already.

import { EditorState, Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** Cleans pasted text and, for what comes by any other way, the change itself. */
export function wellFormed(multiline) {
  const clean = (text) => {
    const lines = text.replace(/\r\n?/g, "\n");
    return multiline ? lines : lines.replace(/\n+/g, " ");
  };

  return [
    EditorView.clipboardInputFilter.of(clean),
    EditorState.transactionFilter.of((transaction) => {
      if (!transaction.docChanged || transaction.annotation(Transaction.remote)) return transaction;
      const changes = [];
      let touched = false;
      transaction.changes.iterChanges((from, to, _newFrom, _newTo, inserted) => {
        const raw = { from, to, insert: inserted.toString() };
        const change = aligned(transaction.startState.doc, { ...raw, insert: clean(raw.insert) });
        touched ||= change.from !== from || change.to !== to || change.insert !== raw.insert;
        changes.push(change);
      });
      if (!touched) return transaction;
      return {
        changes,
        selection: selectionAfter(transaction, changes),
        scrollIntoView: transaction.scrollIntoView,
        userEvent: transaction.annotation(Transaction.userEvent),
      };
    }),
  ];
}

/** Turns away the local edits that would pass the limit; the text stays as it was and nothing typed before is lost. */
export function admission(limit, isLocal, tell) {
  return (transactions, view) => {
    const grown = transactions.find(
      (transaction) =>
        isLocal(transaction) &&
        transaction.newDoc.length > limit &&
        transaction.newDoc.length > transaction.startState.doc.length,
    );
    if (grown) {
      tell("refused", "too_long", grown.newDoc.length);
    } else {
      view.update(transactions);
    }
  };
}

/**
 * A change whose ends lie between characters. Editors compare texts by code units: replacing one emoji by another that
 * shares its first half arrives as a change of the second half alone, which a replica cannot hold.
 */
function aligned(doc, { from, to, insert }) {
  if (splitsCharacter(doc, from)) {
    insert = doc.sliceString(from - 1, from) + insert;
    from -= 1;
  }
  if (splitsCharacter(doc, to)) {
    insert += doc.sliceString(to, to + 1);
    to += 1;
  }
  return { from, to, insert: insert.toWellFormed?.() ?? insert };
}

function splitsCharacter(doc, offset) {
  return offset > 0 && offset < doc.length && /^[\ud800-\udbff][\udc00-\udfff]$/.test(doc.sliceString(offset - 1, offset + 1));
}

/** Where the transaction put the selection, or behind what it inserted when cleaning has changed the lengths. */
function selectionAfter(transaction, changes) {
  const growth = changes.reduce((sum, { from, to, insert }) => sum + insert.length - (to - from), 0);
  if (transaction.startState.doc.length + growth === transaction.newDoc.length) return transaction.selection;
  return { anchor: changes.at(-1).to + growth };
}
