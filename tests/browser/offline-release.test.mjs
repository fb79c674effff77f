// The page opens without the server, changes to a new release only when it is asked to, and changes travel by hand.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { until } from "./patience.mjs";
import {
  agree, assertOnce, caretAt, choose, GITHUB, installed, offline, open, reload, saved, section, textOf, type,
} from "./postmortem.mjs";
import { ALONE, story, TOGETHER } from "./scenario.mjs";
import { startReleases } from "./upgrade.mjs";
import { NETWORK } from "./visitor.mjs";

const overviewOf = async ({ server, id }) => (await server.show(id)).sections.overview;
const release = (page) => page.locator('meta[name="release"]').getAttribute("content");
const caches = (page) => page.evaluate(() => globalThis.caches.keys());

/** From now on this page's program begins later than everything else of it, as on a busy machine. */
const slowly = (page) =>
  page.addInitScript(() => {
    const begin = WebAssembly.instantiateStreaming;
    WebAssembly.instantiateStreaming = async (...program) => {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return begin(...program);
    };
  });

story("a_new_release_waits_until_it_is_asked_for_and_never_mixes_with_the_one_before",
  { incident: GITHUB }, async ({ server, id, visitor, opened }) => {
  const releases = await opened(startReleases(server));
  const mara = await visitor("Mara Lindqvist", { baseURL: releases.origin });
  mara.allow(NETWORK);
  await open(mara, id);
  const overview = await overviewOf({ server, id });
  await installed(mara);
  const other = { name: "Mara's other tab", page: await mara.context.newPage() };
  await open(other, id);
  const first = await release(mara.page);
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Before. ");

  releases.upgrade();
  await type(mara, "During. ");
  const banner = mara.page.locator('[data-release="ready"]');
  await banner.waitFor();
  await mara.look("new-release");
  await type(mara, "Still the old page. ");
  assert.equal(await release(mara.page), first, "nothing is reloaded under one's hands");
  await saved(mara);
  await slowly(mara.page);
  await mara.page.reload();
  await banner.waitFor();
  assert.equal(await release(mara.page), first, "a reload by hand stays with the release that it has");
  await banner.getByRole("button", { name: "Reload" }).click();
  await until("the new release is here", async () => (await release(mara.page)) !== first);
  await saved(mara);
  const second = await release(mara.page);

  // The other tab is of the first release still, and so are all of its files.
  assert.equal(await release(other.page), first);
  assert.deepEqual((await caches(mara.page)).sort(), [`debrief ${first}`, `debrief ${second}`].sort());
  await caretAt(section(other, "overview"), "end");
  await type(other, " From the old page.");
  await saved(other);
  await agree(server, id, "overview", [mara, other]);
  await other.page.close();
  await reload(mara);
  await until("the first release is gone", async () => !(await caches(mara.page)).includes(`debrief ${first}`));
  const text = await agree(server, id, "overview", [mara]);
  assert.equal(text, `Before. During. Still the old page. ${overview} From the old page.`);

  const kept = await mara.page.evaluate(async (name) => {
    const requests = await (await globalThis.caches.open(name)).keys();
    return requests.map(({ url }) => new URL(url).pathname);
  }, `debrief ${second}`);
  const scripts = await mara.page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
  for (const path of scripts.filter((path) => /\.(js|css|wasm)$/.test(path) && path !== "/worker.js")) {
    assert.ok(kept.includes(path), `${path} is of the release that the page is of`);
  }
});

story("published_pages_always_come_from_the_server", { incident: GITHUB }, async ({ server, id, cookie, visitor }) => {
  const { body } = await server.api("POST", `/api/postmortems/${id}/publications`, { body: {}, cookie });
  const mara = await visitor("Mara Lindqvist");
  mara.allow(NETWORK);
  await open(mara, id);
  await installed(mara);
  await mara.page.goto(`/p/${body.slug}`);
  await mara.page.getByRole("heading", { level: 1 }).waitFor();
  await server.api("DELETE", `/api/postmortems/${id}/publications/${body.slug}`, { cookie });
  const answer = await mara.page.reload();
  assert.equal(answer.status(), 410);
});

story("changes_are_carried_as_a_file_to_another_machine_and_merged_once",
  TOGETHER, async ({ mara, tomasz, server, id, cookie, visitor }) => {
  const overview = await overviewOf({ server, id });
  mara.cutOff();
  await offline(mara);
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Carried on a stick. ");
  const [download] = await Promise.all([
    mara.page.waitForEvent("download"),
    choose(mara.page.locator(".bar"), "More about this post-mortem", "Save changes as a file"),
  ]);
  const file = await download.path();
  assert.match(download.suggestedFilename(), /\.debrief$/);
  const bytes = await readFile(file);
  const named = (name, content) => ({ name, mimeType: "application/octet-stream", buffer: content });
  const carry = (visitor, name, content) => visitor.page.getByLabel("File of changes").setInputFiles(named(name, content));

  await section(tomasz, "overview").evaluate((node) => (node.dataset.drawn = "before"));
  for (let round = 0; round < 2; round++) await carry(tomasz, "changes.debrief", bytes);
  await saved(tomasz);
  await tomasz.page.locator(".toast").getByText("nothing that is not here already").waitFor();
  assert.equal(await agree(server, id, "overview", [tomasz]), `Carried on a stick. ${overview}`);
  assert.equal(await section(tomasz, "overview").getAttribute("data-drawn"), "before", "the page is not drawn anew");

  const damaged = Buffer.from(bytes);
  damaged[100] ^= 1;
  await carry(tomasz, "changes.debrief", damaged);
  await tomasz.page.getByText("This file is damaged.").waitFor();
  await tomasz.look("file-damaged");
  await carry(tomasz, "changes.debrief", Buffer.from("{}"));
  await tomasz.page.getByText("This is not a file of changes from Debrief.").waitFor();
  await tomasz.page.goto(`/postmortems/${await server.import(GITHUB, cookie)}`);
  await saved(tomasz);
  await carry(tomasz, "changes.debrief", bytes);
  await tomasz.page.getByText("This file belongs to another post-mortem.").waitFor();

  // A machine that has never seen it opens it from the log.
  const hana = await visitor("Hana Ito");
  await hana.page.goto("/");
  await hana.page.getByLabel("Files to import").setInputFiles(named("changes.debrief", bytes));
  await saved(hana);
  mara.back();
  await saved(mara);
  const text = await agree(server, id, "overview", [mara, hana]);
  assertOnce(text, "Carried on a stick.");
});

story("a_page_that_stopped_offers_to_reload_and_loses_nothing",
  { ...ALONE, allow: [NETWORK, /unreachable/] }, async ({ mara, server, id }) => {
  const overview = await overviewOf({ server, id });
  await installed(mara);
  mara.cutOff();
  await offline(mara);
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Typed last. ");
  await mara.page.evaluate(() => {
    const error = new WebAssembly.RuntimeError("unreachable");
    window.dispatchEvent(new ErrorEvent("error", { error, message: error.message }));
  });
  const banner = mara.page.locator("#stopped");
  await banner.getByText("Debrief stopped working in this page.").waitFor();
  await mara.look("stopped");
  await banner.getByRole("link", { name: "Reload" }).click();
  await until("the text is there", async () => (await textOf(section(mara, "overview"))) === `Typed last. ${overview}`);
  mara.back();
  await saved(mara);
  await agree(server, id, "overview", [mara]);
});
