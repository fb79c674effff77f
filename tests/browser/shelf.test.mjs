// What the browser keeps stays kept in every engine, whatever moment a page chooses to leave. The shelf alone, as it is
// shipped, in a page of nothing else: what is stored, and told to be stored, is there when it is opened again.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe } from "node:test";
import { ENGINES } from "./engines.mjs";
import { html, script, servePages } from "./pages.mjs";
import { until } from "./patience.mjs";
import { story as tell } from "./scenario.mjs";

const SHELF = new URL("../../app/editor/shelf.js", import.meta.url);

/** What the page of the shelf can do, one letter being an update. */
const PAGE = `<!doctype html><title>Shelf</title><script type="module" src="/shelf.js"></script><script>
  const incident = () => localStorage.getItem("incident");
  const bytes = (letters) => new TextEncoder().encode(letters);
  const record = { generation: 1, greeting: "[]", summary: "{}" };
  const shelf = () => new Promise((resolve) => {
    const look = () => (window.DebriefShelf ? resolve(DebriefShelf) : setTimeout(look, 5));
    look();
  });
  async function begin() {
    window.copy = await (await shelf()).open(incident(), () => {});
  }
  const add = (letters) => copy.add(1, [bytes(letters)], letters.length);
  const fold = (letters, isSaved = false) => copy.fold(record, bytes(letters), isSaved ? 0 : letters.length, undefined, isSaved);
  const whole = () => ({ storing: copy.pending, failed: copy.failed });
  /** What a page that opens it now finds. */
  async function found() {
    const copy = await (await shelf()).open(incident(), () => {});
    copy.close();
    const letters = copy.updates.map((update) => new TextDecoder().decode(update));
    return {
      letters: [...new Set(letters.join(""))].sort().join(""),
      edits: copy.edits,
      updates: copy.updates.length,
      files: copy.kept.map(([, , , text]) => text),
      comments: await DebriefShelf.comments(incident()),
    };
  }
  const hiding = (work) => addEventListener("visibilitychange", () => document.hidden && work());
</script>`;

const ELSEWHERE = "<!doctype html><title>Elsewhere</title>";

let server;

before(async () => {
  const shelf = script(await readFile(SHELF));
  server = await servePages({ "/": html(PAGE), "/elsewhere": html(ELSEWHERE), "/shelf.js": shelf });
});
after(() => server?.close());

/** Ways of a page to go. */
const LEAVING = {
  by_a_reload: () => location.reload(),
  by_a_link: () => location.assign("/elsewhere"),
};

