// Markdown, read: the text keeps its marks and gets classes (`tok-heading`, `tok-strong` and so on) for the style sheet
// to draw. `live.js` hides the marks.

import { Language, defineLanguageFacet, languageDataProp, syntaxHighlighting } from "@codemirror/language";
import { tagHighlighter, tags } from "@lezer/highlight";
import { Strikethrough, TaskList, parser } from "@lezer/markdown";
import { Addresses } from "./address.js";

const data = defineLanguageFacet({});

const language = new Language(
  data,
  parser.configure([
    Strikethrough,
    TaskList,
    Addresses,
    { props: [languageDataProp.add((type) => (type.isTop ? data : undefined))] },
  ]),
  [],
  "markdown",
);

const classes = tagHighlighter([
  { tag: tags.heading, class: "tok-heading" },
  { tag: tags.strong, class: "tok-strong" },
  { tag: tags.emphasis, class: "tok-emphasis" },
  { tag: tags.strikethrough, class: "tok-strikethrough" },
  { tag: tags.monospace, class: "tok-monospace" },
  { tag: tags.link, class: "tok-link" },
  { tag: tags.url, class: "tok-url" },
  { tag: tags.quote, class: "tok-quote" },
  { tag: tags.processingInstruction, class: "tok-meta" },
]);

export const markdown = [language, syntaxHighlighting(classes)];
