// Starts the Chromium of this machine: `CHROMIUM` names another one.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

/** Debian's, that without windows first. */
const KNOWN = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? KNOWN.find(existsSync),
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}