for (const engine of ENGINES) {
  describe(`in ${engine.name}`, () => {
    let browser;
    let page;
    const missing = engine.missing();
    const skip = missing && `NOT TRIED: ${missing} is not on this machine, and ${engine.name} needs it`;

    before(async () => {
      if (!missing) browser = await engine.start();
    });
    after(() => browser?.close());

    /** A story in a page whose copy holds the letters a, b and c, unless this machine has no such engine. */
    const story = (name, work) =>
      tell(name, { skip, server: () => ({ server }) }, async ({ opened }) => {
        page = await opened(browser.page());
        await page.goto(`${server.origin}/`);
        await ready();
        await page.evaluate(async () => {
          localStorage.setItem("incident", crypto.randomUUID());
          await begin();
          for (const letter of "abc") await add(letter);
        });
        await work(opened);
      });

    const ready = () => until("the shelf is there", () => page.look(() => document.readyState === "complete" && Boolean(window.DebriefShelf)));

    /** The page goes, once the script that called has ended. */
    async function leave(way) {
      await page.evaluate(`() => { window.isOld = true; setTimeout(${way}); }`);
      await until("the page has gone", () => page.look(() => document.readyState === "complete" && !window.isOld));
    }

    /** What is found by a page that opens afterwards. */
    async function reopened() {
      await page.goto(`${server.origin}/`);
      await ready();
      return page.evaluate(() => found());
    }

    for (const [how, way] of Object.entries(LEAVING)) {
      story(`a_fold_while_the_page_leaves_${how}_loses_and_doubles_nothing`, async () => {
        await page.evaluate(() => hiding(() => void fold("abc")));
        await leave(way);
        const { letters, edits } = await reopened();
        assert.deepEqual({ letters, edits }, { letters: "abc", edits: 3 });
      });

      story(`what_was_added_just_before_the_page_leaves_${how}_is_there`, async () => {
        await leave(`() => { add("d"); (${way})(); }`);
        const { letters, edits } = await reopened();
        assert.deepEqual({ letters, edits }, { letters: "abcd", edits: 4 });
      });

      story(`a_fold_just_before_the_page_leaves_${how}_loses_and_doubles_nothing`, async () => {
        await leave(`() => { add("d"); fold("abcd"); (${way})(); }`);
        const { letters, edits } = await reopened();
        assert.deepEqual({ letters, edits }, { letters: "abcd", edits: 4 });
      });

      story(`a_copy_that_is_given_up_while_the_page_leaves_${how}_is_there_or_a_file_of_it`, async () => {
        const file = { name: "not-saved.md", reason: "Refused.", text: "abc" };
        await page.evaluate((file) => hiding(() => void copy.startAfresh(file, [], false, true)), file);
        await leave(way);
        const { letters, files } = await reopened();
        assert.equal(letters + files.join(), "abc");
      });
    }

    story("a_page_that_comes_back_has_stored_what_it_says", async (opened) => {
      await page.evaluate(() => hiding(() => void fold("abc")));
      await leave(LEAVING.by_a_link);
      await page.evaluate(() => void setTimeout(() => history.back()));
      await until("it is back", () => page.look(() => Boolean(window.DebriefShelf)));
      // It is the page that left, which knows that it cannot be sure, or a new one.
      await until("nothing is on its way", () => page.look(() => !window.copy?.isFolding && !window.copy?.pending));
      assert.equal(await page.evaluate(() => window.copy?.failed ?? true), true);
      assert.equal((await page.evaluate(() => found())).letters, "abc");
      await page.evaluate(async () => {
        if (!window.copy) await begin();
        await fold("abc");
      });
      assert.equal(await page.evaluate(() => copy.failed), false);
      // WebDriver BiDi leads a page that came back nowhere else.
      page = await opened(browser.page());
      const { letters, edits } = await reopened();
      assert.deepEqual({ letters, edits }, { letters: "abc", edits: 3 });
    });

    story("a_fold_that_was_stored_takes_the_place_of_all_rows", async () => {
      await page.evaluate(() => fold("abc"));
      const { letters, edits, updates } = await reopened();
      assert.deepEqual({ letters, edits, updates }, { letters: "abc", edits: 3, updates: 1 });
      await page.evaluate(async () => {
        await begin();
        await fold("abc", true);
      });
      assert.equal((await reopened()).edits, 0);
    });

    story("a_fold_that_is_cut_half_way_counts_once_and_is_tidied_by_the_next", async () => {
      await page.evaluate(async () => {
        const { delete: taken } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.delete = () => {
          throw new DOMException("cut", "AbortError");
        };
        await fold("abc");
        IDBObjectStore.prototype.delete = taken;
      });
      const { letters, edits, updates } = await reopened();
      assert.deepEqual({ letters, edits, updates }, { letters: "abc", edits: 3, updates: 1 });
      const count = await page.evaluate(async () => {
        await begin();
        await fold("abc");
        const opened = await new Promise((resolve) => (indexedDB.open("debrief").onsuccess = ({ target }) => resolve(target.result)));
        const counting = opened.transaction("rows").objectStore("rows").index("of").count(incident());
        return new Promise((resolve) => (counting.onsuccess = () => (opened.close(), resolve(counting.result))));
      });
      assert.equal(count, 1);
    });

    story("a_fold_for_which_there_is_no_room_leaves_every_row", async () => {
      const told = await page.evaluate(async () => {
        const { add: added } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.add = () => {
          throw new DOMException("full", "QuotaExceededError");
        };
        await fold("abc");
        const full = whole();
        IDBObjectStore.prototype.add = added;
        await fold("abc");
        return [full, whole()];
      });
      assert.deepEqual(told, [{ storing: 0, failed: true }, { storing: 0, failed: false }]);
      assert.deepEqual((await reopened()).letters, "abc");
    });

    story("a_second_tab_that_adds_while_the_first_folds_loses_nothing", async (opened) => {
      const other = await opened(browser.page());
      await other.goto(`${server.origin}/`);
      await until("the shelf is there", () => other.look(() => Boolean(window.DebriefShelf)));
      await other.evaluate(() => begin());
      // Begun in both before either is waited for: a driver asks one page at a time.
      await page.evaluate(() => {
        window.work = (async () => {
          for (const letter of "def") await add(letter);
          await fold("abcdef");
        })();
      });
      await other.evaluate(() => {
        window.work = (async () => {
          for (const letter of "uvw") await add(letter);
          await fold("abcuvw");
          await add("x");
        })();
      });
      for (const each of [page, other]) await each.evaluate(() => window.work);
      assert.equal((await reopened()).letters, "abcdefuvwx");
    });

    story("comments_that_wait_are_there_until_a_file_has_their_words", async () => {
      await leave(`() => { DebriefShelf.keepComment(incident(), incident(), "Who saw it?"); location.reload(); }`);
      assert.deepEqual((await reopened()).comments, ["Who saw it?"]);
      await page.evaluate(async () => {
        await begin();
        await copy.startAfresh({ name: "x.md", reason: "Gone.", text: "Who saw it?" }, [incident()], false, true);
      });
      const { comments, files, letters } = await reopened();
      assert.deepEqual({ comments, files, letters }, { comments: [], files: ["Who saw it?"], letters: "" });
    });
  });
}
