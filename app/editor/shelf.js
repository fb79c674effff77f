// What this browser keeps of the post-mortems that were opened in it: their copies as rows of updates, comments that
// wait to be sent, and text that was refused. Rows are only added, and taken away by whoever has put what they say into
// a newer row, so that several tabs at once lose nothing. Nothing is taken away in the transaction that puts something
// in its place, nor on the word of that transaction alone: in WebKitGTK 2.50.6, and so perhaps in Safari, a page that is
// leaving keeps the deletions of a transaction, loses what it adds, and is told later that all is done. Until the old
// rows are gone the new one names them, and they count for nothing. It knows nothing of what the updates mean.

const UNANSWERED = 3_000;

/** A copy is some megabytes at most; one that is not read in this time never will be. */
const UNREAD = 10_000;

/** The copies that are open in this page. */
const copies = new Set();

/** The database, or null where the browser gives none. */
const openDatabase = () =>
  new Promise((resolve) => {
    // Some browsers never answer instead of refusing.
    setTimeout(() => resolve(null), UNANSWERED);
    try {
      const request = indexedDB.open("debrief", 1);
      request.onupgradeneeded = () => {
        const database = request.result;
        database.createObjectStore("postmortems", { keyPath: "id" });
        for (const name of ["rows", "kept"]) {
          database.createObjectStore(name, { autoIncrement: true }).createIndex("of", "postmortem");
        }
        database.createObjectStore("comments", { keyPath: "id" }).createIndex("of", "postmortem");
      };
      request.onsuccess = () => {
        request.result.onclose = reopen;
        resolve(request.result);
      };
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });

let opening = openDatabase();

/** Whether there is a database. */
export const hasStorage = opening.then(Boolean);

/** The browser has closed the database by itself: its data were cleared, or its storage process ended. */
function reopen() {
  opening = openDatabase();
  doubt();
}

/** Transactions without an answer, by what gives them up. */
const unanswered = new Set();

/** What the copies of this page have stored may be gone: each is to be stored again as a whole. */
function doubt() {
  for (const giveUp of unanswered) giveUp(new Error("no answer"));
  for (const copy of copies) copy.doubt();
}

// What a page that comes back had begun to store while it left, WebKitGTK calls done whatever became of it, and Firefox
// 153 says nothing of any more.
addEventListener("pageshow", (event) => event.persisted && doubt());

/** Runs `work` in a transaction and answers what it returned, with requests among its values answered. */
async function transact(mode, names, work) {
  const database = await opening;
  if (!database) throw new Error("no storage");
  let giveUp;
  const answer = new Promise((resolve, reject) => {
    giveUp = reject;
    unanswered.add(giveUp);
    const transaction = database.transaction(names, mode);
    const outcome = work(...names.map((name) => transaction.objectStore(name)));
    // At once: a page that is closed commits nothing any more, and in WebKitGTK what is left open keeps all others out.
    transaction.commit();
    transaction.oncomplete = () => resolve((outcome ?? []).map((request) => request.result));
    transaction.onabort = () => reject(transaction.error);
  });
  return answer.finally(() => unanswered.delete(giveUp));
}

/** `promise`, or a failure when it is not settled in time. */
const within = (milliseconds, promise) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error("no answer")), milliseconds))]);

const read = (names, work) => within(UNREAD, transact("readonly", names, work));
const write = (names, work) => transact("readwrite", names, work);

/** Fails unless what was stored under this key is there. */
async function assertThere(name, key) {
  const [found] = await read([name], (store) => [store.getKey(key)]);
  if (found === undefined) throw new Error("not stored");
}

/** Stores a file, which stands for the rows and comments that it names; answers its place. */
async function addFile(postmortem, file, replaces = [], comments = []) {
  const [key] = await write(["kept"], (kept) => [kept.add({ ...file, postmortem, replaces, comments })]);
  await assertThere("kept", key);
  return key;
}

/** What newer rows and files stand for. */
const replaced = (...lists) => new Set(lists.flat().flatMap(({ replaces }) => replaces ?? []));

let rowsOfThisPage = 0;

/** A key of its own for each row, known before it is stored, in the order of time. */
const newKey = () => `${new Date().toISOString()} ${String(rowsOfThisPage++).padStart(6, "0")} ${crypto.randomUUID()}`;

