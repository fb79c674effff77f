// The client stopped: a panic ends it, and so does whatever else WebAssembly traps on. Whoever types must see that at
// once. The words are put into the page without the client's own means, which are gone.

import { hasStorage } from "./shelf.js";

async function stopped() {
  if (document.getElementById("stopped")) return;
  const banner = document.createElement("div");
  Object.assign(banner, { id: "stopped", className: "banner bad", role: "alert" });
  document.body.prepend(banner);
  const advice = (await hasStorage)
    ? "What you typed is on the server or kept in this browser. Reload to go on."
    : "What was saved is on the server. Copy what you typed last, then reload.";
  banner.innerHTML =
    `<span><b>Debrief stopped working in this page.</b> ${advice}</span>` +
    '<span class="grow"></span><a class="btn small" href="">Reload</a>';
}

const trapped = (error) => error instanceof WebAssembly.RuntimeError && stopped();
addEventListener("error", (event) => trapped(event.error));
addEventListener("unhandledrejection", (event) => trapped(event.reason));

window.DebriefStopped = stopped;
