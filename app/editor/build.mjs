// Bundles the editor and, beside it, the style sheet: one file each, for Trunk to name by their content.

import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const style = join(here, "../../style/main.css");
const shared = { bundle: true, minify: true, legalComments: "none", logLevel: "warning" };

await build({
  ...shared,
  entryPoints: [join(here, "bridge.js")],
  outfile: join(here, "dist/editor.js"),
  format: "iife",
  target: "es2022",
  banner: { js: "/* CodeMirror and Lezer: MIT licence, (c) Marijn Haverbeke and others, https://codemirror.net */" },
});
await build({
  ...shared,
  entryPoints: [style],
  outfile: join(here, "dist/debrief.css"),
  target: ["chrome123", "firefox120", "safari17.5"],
});
