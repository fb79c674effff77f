// A page that cannot be in step says why, shows what can be read, keeps what is typed, and leaves the server alone.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { agree, assertFits, assertOnce, caretAt, GITHUB, installed, open, reconnect, reload, saved, section, type } from "./postmortem.mjs";
import { ALONE, story } from "./scenario.mjs";
import { NETWORK } from "./visitor.mjs";

/** Mara before she opens it, with a console that may tell of sockets. */
const BLOCKED = { ...ALONE, isOpen: false, allow: NETWORK };

const overviewOf = async ({ server, id }) => (await server.show(id)).sections.overview;

const tryNow = (visitor) => visitor.page.getByRole("button", { name: "Try now" }).click();

/** Lets the time of the page pass until `check` holds. */
const passing = (mara, what, check) =>
  until(what, async () => {
    await mara.page.clock.runFor(1_000);
    return check();
  });

/** Looks at a state on a desk, on a phone, and at night. */
async function lookEverywhere(mara, name) {
  await mara.look(name);
  await mara.page.setViewportSize({ width: 360, height: 740 });
  await assertFits(mara, name);
  await mara.look(`${name}-360`);
  await mara.page.emulateMedia({ colorScheme: "dark" });
  await mara.look(`${name}-360-dark`);
  await mara.page.setViewportSize({ width: 1440, height: 1000 });
  await mara.look(`${name}-dark`);
  await mara.page.emulateMedia({ colorScheme: "light" });
}

story("where_websockets_are_refused_it_is_said_and_the_post_mortem_can_be_read", BLOCKED, async ({ mara, server, id }) => {
  const overview = await overviewOf({ server, id });
  mara.proxy.refuseUpgrades();
  await mara.page.goto(`/postmortems/${id}`);
  await mara.page.getByText("does not let WebSockets through").waitFor();
  await mara.page.locator("main").getByText(overview.slice(0, 40)).waitFor();
  await mara.page.getByText("Reading only for now.").waitFor();
  assert.equal(await mara.page.locator(".cm-content, #quick-line").count(), 0, "it is to be read only");
  await lookEverywhere(mara, "sockets-refused");
  mara.proxy.letUpgrades();
  await reconnect(mara);
  assert.equal(await mara.page.getByText("does not let WebSockets through").count(), 0);
});

story("where_websockets_hang_it_is_said_as_well", BLOCKED, async ({ mara, server, id }) => {
  const overview = await overviewOf({ server, id });
  await mara.page.clock.install();
  mara.proxy.hangUpgrades();
  await mara.page.goto(`/postmortems/${id}`);
  await passing(mara, "it is said", () => mara.page.getByText("does not let WebSockets through").isVisible());
  await mara.page.locator("main").getByText(overview.slice(0, 40)).waitFor();
});

story("what_is_typed_while_websockets_are_refused_is_kept_and_arrives", BLOCKED, async ({ mara, server, id }) => {
  await open(mara, id);
  mara.proxy.cut();
  mara.proxy.refuseUpgrades();
  mara.proxy.heal();
  await mara.page.locator(".banner").getByText("does not let WebSockets through").waitFor();
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "Behind a proxy. ");
  await mara.page.locator(".banner").getByText(/changes kept in this browser/).waitFor();
  await lookEverywhere(mara, "sockets-refused-while-writing");
  mara.proxy.letUpgrades();
  await reconnect(mara);
  assertOnce(await agree(server, id, "overview", [mara]), "Behind a proxy.");
});

story("a_page_that_is_refused_again_and_again_says_so_and_leaves_the_server_alone",
  BLOCKED, async ({ mara, server, id }) => {
  await open(mara, id);
  await mara.page.clock.install();
  await reload(mara);
  mara.proxy.cut();
  mara.proxy.endSockets(1013);
  const before = mara.proxy.upgrades;
  mara.proxy.heal();
  await passing(mara, "it is said", () => mara.page.locator(".banner").getByText("again and again").isVisible());
  await mara.page.getByText("close code 1013").waitFor();
  const sockets = mara.proxy.upgrades - before;
  // A cut that is noticed late may cost one more.
  assert.ok(sockets >= 6 && sockets <= 8, `${sockets} sockets`);
  await caretAt(section(mara, "overview"), "start");
  await type(mara, "While it was refused. ");
  await mara.page.clock.runFor(60_000);
  await mara.page.locator(".banner").getByText(/changes kept in this browser/).waitFor();
  assert.equal(mara.proxy.upgrades - before, sockets, "the server is left alone");
  await lookEverywhere(mara, "refused-again-and-again");
  await tryNow(mara);
  await until("it has tried", () => mara.proxy.upgrades - before === sockets + 1);
  await mara.page.locator(".banner").getByText("again and again").waitFor();
  mara.proxy.letUpgrades();
  await tryNow(mara);
  await saved(mara);
  assertOnce(await agree(server, id, "overview", [mara]), "While it was refused.");
});

story("a_post_mortem_that_was_never_opened_here_says_that_the_server_is_down", BLOCKED, async ({ mara, server, id }) => {
  const other = await server.import(GITHUB, (await server.session("Importer")).cookie);
  await open(mara, id);
  await installed(mara);
  mara.cutOff();
  await mara.page.goto(`/postmortems/${other}`);
  await mara.page.getByRole("heading", { name: "The server does not answer" }).waitFor();
  await mara.page.getByText("This browser keeps no copy").waitFor();
  await lookEverywhere(mara, "no-copy-and-no-server");
  mara.back();
  await reconnect(mara);
});

story("what_answers_in_place_of_debrief_is_told_from_it", BLOCKED, async ({ mara, id }) => {
  mara.proxy.refuseUpgrades();
  await mara.page.route("**/api/postmortems/*", (route) => route.fulfill({ contentType: "text/html", body: "<h1>Guest network</h1>" }));
  await mara.page.goto(`/postmortems/${id}`);
  await mara.page.getByRole("heading", { name: "Something else answers" }).waitFor();
  await mara.axe("something else answers");
});

story("who_is_signed_out_is_told", { ...BLOCKED, allow: [NETWORK, /status of 401/] }, async ({ mara, id }) => {
  mara.proxy.refuseUpgrades();
  const json = { error: { code: "signed_out", message: "Sign in first." } };
  await mara.page.route("**/api/postmortems/*", (route) => route.fulfill({ status: 401, json }));
  await mara.page.goto(`/postmortems/${id}`);
  await mara.page.getByRole("heading", { name: "Your session has ended" }).waitFor();
});