/** The copy of one post-mortem; `tell` hears what happens to it. Null where there is no storage. */
async function open(postmortem, tell) {
  const [known, found, keys, kept, keptKeys] = await read(["postmortems", "rows", "kept"], (postmortems, rows, kept) => [
    postmortems.get(postmortem),
    rows.index("of").getAll(postmortem),
    rows.index("of").getAllKeys(postmortem),
    kept.index("of").getAll(postmortem),
    kept.index("of").getAllKeys(postmortem),
  ]);
  const channel = new BroadcastChannel(`debrief ${postmortem}`);
  channel.onmessage = ({ data }) => tell(...data);
  const gone = replaced(found, kept);
  const there = found.map((row, index) => ({ ...row, key: keys[index] })).filter(({ key }) => !gone.has(key));
  // A row of another generation is left alone: whoever wrote it keeps it as a file when they meet the server.
  const generation = there.some((row) => row.generation === known?.generation) ? known?.generation : there.at(-1)?.generation;
  const rows = there.filter((row) => row.generation === generation);
  /** The rows whose updates this page holds, and those for which such rows stand. */
  let held = [...keys.filter((key) => gone.has(key)), ...rows.map(({ key }) => key)];
  /** Rows of other pages: they count for themselves until all is on the server. */
  let others = [];
  let pending = 0;
  let isFolding = false;
  /** Whether something was not stored, as when the disk is full; the next fold stores all. */
  let failed = false;
  const keep = async (work) => {
    pending++;
    try {
      return await work();
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      pending--;
      tell("storage");
    }
  };

  const copy = {
    updates: rows.flatMap((row) => row.updates),
    rows: held.length,
    edits: rows.reduce((sum, row) => sum + row.edits, 0),
    /** What those are edits of, as each row says it; undefined in one of an older release. */
    parts: rows.filter((row) => row.edits > 0).map((row) => row.parts),
    generation,
    greeting: known?.greeting,
    kept: kept.map((file, index) => [keptKeys[index], file.name, file.reason, file.text]),

    /** Adds updates, `edits` of them this person's own, of these parts; `shared` tells the other tabs. */
    async add(generation, updates, edits, parts, shared) {
      const key = newKey();
      held.push(key);
      const row = { postmortem, generation, updates, edits, parts };
      // What came of it is in the state of the storage, which has been told.
      const stored = await keep(() => write(["rows"], (store) => void store.add(row, key))).then(() => key, () => {});
      if (shared) channel.postMessage(["edit", shared, edits, stored]);
    },

    /** Another tab wrote this row, and this page has taken it in. */
    hold(key) {
      if (key !== undefined) others.push(key);
    },

    /** One row in the place of all that this page holds. */
    async fold(record, update, edits, parts, isSaved) {
      const key = newKey();
      const replaces = [...held, ...(isSaved ? others : [])];
      const row = { postmortem, generation: record.generation, updates: [update], edits, parts, replaces };
      const hadFailed = failed;
      failed = false;
      isFolding = true;
      held.push(key);
      try {
        await keep(async () => {
          await write(["postmortems", "rows"], (postmortems, store) => {
            postmortems.put({ ...record, id: postmortem });
            store.add(row, key);
          });
          await assertThere("rows", key);
        });
        await write(["rows"], (store) => replaces.forEach((old) => store.delete(old)));
        const old = new Set(replaces);
        held = held.filter((each) => !old.has(each));
        others = others.filter((each) => !old.has(each));
      } catch {
        // The old rows are there, and the next fold stands for them too.
        failed ||= hadFailed;
      }
      isFolding = false;
    },

    /**
     * Forgets what this page holds, once the text of it that would be lost is a file; `comments` are the ids of those
     * whose words it has. With `isGone` the post-mortem is forgotten as well.
     */
    async startAfresh(file, comments, tells, isGone) {
      const before = [...held, ...others];
      [held, others] = [[], []];
      let key;
      try {
        key = file && (await keep(() => addFile(postmortem, file, before, comments)));
        await write(["rows", "comments", "postmortems"], (rowStore, commentStore, postmortems) => {
          for (const row of before) rowStore.delete(row);
          for (const id of comments) commentStore.delete(id);
          if (isGone) postmortems.delete(postmortem);
        });
      } catch {
        // What was not stored is in the page, which says so; the rows are there for whoever opens it next.
      }
      if (tells) channel.postMessage(["afresh"]);
      return key;
    },

    doubt() {
      failed = true;
      tell("doubt");
    },
    get pending() {
      return pending;
    },
    get failed() {
      return failed;
    },
    get isFolding() {
      return isFolding;
    },
    forget: (key) => write(["kept"], (files) => void files.delete(key)).catch(() => {}),
    close() {
      copies.delete(copy);
      channel.close();
    },
  };
  copies.add(copy);
  return copy;
}

/** Every post-mortem that was opened here: what the log shows of it, whether something of it is to be sent, how it was greeted. */
async function visited() {
  const [known, rows, keys, kept, comments] = await read(
    ["postmortems", "rows", "kept", "comments"],
    (postmortems, rowStore, files, waiting) => [
      postmortems.getAll(),
      rowStore.getAll(),
      rowStore.getAllKeys(),
      files.getAll(),
      waiting.getAll(),
    ],
  );
  const gone = replaced(rows, kept);
  const unsent = rows.filter((row, index) => row.edits > 0 && !gone.has(keys[index]));
  const waiting = new Set([...unsent, ...comments].map((row) => row.postmortem));
  return known.map(({ id, summary, greeting }) => [id, summary, waiting.has(id), greeting ?? ""]);
}

/** The comments of a post-mortem that wait to be sent, in the order in which they were written. */
async function comments(postmortem) {
  const [waiting, kept] = await read(["comments", "kept"], (store, files) =>
    [store, files].map((each) => each.index("of").getAll(postmortem)),
  );
  const inFiles = new Set(kept.flatMap((file) => file.comments ?? []));
  const unsent = waiting.filter(({ id }) => !inFiles.has(id));
  return unsent.sort((one, other) => (one.id < other.id ? -1 : 1)).map(({ comment }) => comment);
}

const keepComment = (postmortem, id, comment) =>
  write(["comments"], (store) => void store.put({ postmortem, id, comment }));
const dropComment = (id) => write(["comments"], (store) => void store.delete(id));

/** Forgets the copy of a post-mortem, unless something in it is still to be sent. */
async function forget(postmortem) {
  const [found, keys] = await read(["rows"], (rows) => [
    rows.index("of").getAll(postmortem),
    rows.index("of").getAllKeys(postmortem),
  ]);
  if (found.some((row) => row.edits > 0)) return;
  await write(["rows", "postmortems"], (rows, postmortems) => {
    for (const key of keys) rows.delete(key);
    postmortems.delete(postmortem);
  });
}

/** Keeps text as a file until its person has it; answers its place. */
const keepFile = (postmortem, file) => addFile(postmortem, file);

/** Hands a file to the person. */
function download(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

window.DebriefShelf = { open, visited, forget, comments, keepComment, dropComment, keepFile, download };
