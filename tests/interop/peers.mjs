// Peers made of the npm packages as they are: `yjs` for the document and `y-websocket` for the connection.

import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

// Each provider listens to the end of the process; twenty of them are no leak.
process.setMaxListeners(0);

const ROOTS = ["meta", "sections", "timeline", "impact", "responders", "actions"];

/** A peer of `postmortem` behind `proxy`, signed in with `cookie` where there is one. */
export function openPeer({ name, proxy, postmortem, cookie }) {
  class SignedIn extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols, cookie ? { headers: { cookie } } : {});
    }
  }
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`ws://127.0.0.1:${proxy.port}/sync`, postmortem, doc, {
    WebSocketPolyfill: SignedIn,
    disableBc: true,
    maxBackoffTime: 200,
  });
  return {
    name,
    doc,
    proxy,
    provider,
    close() {
      provider.destroy();
      doc.destroy();
    },
  };
}

/** The whole of a document as plain values with sorted keys, so that equal documents are equal strings. */
export function content(doc) {
  const sorted = (value) =>
    value && typeof value === "object"
      ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
      : value;
  return JSON.stringify(ROOTS.map((root) => sorted(doc.getMap(root).toJSON())));
}

/** Every shared text of a document by its path. */
export function texts(doc) {
  const found = new Map();
  for (const [key, text] of doc.getMap("sections")) found.set(`sections/${key}`, text);
  for (const root of ["timeline", "actions"]) {
    for (const [id, item] of doc.getMap(root)) found.set(`${root}/${id}`, item.get("text"));
  }
  return found;
}

/** A document as the API tells it, as far as these tests change it: sections, and entries in their order. */
export function asRead(doc) {
  const entries = [...doc.getMap("timeline")].filter(([, entry]) => entry.get("deleted") !== true);
  return {
    title: doc.getMap("meta").get("title"),
    sections: doc.getMap("sections").toJSON(),
    timeline: entries
      .map(([id, entry]) => ({
        id,
        at: Date.parse(entry.get("at")),
        kind: entry.get("kind"),
        precision: entry.get("precision"),
        note: entry.get("note") ?? "",
        text: entry.get("text").toString(),
      }))
      .sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1)),
  };
}

/** The same of the API's answer. */
export function asShown({ title, sections, timeline }) {
  return {
    title,
    sections,
    timeline: timeline.map(({ id, at, kind, precision, note, text }) => ({
      id, at: Date.parse(at), kind, precision, note, text,
    })),
  };
}
