// Random edits with a seed, each word of which can be told from every other, so that a lost or doubled one shows.

import * as Y from "yjs";
import { texts } from "./peers.mjs";

const KINDS = ["trigger", "detection", "observation", "action", "decision", "communication", "recovery", "impact"];
const PRECISIONS = ["exact", "minute", "about"];
const MARK = /⟨[^⟩]*⟩/g;

/** Numbers in 0..1 that a seed decides (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Edits documents and remembers which marks must be there in the end, and which must not. */
export class Editing {
  written = new Set();
  erased = new Set();
  #chance;

  constructor(seed) {
    this.#chance = random(seed);
  }

  /** One random edit of a peer, as one transaction. */
  edit(peer) {
    const choices = [
      [8, () => this.#write(peer)],
      [2, () => this.#eraseMark(peer)],
      [2, () => this.#eraseOther(peer)],
      [3, () => this.#addEntry(peer)],
      [2, () => this.#changeEntry(peer)],
      [1, () => this.#deleteEntry(peer)],
    ];
    let left = this.#chance() * choices.reduce((sum, [weight]) => sum + weight, 0);
    const [, edit] = choices.find(([weight]) => (left -= weight) < 0);
    peer.doc.transact(edit);
  }

  /** One of several. */
  pick(list) {
    return list[Math.floor(this.#chance() * list.length)];
  }

  /** How often a mark stands in a document, everywhere in it. */
  static marksOf(doc) {
    const counts = new Map();
    for (const text of texts(doc).values()) {
      for (const [mark] of text.toString().matchAll(MARK)) counts.set(mark, (counts.get(mark) ?? 0) + 1);
    }
    return counts;
  }

  #write(peer) {
    const text = this.pick([...texts(peer.doc).values()]);
    text.insert(this.#place(text.toString()), this.#mark(peer));
  }

  #eraseMark(peer) {
    const text = this.pick([...texts(peer.doc).values()]);
    const mark = this.pick([...text.toString().matchAll(MARK)]);
    if (!mark) return this.#write(peer);
    text.delete(mark.index, mark[0].length);
    this.erased.add(mark[0]);
  }

  /** Deletes up to eight characters between marks. */
  #eraseOther(peer) {
    const text = this.pick([...texts(peer.doc).values()]);
    const words = text.toString();
    const gaps = words.split(MARK);
    const gap = this.pick(gaps.filter((each) => each.length > 8));
    if (!gap) return this.#write(peer);
    const from = words.indexOf(gap);
    const to = from + 1 + Math.floor(this.#chance() * 8);
    const isSplit = (index) => /[\uDC00-\uDFFF]/.test(words[index] ?? "");
    if (isSplit(from) || isSplit(to)) return this.#write(peer);
    text.delete(from, to - from);
  }

  #addEntry(peer) {
    const entry = new Y.Map();
    entry.set("at", this.#time());
    entry.set("kind", this.pick(KINDS));
    entry.set("precision", this.pick(PRECISIONS));
    entry.set("text", new Y.Text(this.#mark(peer)));
    peer.doc.getMap("timeline").set(this.#id(), entry);
  }

  #changeEntry(peer) {
    const entry = this.pick([...peer.doc.getMap("timeline").values()]);
    const [key, value] = this.pick([
      ["at", this.#time()],
      ["kind", this.pick(KINDS)],
      ["precision", this.pick(PRECISIONS)],
      ["note", `${peer.name} was here 🕰️`],
    ]);
    entry.set(key, value);
  }

  /** Deletes an entry, or brings it back: its text stays either way. */
  #deleteEntry(peer) {
    const entry = this.pick([...peer.doc.getMap("timeline").values()]);
    entry.set("deleted", entry.get("deleted") !== true);
  }

  #mark(peer) {
    const mark = `⟨${peer.name}.${this.written.size}${this.pick(["", "🔥", "👩‍🚒", "é", "データ"])}⟩`;
    this.written.add(mark);
    return mark;
  }

  /** A place in a text that is inside of no mark and no surrogate pair. */
  #place(words) {
    const free = (index) =>
      !/[\uDC00-\uDFFF]/.test(words[index] ?? "") &&
      [...words.matchAll(MARK)].every((mark) => index <= mark.index || index >= mark.index + mark[0].length);
    const start = Math.floor(this.#chance() * (words.length + 1));
    for (let index = start; index < words.length; index += 1) if (free(index)) return index;
    return words.length;
  }

  #time() {
    const minute = Math.floor(this.#chance() * 24 * 60);
    return new Date(Date.UTC(2018, 9, 21, 22, 52 + minute)).toISOString().replace(".000Z", "Z");
  }

  #id() {
    const digits = (count) => Array.from({ length: count }, () => Math.floor(this.#chance() * 16).toString(16)).join("");
    return `019a0000-${digits(4)}-7${digits(3)}-8${digits(3)}-${digits(12)}`;
  }
}
