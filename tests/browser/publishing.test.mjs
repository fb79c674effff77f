// From the dialog to a reader without a session, a second version, and the end of the link.

import assert from "node:assert/strict";
import { until } from "./patience.mjs";
import { caretAt, entry, open, openThreads, paste, saved, section, type } from "./postmortem.mjs";
import { ALONE, story } from "./scenario.mjs";
import { PHONE } from "./visitor.mjs";

story("a_page_is_published_read_published_again_and_withdrawn", ALONE, async ({ mara, visitor }) => {
  await mara.page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = mara.page.getByRole("dialog", { name: "Publish" });
  await dialog.waitFor();
  await mara.look("publish-dialog-first");
  assert.equal(await dialog.getByRole("link", { name: "Open in mail" }).count(), 0, "no mail without a link");
  const preview = await mara.context.newPage();
  await preview.goto(new URL(await dialog.getByRole("link", { name: "Look at the page first" }).getAttribute("href"), mara.page.url()).href);
  await preview.getByRole("heading", { level: 1, name: /43-second partition/ }).waitFor();
  await preview.close();
  await dialog.getByRole("button", { name: "Publish version 1" }).click();
  const link = dialog.getByRole("textbox", { name: "Link", exact: true });
  await link.waitFor();
  const address = await link.inputValue();
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/p\/[\w-]{20,}$/);
  await mara.look("publish-dialog");
  const mail = new URL(await dialog.getByRole("link", { name: "Open in mail" }).getAttribute("href"));
  assert.equal(mail.protocol, "mailto:");
  const written = decodeURIComponent(mail.search);
  assert.ok(written.includes(address), "the email has the link");
  assert.ok(written.indexOf(address) < written.indexOf("43 seconds"), "the link stands before the overview");
  await dialog.getByRole("button", { name: "Copy email" }).click();
  await until("the email is in the clipboard", async () => {
    return (await mara.page.evaluate(() => navigator.clipboard.readText())).includes(address);
  });
  await mara.page.keyboard.press("Escape");

  const path = new URL(address).pathname;
  const reader = await visitor(null);
  await reader.page.goto(path);
  await reader.page.getByRole("heading", { level: 1, name: /43-second partition/ }).waitFor();
  assert.equal(await reader.page.locator(".ev").count() >= 19, true, "the timeline is there");
  assert.equal(await reader.page.locator("script, [style]").count(), 0, "no script and no style attributes");
  await reader.look("published", { fullPage: true });
  await reader.page.emulateMedia({ media: "print" });
  await reader.shoot("published-print", { fullPage: true });
  await reader.page.emulateMedia({ media: "screen" });

  const phone = await visitor(null, { viewport: PHONE, colorScheme: "dark" });
  await phone.page.goto(path);
  await phone.look("published-phone-dark", { fullPage: true });
  await phone.page.setViewportSize({ width: 360, height: 740 });
  assert.ok(await fits(phone), "nothing is wider than a phone");

  await caretAt(section(mara, "overview"), "end");
  await type(mara, " A second look added this.");
  await saved(mara);
  await reader.page.reload();
  assert.equal(await reader.page.getByText("A second look added this.").count(), 0, "nothing live is published");
  const changed = mara.page.getByRole("button", { name: /^Changed since\s*: “Overview”/ });
  await changed.waitFor();
  // A connection that comes back asks for nothing that is known.
  await mara.page.route("**/publications", (route) => route.abort());
  mara.cutOff();
  await mara.page.locator('[data-saving="offline"]').waitFor();
  mara.back();
  await saved(mara);
  await caretAt(section(mara, "resolution"), "end");
  await type(mara, " So did this.");
  await saved(mara);
  await changed.and(mara.page.getByTitle("“Overview” and “Resolution”")).waitFor();
  await mara.page.unroute("**/publications");
  await mara.page.getByRole("button", { name: "Published, changed since", exact: true }).click();
  await dialog.getByText("Changed since: “Overview” and “Resolution”.").waitFor();
  await dialog.getByRole("button", { name: "Publish version 2" }).click();
  await dialog.getByRole("button", { name: "Publish version 3" }).waitFor();
  await until("nothing has changed since", async () => (await dialog.getByText("Changed since:").count()) === 0);
  assert.equal(await dialog.getByRole("textbox", { name: "Link", exact: true }).inputValue(), address, "the link stays");
  await reader.page.reload();
  await reader.page.getByText("A second look added this.").waitFor();

  // A double click asks, and does not answer.
  await dialog.getByRole("button", { name: "Withdraw" }).dblclick();
  await dialog.getByText("The link in mails that were sent will lead to nothing until you publish again.").waitFor();
  await mara.look("publish-withdraw");
  await dialog.getByRole("button", { name: "Withdraw: the link stops working" }).click();
  await link.waitFor({ state: "detached" });
  // Publishing again goes on under the same link.
  await dialog.getByRole("button", { name: "Publish version 3" }).waitFor();
  // Chromium itself writes the status of a page that is gone into the console.
  reader.allow(/status of 410/);
  const gone = await reader.page.goto(path);
  assert.equal(gone.status(), 410);
  assert.equal(await reader.page.getByText("43 seconds").count(), 0);
  await reader.look("withdrawn");
});

