// Markdown as it reads: the marks are there while the caret is in them and hidden otherwise, and lines have the shape of
// what they are. Only what is on the screen is looked at. Nothing of this is in the text.

import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";
import { targetOf } from "./address.js";

/** Marks that say how their neighbours look: hidden with the whole that they belong to. */
const INLINE = new Set(["Emphasis", "StrongEmphasis", "Strikethrough", "InlineCode", "Link", "Image", "Autolink", "Escape"]);
const LINKS = new Set(["Link", "Image", "Autolink"]);
const MARKS = new Set(["EmphasisMark", "StrikethroughMark", "CodeMark", "LinkMark", "LinkTitle"]);

const line = (name) => Decoration.line({ class: name });
const LINES = {
  ATXHeading1: line("md-h1"),
  ATXHeading2: line("md-h2"),
  ATXHeading3: line("md-h3"),
  ATXHeading4: line("md-h3"),
  ATXHeading5: line("md-h3"),
  ATXHeading6: line("md-h3"),
  SetextHeading1: line("md-h1"),
  SetextHeading2: line("md-h2"),
};
const CODE = line("md-code");
const FENCE = line("md-code md-fence");
const QUOTE = line("md-quote");
const ITEM = line("md-item");
const RULE = line("md-rule");
/** Each line finds its own direction, so that Arabic or Hebrew stands beside English. */
const DIRECTION = Decoration.line({ attributes: { dir: "auto" } });
const HIDDEN = Decoration.replace({});
const BULLET = Decoration.mark({ class: "md-bullet" });
const LINK = Decoration.mark({ class: "md-link" });
const INLINE_CODE = Decoration.mark({ class: "md-inline-code" });

/** The character that an entity stands for. */
class Character extends WidgetType {
  constructor(text) {
    super();
    this.text = text;
  }

  eq(other) {
    return this.text === other.text;
  }

  toDOM() {
    return document.createTextNode(this.text);
  }

  ignoreEvent() {
    return false;
  }
}

const entities = new DOMParser();

