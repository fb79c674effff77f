// Other people's carets and selections. They move with the text until the page tells the next list; colours come from
// the style sheet by the person's token, never from a style attribute.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

/** Replaces the whole list. */
export const setCarets = StateEffect.define();

class Caret extends WidgetType {
  constructor({ id, name, person }, moves) {
    super();
    this.id = id;
    this.name = name;
    this.person = person;
    this.moves = moves;
  }

  // A caret that moved is drawn anew: the style sheet folds its name away after a while, from then on.
  eq(other) {
    return this.id === other.id && this.name === other.name && this.person === other.person && this.moves === other.moves;
  }

  toDOM() {
    const caret = document.createElement("span");
    caret.className = "caret";
    caret.dataset.p = this.person;
    // Not part of the text: a screen reader reads who is here from the section's own line.
    caret.ariaHidden = "true";
    const flag = document.createElement("b");
    flag.textContent = this.name;
    caret.append(flag);
    return caret;
  }

  ignoreEvent() {
    return false;
  }
}

/** Where each caret was, and how often it has moved. */
function known(set) {
  const carets = new Map();
  set.between(0, Infinity, (from, _to, { spec }) => {
    if (spec.widget) carets.set(spec.widget.id, { head: from, moves: spec.widget.moves });
  });
  return carets;
}

function decorations(list, length, before) {
  const clamp = (offset) => Math.max(0, Math.min(offset, length));
  const ranges = list.flatMap((person) => {
    const anchor = clamp(person.anchor);
    const head = clamp(person.head);
    // Side 1: what this person types at the caret pushes it along before the next list arrives.
    const old = before.get(person.id);
    const moves = old ? old.moves + Number(old.head !== head) : 0;
    const caret = Decoration.widget({ widget: new Caret(person, moves), side: 1 }).range(head);
    if (anchor === head) return [caret];
    const mark = Decoration.mark({ class: "sel", attributes: { "data-p": person.person } });
    return [mark.range(Math.min(anchor, head), Math.max(anchor, head)), caret];
  });
  return Decoration.set(ranges, true);
}

export const carets = StateField.define({
  create: () => Decoration.none,
  update(current, transaction) {
    const moved = current.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setCarets)) return decorations(effect.value, transaction.newDoc.length, known(moved));
    }
    return moved;
  },
  provide: (field) => EditorView.decorations.from(field),
});
