// The release that this page belongs to: it keeps the service worker's copy of it alive, and hears of a newer one, which
// never comes under a person's hands: the page changes when they ask for it.

const LOOK_AFTER = 30 * 60_000;

const release = document.querySelector('meta[name="release"]')?.content;
let registration;
/** Whether a newer one waits: it may be found before the page is there to hear of it. */
let isReady = false;

async function register() {
  registration = await navigator.serviceWorker.register("/worker.js", { updateViaCache: "none" });
  registration.active?.postMessage("tidy");
  if (isNewer(registration.waiting)) tell();
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming.addEventListener("statechange", () => {
      if (coming.state === "installed" && isNewer(coming)) tell();
    });
  });
  setInterval(check, LOOK_AFTER);
}

/** The first of all waits for nothing: it may be between two states, and be the active one already when that is told. */
function isNewer(worker) {
  return Boolean(worker && registration.active && registration.active !== worker);
}

function tell() {
  isReady = true;
  window.dispatchEvent(new Event("debrief-release"));
}

/** Looks for a newer release; without a server there is none. */
function check() {
  registration?.update().catch(() => {});
}

/** Changes to the newer release, for this page; others go on with theirs. */
function reload() {
  const coming = registration?.waiting;
  if (!coming) return location.reload();
  coming.addEventListener("statechange", () => {
    if (coming.state === "activated") location.reload();
  });
  coming.postMessage("take over");
}

if (release && navigator.serviceWorker && navigator.locks) {
  navigator.locks.request(`debrief ${release}`, { mode: "shared" }, () => new Promise(() => {}));
  // The page comes first; where workers are forbidden, it works without.
  const begin = () => register().catch(() => {});
  addEventListener("load", () => (window.requestIdleCallback ? requestIdleCallback(begin, { timeout: 5_000 }) : setTimeout(begin, 2_000)));
}

window.DebriefRelease = { check, reload, isReady: () => isReady };