story("what_is_open_the_names_and_what_the_page_holds_are_said_before", ALONE, async ({ mara, id, visitor }) => {
  // As it is copied out of a chat.
  await paste(mara.page.locator("#quick-line"), { text: "Noor Aziz  23:58\nqueue stops, says Lindqvist" });
  await entry(mara, "queue stops").waitFor();
  const thread = await openThreads(entry(mara, "queue stops"));
  await thread.getByRole("textbox", { name: "Comment" }).fill("Which queue?");
  await thread.getByRole("textbox", { name: "Comment" }).press("Control+Enter");
  await saved(mara);
  const missing = await mara.page.locator("#readiness").getByRole("link").allTextContents();
  await mara.page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = mara.page.getByRole("dialog", { name: "Publish" });
  const points = dialog.locator("[data-open-points]");
  await points.getByText("Draft", { exact: true }).waitFor();
  await points.getByText("The review has not taken place. Readers are not told, and take the page as final.").waitFor();
  await points.getByRole("heading", { name: `${missing.length} things are still open` }).waitFor();
  await points.getByText("Resolve 1 thread").waitFor();
  assert.equal(await points.getByRole("listitem").count(), missing.length);
  const names = await dialog.locator("[data-names] li").allInnerTexts();
  assert.ok(names.some((line) => /^Noor Aziz\s+Timeline, 23:58 UTC$/.test(line)), names.join("; "));
  assert.ok(names.some((line) => /^Lindqvist\s+Timeline, 23:58 UTC$/.test(line)), names.join("; "));
  await mara.look("publish-open");
  // What others write meanwhile is looked through as well.
  const tomasz = await visitor("Tomasz Nowak");
  await open(tomasz, id);
  await caretAt(section(tomasz, "overview"), "end");
  await type(tomasz, " Mara Lindqvist knows.");
  await saved(tomasz);
  await dialog.locator("[data-names] li").filter({ hasText: /^\s*Mara Lindqvist/ }).waitFor();

  // Everything that is listed is there, and no figure that is not.
  const impact = await dialog.getByRole("listitem").filter({ hasText: /Impact\s*\d+ figures?:/ }).locator("small").innerText();
  const listed = impact.replace(/^\d+ figures?: /, "").split("; ");
  const prose = await dialog.getByRole("listitem").filter({ hasText: /^\s*Overview, / }).innerText();
  await dialog.getByRole("button", { name: "Publish version 1" }).click();
  const link = dialog.getByRole("textbox", { name: "Link", exact: true });
  await link.waitFor();
  const reader = await visitor(null);
  await reader.page.goto(new URL(await link.inputValue()).pathname);
  assert.deepEqual(await reader.page.locator(".figs dt").allInnerTexts(), listed);
  const headings = await reader.page.locator("main h2").allInnerTexts();
  const shown = headings.filter((heading) => !["Timeline", "Action items"].includes(heading));
  assert.deepEqual(["Overview", ...shown], prose.trim().split(", "));
  const phone = await visitor("Mara Lindqvist", { viewport: PHONE, colorScheme: "dark" });
  await open(phone, id);
  await phone.page.getByRole("button", { name: /^Publish/ }).click();
  await phone.page.locator("[data-open-points]").waitFor();
  await phone.look("publish-open-phone-dark");
});

async function fits(visitor) {
  const session = await visitor.context.newCDPSession(visitor.page);
  const { cssLayoutViewport, cssContentSize } = await session.send("Page.getLayoutMetrics");
  return cssContentSize.width <= cssLayoutViewport.clientWidth;
}
