// Makes the bundle small after Trunk has put it together: wasm-opt for the client, esbuild for its loader, and brotli
// beside everything that the server may send as it is. The page itself is not among them: it gets a nonce each time.

import { transform } from "esbuild";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const staged = process.env.TRUNK_STAGING_DIR;
const published = process.env.TRUNK_DIST_DIR;
const compressible = [".js", ".css", ".svg", ".wasm"];

// What rustc's wasm32-unknown-unknown may use, as every browser of the last years does.
const features = ["bulk-memory", "bulk-memory-opt", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];

async function shrink(file) {
  if (extname(file) === ".wasm") {
    const wasmOpt = join(here, "node_modules/binaryen/bin/wasm-opt");
    const flags = features.map((feature) => `--enable-${feature}`);
    await promisify(execFile)(process.execPath, [wasmOpt, "-Oz", ...flags, file, "-o", file]);
  } else if (extname(file) === ".js") {
    const { code } = await transform(await readFile(file, "utf8"), { minify: true, format: "esm", target: "es2022" });
    await writeFile(file, code);
  }
}

async function compress(file) {
  const content = await readFile(file);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(content, { params }));
}

/** A name with a hash stands for its content: what the last build made of it still holds, unless this script changed. */
async function reused(name) {
  if (!/-[0-9a-f]{12,}/.test(name)) return false;
  try {
    const [before, compressed, script] = await Promise.all(
      [join(published, name), join(published, `${name}.br`), fileURLToPath(import.meta.url)].map((path) => stat(path)),
    );
    if (Math.min(before.mtimeMs, compressed.mtimeMs) < script.mtimeMs) return false;
    await Promise.all(["", ".br"].map((end) => copyFile(join(published, name + end), join(staged, name + end))));
    return true;
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

/** Trunk writes entities into the attributes it copies; the server looks for the plain placeholder. */
async function restorePlaceholder(file) {
  const html = await readFile(file, "utf8");
  await writeFile(file, html.replaceAll("&#x7B;&#x7B;nonce&#x7D;&#x7D;", "{{nonce}}"));
}

/** Names the release in the page, and writes the service worker that keeps it: the page and every file of it. */
async function nameRelease() {
  const names = (await readdir(staged)).filter((name) => extname(name) !== ".br" && !["index.html", "worker.js"].includes(name));
  const worker = await readFile(join(here, "worker.js"), "utf8");
  const page = await readFile(join(staged, "index.html"), "utf8");
  const hash = createHash("sha256").update(worker).update(page);
  for (const name of names.sort()) hash.update(name).update(await readFile(join(staged, name)));
  const release = hash.digest("hex").slice(0, 16);
  // Trunk gives the page back in its own spelling.
  const named = page.replace(/(<meta name="?release"? content=)(""|'')?/, `$1"${release}"`);
  await writeFile(join(staged, "index.html"), named);
  const define = { RELEASE: JSON.stringify(release), FILES: JSON.stringify(names.map((name) => `/${name}`)) };
  const { code } = await transform(worker, { define, minify: true, target: "es2022" });
  await writeFile(join(staged, "worker.js"), code);
}

await restorePlaceholder(join(staged, "index.html"));
await nameRelease();
// A client for one developer's eyes need not be small, and soon is worth more.
const isRelease = process.env.TRUNK_PROFILE === "release";
for (const name of isRelease ? await readdir(staged, { recursive: true }) : []) {
  if (!compressible.includes(extname(name)) || (await reused(name))) continue;
  const file = join(staged, name);
  const before = (await stat(file)).size;
  await shrink(file);
  await compress(file);
  const sizes = await Promise.all([file, `${file}.br`].map(async (path) => (await stat(path)).size));
  console.log(`${name}: ${before} bytes, now ${sizes[0]}, brotli ${sizes[1]}`);
}
