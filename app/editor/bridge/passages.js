// Words that threads are about, underlined, and the words that a search found. They move with the text until the page
// tells the next list; a click on them is told, and so is the key that asks for a comment.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

/** Replaces the whole list. */
export const setPassages = StateEffect.define();
/** Shows one found place; none when it is empty. */
export const setFound = StateEffect.define();

function marks(list, length, attributes) {
  const clamp = (offset) => Math.max(0, Math.min(offset, length));
  const ranges = list.flatMap((passage) => {
    const [from, to] = [clamp(passage.from), clamp(passage.to)];
    return from < to ? [Decoration.mark(attributes(passage)).range(from, to)] : [];
  });
  return Decoration.set(ranges, true);
}

function field(effectType, attributes) {
  return StateField.define({
    create: () => Decoration.none,
    update(current, transaction) {
      for (const effect of transaction.effects) {
        if (effect.is(effectType)) return marks(effect.value, transaction.newDoc.length, attributes);
      }
      return current.map(transaction.changes);
    },
    provide: (made) => EditorView.decorations.from(made),
  });
}

const threads = field(setPassages, ({ id, open }) => ({
  class: open ? "quo open" : "quo",
  attributes: { "data-thread": id },
}));

const found = field(setFound, () => ({ class: "found" }));

/** The thread on the words at an offset: the one with the fewest of them. */
export function threadAt(state, offset) {
  let nearest = null;
  state.field(threads).between(offset, offset, (from, to, mark) => {
    if (!nearest || to - from < nearest.length) nearest = { length: to - from, id: mark.spec.attributes["data-thread"] };
    return undefined;
  });
  return nearest?.id ?? null;
}

export function passages(tell) {
  return [
    threads,
    found,
    EditorView.domEventHandlers({
      click(event, view) {
        const { main } = view.state.selection;
        // Selecting words is not asking for their thread. The caret says where the click was: the marks that come back
        // around it have moved the words meanwhile.
        if (!main.empty || event.ctrlKey || event.metaKey || !event.target.closest?.(".quo")) return false;
        const id = threadAt(view.state, main.head);
        if (id) tell("passage", id);
        return false;
      },
    }),
  ];
}