/** What an entity is read as; itself where it is none. */
function characterOf(entity) {
  const isNumber = entity.startsWith("&#");
  if (isNumber && !/^&#(?:\d{1,7}|x[\da-f]{1,6});$/i.test(entity)) return entity;
  return entities.parseFromString(entity, "text/html").body.textContent;
}

/** A way to follow a link for a finger or a mouse; the keyboard has Alt and Enter. */
class Follow extends WidgetType {
  constructor(target) {
    super();
    this.target = target;
  }

  eq(other) {
    return this.target === other.target;
  }

  toDOM() {
    const anchor = document.createElement("a");
    anchor.className = "md-follow";
    anchor.href = this.target;
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer";
    anchor.tabIndex = -1;
    anchor.title = this.target;
    anchor.ariaLabel = "Open the link";
    return anchor;
  }

  ignoreEvent() {
    return true;
  }
}

/** A language behind a fence; other words there are a first line, which readers get too (`markdown/shown.rs`). */
const LANGUAGE = /^[\w+#.-]{0,20}$/;

const setFocused = StateEffect.define();

/** Whether the keyboard is in this editor: where it is not, no caret shows any marks. */
const focused = StateField.define({
  create: () => false,
  update: (value, transaction) => transaction.effects.reduce((now, effect) => (effect.is(setFocused) ? effect.value : now), value),
});

function decorate(view) {
  const { state } = view;
  const { doc } = state;
  const ranges = state.field(focused) ? state.selection.ranges : [];
  const isAt = (from, to) => ranges.some((range) => range.from <= to && range.to >= from);
  const isOnLines = (from, to) => isAt(doc.lineAt(from).from, doc.lineAt(to).to);
  const found = [];
  const hide = (from, to) => {
    // What reaches over a line end stays: hiding it would join lines that the text keeps apart.
    if (to > from && to <= doc.lineAt(from).to) found.push(HIDDEN.range(from, to));
  };
  const linesOf = (from, to, decoration) => {
    for (let at = doc.lineAt(from); ; at = doc.line(at.number + 1)) {
      found.push(decoration.range(at.from));
      if (at.to >= to || at.number === doc.lines) break;
    }
  };
  const follow = (target, at) => {
    if (target) found.push(Decoration.widget({ widget: new Follow(target), side: 1 }).range(at));
  };

  for (const { from, to } of view.visibleRanges) {
    for (let at = doc.lineAt(from); at.from <= to; at = doc.line(at.number + 1)) {
      found.push(DIRECTION.range(at.from));
      if (at.number === doc.lines) break;
    }
    (ensureSyntaxTree(state, to, 20) ?? syntaxTree(state)).iterate({
      from,
      to,
      enter(node) {
        const { name } = node;
        if (LINES[name]) linesOf(node.from, node.to, LINES[name]);
        if (name === "HeaderMark") {
          const heading = node.node.parent;
          if (heading && !isOnLines(heading.from, heading.to)) {
            // The blank behind the first mark, or before a closing one, goes with it.
            const isFirst = node.from === heading.from;
            const blank = isFirst ? /^[ \t]*/.exec(doc.sliceString(node.to, node.to + 8))[0].length : 0;
            const isUnderline = heading.name.startsWith("Setext");
            if (!isUnderline) hide(node.from, Math.min(node.to + blank, doc.lineAt(node.from).to));
          }
        } else if (INLINE.has(name)) {
          const isShown = isAt(node.from, node.to);
          if (name === "InlineCode") found.push(INLINE_CODE.range(node.from, node.to));
          if (name === "Escape" && !isShown) hide(node.from, node.from + 1);
          if (LINKS.has(name)) {
            const url = addressOf(node.node);
            const target = url && targetOf(doc.sliceString(url.from, url.to), name === "Autolink");
            // What readers get as it is written is shown as it is written.
            if (!target) return;
            found.push(LINK.range(node.from, node.to));
            if (name !== "Autolink" && !isShown) {
              // From the bracket that closes the words to the end: the address, its title and their brackets.
              hide(node.node.getChildren("LinkMark")[1].from, node.to);
              const opening = node.node.firstChild;
              if (opening) hide(opening.from, opening.to);
            }
            follow(target, node.to);
            if (name !== "Autolink" && !isShown) return;
          }
          if (!isShown) {
            for (let child = node.node.firstChild; child; child = child.nextSibling) {
              if (MARKS.has(child.name)) hide(child.from, child.to);
            }
          }
        } else if (name === "URL" && isBare(node.node)) {
          // An address that stands for itself.
          const target = targetOf(doc.sliceString(node.from, node.to));
          if (target) found.push(LINK.range(node.from, node.to));
          follow(target, node.to);
        } else if (name === "Entity") {
          const written = doc.sliceString(node.from, node.to);
          const character = characterOf(written);
          if (character !== written && !isAt(node.from, node.to)) {
            const widget = new Character(character);
            found.push(Decoration.replace({ widget, isHiding: true }).range(node.from, node.to));
          }
        } else if (name === "HardBreak") {
          if (doc.sliceString(node.from, node.from + 1) === "\\" && !isAt(node.from, node.from + 1)) hide(node.from, node.from + 1);
        } else if (name === "FencedCode") {
          const isShown = isOnLines(node.from, node.to);
          const [opening, closing] = node.node.getChildren("CodeMark");
          linesOf(node.from, node.to, CODE);
          const info = node.node.getChild("CodeInfo");
          const isLine = info && !LANGUAGE.test(doc.sliceString(info.from, info.to));
          if (isLine && !isShown) hide(opening.from, info.from);
          for (const fence of isLine ? [closing] : [opening, closing]) {
            if (!fence || isShown) continue;
            const at = doc.lineAt(fence.from);
            const isAlone = doc.sliceString(at.from, fence.from).trim() === "";
            if (isAlone) found.push(FENCE.range(at.from));
            hide(isAlone ? at.from : fence.from, at.to);
          }
          return false;
        } else if (name === "CodeBlock") {
          linesOf(node.from, node.to, CODE);
          return false;
        } else if (name === "Blockquote") {
          linesOf(node.from, node.to, QUOTE);
        } else if (name === "QuoteMark") {
          if (!isOnLines(node.from, node.to)) {
            const blank = doc.sliceString(node.to, node.to + 1) === " " ? 1 : 0;
            hide(node.from, node.to + blank);
          }
        } else if (name === "ListItem") {
          found.push(ITEM.range(doc.lineAt(node.from).from));
        } else if (name === "ListMark") {
          found.push(BULLET.range(node.from, node.to));
        } else if (name === "HorizontalRule" && !isOnLines(node.from, node.to)) {
          found.push(RULE.range(doc.lineAt(node.from).from));
          hide(node.from, node.to);
        }
        return undefined;
      },
    });
  }
  return Decoration.set(withoutNested(found), true);
}

/** The node of a link's own address, which stands behind its words where it has any. */
function addressOf(link) {
  const [, closing] = link.getChildren("LinkMark");
  return link.getChildren("URL").find((url) => link.name === "Autolink" || (closing && url.from >= closing.to)) ?? null;
}

/** Whether an address stands for itself: brackets around it alone make no link. */
const isBare = (url) => !LINKS.has(url.parent?.name) || !addressOf(url.parent);

/** Replacements must not overlap: the widest stays. */
function withoutNested(found) {
  const isHiding = (range) => range.value === HIDDEN || range.value.spec.isHiding;
  const hidden = found.filter(isHiding).sort((a, b) => a.from - b.from || b.to - a.to);
  let end = -1;
  const kept = new Set();
  for (const range of hidden) {
    if (range.from >= end) {
      kept.add(range);
      end = range.to;
    }
  }
  return found.filter((range) => !isHiding(range) || kept.has(range));
}

const drawn = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = decorate(view);
      this.tree = syntaxTree(view.state);
    }

    update(update) {
      const tree = syntaxTree(update.state);
      const focus = update.startState.field(focused) !== update.state.field(focused);
      if (update.view.composing && !focus) {
        // What is being composed must not be drawn anew under the input method.
        this.decorations = this.decorations.map(update.changes);
        this.isBehind = true;
      } else if (update.docChanged || update.viewportChanged || update.selectionSet || focus || tree !== this.tree || this.isBehind) {
        this.decorations = decorate(update.view);
        this.isBehind = false;
      }
      this.tree = tree;
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

/** The address of the link at an offset. */
export function linkAt(state, offset) {
  for (let node = syntaxTree(state).resolveInner(offset, -1); node; node = node.parent) {
    if (LINKS.has(node.name)) {
      const url = addressOf(node);
      return url && targetOf(state.sliceDoc(url.from, url.to), node.name === "Autolink");
    }
    if (node.name === "URL" && isBare(node)) return targetOf(state.sliceDoc(node.from, node.to));
  }
  return null;
}

/** Opens the link at an offset in a tab of its own; whether there was one. */
export function openLinkAt(view, offset) {
  const target = linkAt(view.state, offset);
  if (!target) return false;
  window.open(target, "_blank", "noopener,noreferrer");
  return true;
}

export const live = [
  focused,
  drawn,
  EditorView.perLineTextDirection.of(true),
  EditorView.focusChangeEffect.of((_state, isFocused) => setFocused.of(isFocused)),
  EditorView.domEventHandlers({
    mousedown(event, view) {
      if (event.button !== 0 || !(event.ctrlKey || event.metaKey)) return false;
      const offset = view.posAtCoords({ x: event.clientX, y: event.clientY });
      if (offset === null || !openLinkAt(view, offset)) return false;
      event.preventDefault();
      return true;
    },
  }),
];
