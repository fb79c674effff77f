// A tap or a click that is under way. The focus moves when it begins, and it arrives when it ends: it misses what has moved
// meanwhile because an editor folded up.

const waiting = [];
let isUnderWay = false;

function end() {
  isUnderWay = false;
  if (waiting.length === 0) return;
  // The click comes right after the button is up.
  const after = waiting.splice(0);
  setTimeout(() => after.forEach((then) => then()));
}

addEventListener("mousedown", ({ button }) => (isUnderWay = button === 0), true);
// Not every press ends with its button: a menu, a drag or another window may take it, and a key ends it in any case.
for (const type of ["mouseup", "dragend", "contextmenu", "pointercancel", "keydown", "blur"]) {
  addEventListener(type, (event) => (event.type !== "blur" || event.target === window) && end(), true);
}

/** Does something once the press that is under way has arrived; at once where there is none. */
export function afterPress(then) {
  if (isUnderWay) waiting.push(then);
  else then();
}
