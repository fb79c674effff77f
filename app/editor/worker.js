// The service worker: opens Debrief with the server down. It keeps one release as a whole, the page with its policy and
// every file that the page loads, so that a page never gets files of another. What belongs to a post-mortem is not here:
// copies are in IndexedDB, and published pages always come from the server, where they can be withdrawn.

/* global RELEASE, FILES */

const CACHE = `debrief ${RELEASE}`;
const PAGE = "/";
/** Where the page shows something; the client knows what. */
const PAGES = /^\/($|postmortems\/|settings($|\/)|link$)/;
const SERVED_ALWAYS = /^\/(api|sync|p|healthz|readyz|metrics)(\/|$)/;

/** How the locks of older releases are asked for: pages wait for an activation, and nobody for a worker at work. */
const atOnce = () => ({ ifAvailable: true });
/** A page that was closed lets go of its lock a moment later, on a busy machine much later. */
const inTime = () => ({ signal: AbortSignal.timeout(20_000) });

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(tidy(atOnce)));
self.addEventListener("message", (event) => {
  // A person asked for the new release; the pages of the one before go on with their own files.
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
  if (event.data === "tidy") event.waitUntil(tidy(inTime));
});
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin || SERVED_ALWAYS.test(pathname)) return;
  if (mode !== "navigate") {
    event.respondWith(kept(event.request, pathname));
  } else if (PAGES.test(pathname)) {
    event.respondWith(kept(event.request, PAGE));
  }
});

/** Everything or nothing: what fails here is tried again with the next look for a new release. */
async function install() {
  const page = await fetch(PAGE, { cache: "no-store" });
  // The server may have been replaced since it sent this script.
  if (!(await page.clone().text()).includes(`content="${RELEASE}"`)) throw new Error("The server has another release.");
  const cache = await caches.open(CACHE);
  await cache.put(PAGE, page);
  await cache.addAll(FILES);
}

/** From this release, else from the server. A file may be of the release that an older page belongs to; the page is not. */
async function kept(request, path) {
  const cache = await caches.open(CACHE);
  const own = await cache.match(path);
  return own ?? (path === PAGE ? undefined : await caches.match(path)) ?? fetch(request);
}

/**
 * Deletes what older releases kept, but not under a page of theirs: every page holds a lock in the name of its release for
 * as long as it is open, and no page does for one that is to come.
 */
async function tidy(options) {
  if (self.registration.waiting || self.registration.installing) return;
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("debrief ") && name !== CACHE);
  // A page that still holds it when the time is over has its files until the next page opens.
  const remove = (name) => navigator.locks.request(name, options(), (lock) => lock && caches.delete(name)).catch(() => {});
  await Promise.all(older.map(remove));
}
