// Threads on timeline entries, live for two people.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { entryById, GITHUB, open, openThreads } from "./desk.mjs";
import { openHouse, until } from "./harness.mjs";

let house;

before(async () => {
  house = await openHouse();
});
after(() => house?.close());
afterEach(() => house.sendHome());

test("two_people_comment_reply_resolve_reopen_edit_and_delete", async () => {
  const [mara, jonah] = [await house.visitor("Mara Lindqvist"), await house.visitor("Jonah Adeyemi")];
  const { cookie } = await house.server.session("Importer");
  const id = await house.server.import(GITHUB, cookie);
  await Promise.all([open(mara, id), open(jonah, id)]);
  const [, , { id: third }] = (await house.server.show(id)).timeline;
  const [hers, his] = [entryById(mara, third), entryById(jonah, third)];

  const panel = await openThreads(hers);
  await panel.getByRole("textbox", { name: "Comment" }).fill("Which alerts were these?");
  await panel.getByRole("button", { name: "Comment", exact: true }).click();
  await panel.locator(".msg").getByText("Which alerts were these?").waitFor();
  await until("Jonah sees the count", async () => /^1 comment/.test(await his.locator(".bub").getAttribute("aria-label")));
  await jonah.shoot("comment-stub");

  const answer = await openThreads(his);
  await answer.getByText("Which alerts were these?").waitFor();
  assert.equal(await answer.getByRole("button", { name: "Edit" }).count(), 0, "only one's own comments are changed");
  await answer.getByRole("textbox", { name: "Reply" }).fill("Replication lag, all <b>clusters</b>.");
  await answer.getByRole("textbox", { name: "Reply" }).press("Control+Enter");
  await panel.getByText("Replication lag, all <b>clusters</b>.").waitFor();
  await mara.look("comments-open");

  await panel.getByRole("button", { name: "Edit" }).click();
  await panel.getByRole("textbox", { name: "Your comment" }).fill("Which alerts came first?");
  await panel.getByRole("button", { name: "Save" }).click();
  await answer.getByText("Which alerts came first?").waitFor();
  await answer.getByText("edited").waitFor();

  await answer.getByRole("button", { name: "Resolve" }).click();
  await panel.locator("summary", { hasText: "1 resolved thread" }).click();
  await panel.getByText(/Resolved by Jonah Adeyemi/).waitFor();
  await mara.look("comments-resolved");
  await until("the count is gone", async () => /^Comment on/.test(await hers.locator(".bub").getAttribute("aria-label")));
  await panel.getByRole("button", { name: "Reopen" }).click();
  await until("Jonah sees it open", async () => /^2 comments/.test(await his.locator(".bub").getAttribute("aria-label")));

  const { threads } = await house.server.show(id);
  assert.deepEqual(
    threads.map(({ comments }) => comments.map(({ author, text }) => [author.name, text])),
    [[["Mara Lindqvist", "Which alerts came first?"], ["Jonah Adeyemi", "Replication lag, all <b>clusters</b>."]]],
  );

  const own = answer.locator(".msg").filter({ hasText: "Replication lag" });
  await own.getByRole("button", { name: "Delete" }).click();
  await own.getByRole("button", { name: "Really delete?" }).click();
  await until("it is gone for Mara", async () => (await panel.getByText("Replication lag").count()) === 0);
  const first = panel.locator(".msg").filter({ hasText: "Which alerts" });
  await first.getByRole("button", { name: "Delete" }).click();
  await first.getByRole("button", { name: "Really delete?" }).click();
  await until("the thread is gone with its last comment", async () => {
    assert.deepEqual((await house.server.show(id)).threads, []);
    return /^Comment on/.test(await his.locator(".bub").getAttribute("aria-label"));
  });
});
