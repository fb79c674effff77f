// Addresses that stand for themselves in prose: `https://…`, `www.…` and `name@host`. The reader makes links of the same
// ones (`postmortem/src/reading/markdown/address.rs`), so a change here is one there.

const LONGEST = 2_000;
const BODY = /[^\s\p{Cc}<>"`\\|\u201c\u201d\u201e\u00ab\u00bb\uff0c\u3002\uff1b\uff1a\uff01\uff1f\uff09\u3001\u300d\u300f]{1,2001}/uy;
const WWW = /^www\.[^./?#]+\../i;
const MAIL = /[A-Za-z0-9._+-]{1,100}@[A-Za-z0-9.-]+/y;
const WORD = /[\p{L}\p{N}_]$/u;
const LOCAL = /[\p{L}\p{N}._+-]$/u;
const OF_THE_SENTENCE = ".,;:!?'*_~\u2019\u2026";
const BRACKETS = { ")": "(", "]": "[", "}": "{" };

const count = (text, character) => text.split(character).length - 1;

/** Without what belongs to the sentence around it. */
function trimmed(body) {
  const unopened = Object.fromEntries(
    Object.entries(BRACKETS).map(([close, open]) => [close, count(body, close) - count(body, open)]),
  );
  let end = body.length;
  while (end > 0) {
    const last = body[end - 1];
    if (!OF_THE_SENTENCE.includes(last) && !(unopened[last]-- > 0)) break;
    end -= 1;
  }
  return body.slice(0, end);
}

/** The end of what stands in front, which is all that the word before is known by. */
const front = (text, at) => text.slice(Math.max(0, at - 2), at);

function webAddress(text, at) {
  if (!/^(?:https?:\/\/|www\.)/i.test(text.slice(at, at + 8)) || WORD.test(front(text, at))) return null;
  BODY.lastIndex = at;
  const whole = BODY.exec(text)[0];
  if (whole.length > LONGEST) return null;
  const body = trimmed(whole);
  const target = /^www\./i.test(body) ? WWW.test(body) && `https://${body}` : body;
  return target && harmless(target) ? body : null;
}

function mailAddress(text, at) {
  if (LOCAL.test(front(text, at))) return null;
  MAIL.lastIndex = at;
  const body = MAIL.exec(text)?.[0].replace(/[.-]+$/, "");
  const host = body?.split("@")[1] ?? "";
  return host.includes(".") && host.split(".").every(Boolean) ? body : null;
}

/** The target, when it is one that a page of ours links to. */
export function harmless(target) {
  const isWeb = /^https?:\/\/(?:[^\s/?#@]*@)?[^\s/?#@:][^\s\p{Cc}<>"`\\]*$/iu.test(target) && target.length <= LONGEST;
  return isWeb || /^mailto:[A-Za-z0-9@._+-]+$/.test(target) ? target : null;
}

/** What an address written as `written` leads to. Between angle brackets of its own it stands there as it is. */
export function targetOf(written, isAutolink) {
  const bare = written.startsWith("<") && written.endsWith(">") ? written.slice(1, -1) : written;
  const target = isAutolink ? bare : bare.replace(/\\([!-/:-@[-`{-~])/g, "$1");
  if (/^www\./i.test(target)) return harmless(`https://${target}`);
  if (/^[A-Za-z0-9._+-]+@/.test(target)) return harmless(`mailto:${target}`);
  return harmless(target);
}

/** Makes a URL of each address, for the parser of the editor. */
export const Addresses = {
  parseInline: [
    {
      name: "Address",
      parse(cx, next, position) {
        const at = position - cx.offset;
        if (!/[\w.+]/.test(String.fromCharCode(next))) return -1;
        let address = webAddress(cx.text, at) ?? mailAddress(cx.text, at);
        // In the words of a link, the bracket behind them ends it.
        if (address && cx.hasOpenLink) address = trimmed(/^(?:[^[\]]|\[[^\]]*\])*/.exec(address)[0]);
        return address ? cx.addElement(cx.elt("URL", position, position + address.length)) : -1;
      },
    },
  ],
};
