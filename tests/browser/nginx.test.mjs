// Behind nginx as it is documented: a person writes through it, and a file that it does not let through is said to be that.

import assert from "node:assert/strict";
import { nginx, startBehindNginx } from "./nginx.mjs";
import { addEntry, saved } from "./postmortem.mjs";
import { story } from "./scenario.mjs";

const SKIP = nginx() ? false : "NOT TRIED: nginx is not installed (Debian: apt-get install nginx)";

story("behind_nginx_a_person_writes_and_hears_what_it_does_not_let_through",
  { skip: SKIP, server: startBehindNginx }, async ({ server, origin, visitor }) => {
  const mara = await visitor("Mara", { baseURL: origin });
  const { page } = mara;
  mara.allow(/Failed to load resource.* 413/);
  await page.goto("/");
  await page.getByRole("heading", { name: /No incidents yet/ }).waitFor();
  const choose = async (name, text) => {
    await page.locator('input[type="file"]').setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });
  };
  const alert = page.getByRole("alert");
  await choose("server.log", "x".repeat(5 << 20));
  await alert.getByText("server.log: Something between this page and Debrief refused this for its size.").waitFor();
  await mara.axe("the log with a file that the proxy refused");
  await mara.look("refused-by-the-proxy");
  await choose("smaller.log", "x".repeat(3 << 20));
  await alert.getByText("smaller.log: This is too large: 2048 KiB is the limit here.").waitFor();

  await choose("incident.json", JSON.stringify({ title: "Disk full", severity: "SEV-2" }));
  await page.getByRole("heading", { level: 1, name: "Disk full" }).waitFor();
  await addEntry(mara, "23:07 deploys locked");
  await saved(mara);
  const [listed] = await server.list();
  const whole = await server.show(listed.id);
  assert.ok(whole.timeline.some(({ text }) => text.includes("deploys locked")), JSON.stringify(whole.timeline));
});
