// What this browser keeps of the post-mortems that were opened in it: their copies as rows of updates, comments that
// wait to be sent, and text that was refused. Rows are only added, and taken away by whoever has put what they say into
// a newer row, so that several tabs at once lose nothing. It knows nothing of what the updates mean.

const UNANSWERED = 3_000;

/** The database, or null where the browser gives none. */
const opening = new Promise((resolve) => {
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
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  } catch {
    resolve(null);
  }
});

/** Whether there is a database. */
export const hasStorage = opening.then(Boolean);

/** Runs `work` in a transaction and answers what it returned, with requests among its values answered. */
async function transact(mode, names, work) {
  const database = await opening;
  if (!database) throw new Error("no storage");
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, mode);
    const outcome = work(...names.map((name) => transaction.objectStore(name)));
    // At once, since a page that is closed commits nothing any more.
    transaction.commit();
    transaction.oncomplete = () => resolve((outcome ?? []).map((request) => request.result));
    transaction.onabort = () => reject(transaction.error);
  });
}

const read = (names, work) => transact("readonly", names, work);
const write = (names, work) => transact("readwrite", names, work);

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
  // A row of another generation is left alone: whoever wrote it keeps it as a file when they meet the server.
  const mine = found.map((row, index) => ({ ...row, key: keys[index] }));
  const rows = mine.filter((row) => row.generation === (known?.generation ?? row.generation));
  /** The rows whose updates this page holds. */
  let held = rows.map((row) => row.key);
  /** Rows of other pages: they count for themselves until all is on the server. */
  let others = [];
  let pending = 0;
  /** Whether something was not stored, as when the disk is full; the next fold stores all. */
  let failed = false;
  const keep = async (names, work) => {
    pending++;
    try {
      return await write(names, work);
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      pending--;
      tell("storage");
    }
  };

  return {
    updates: rows.flatMap((row) => row.updates),
    edits: rows.reduce((sum, row) => sum + row.edits, 0),
    generation: known?.generation,
    greeting: known?.greeting,
    kept: kept.map((file, index) => [keptKeys[index], file.name, file.reason, file.text]),

    /** Adds updates, `edits` of them this person's own; `shared` tells the other tabs. */
    async add(generation, updates, edits, shared) {
      let key;
      try {
        [key] = await keep(["rows"], (store) => [store.add({ postmortem, generation, updates, edits })]);
        held.push(key);
      } catch {
        // The state of the storage has been told.
      }
      if (shared) channel.postMessage(["edit", shared, edits, key]);
    },

    /** Another tab wrote this row, and this page has taken it in. */
    hold(key) {
      if (key !== undefined) others.push(key);
    },

    /** One row in the place of all that this page holds. */
    async fold(record, update, edits, isSaved) {
      const before = held;
      const borrowed = isSaved ? others : [];
      const hadFailed = failed;
      held = [];
      if (isSaved) others = [];
      failed = false;
      try {
        const [, key] = await keep(["postmortems", "rows"], (postmortems, store) => {
          for (const key of [...before, ...borrowed]) store.delete(key);
          return [
            postmortems.put({ ...record, id: postmortem }),
            store.add({ postmortem, generation: record.generation, updates: [update], edits }),
          ];
        });
        held.push(key);
      } catch {
        held.push(...before);
        others.push(...borrowed);
        failed ||= hadFailed;
      }
    },

    /** Forgets what this page holds, and keeps the text of it that would be lost as a file. */
    async startAfresh(file, tells) {
      const before = [...held, ...others];
      [held, others] = [[], []];
      const outcome = await keep(["rows", "kept", "postmortems"], (rows, kept, postmortems) => {
        for (const key of before) rows.delete(key);
        postmortems.delete(postmortem);
        return file ? [kept.add({ ...file, postmortem })] : [];
      }).catch(() => []);
      if (tells) channel.postMessage(["afresh"]);
      return outcome[0];
    },

    get pending() {
      return pending;
    },
    get failed() {
      return failed;
    },
    forget: (key) => write(["kept"], (kept) => void kept.delete(key)).catch(() => {}),
    close: () => channel.close(),
  };
}

/** Every post-mortem that was opened here: what the log shows of it, and whether something of it is to be sent. */
async function visited() {
  const [known, rows, comments] = await read(["postmortems", "rows", "comments"], (...stores) =>
    stores.map((store) => store.getAll()),
  );
  const waiting = new Set([...rows.filter((row) => row.edits > 0), ...comments].map((row) => row.postmortem));
  return known.map(({ id, summary }) => [id, summary, waiting.has(id)]);
}

/** The comments of a post-mortem that wait to be sent, in the order in which they were written. */
async function comments(postmortem) {
  const [waiting] = await read(["comments"], (store) => [store.index("of").getAll(postmortem)]);
  return waiting.sort((one, other) => (one.id < other.id ? -1 : 1)).map(({ comment }) => comment);
}

const keepComment = (postmortem, id, comment) =>
  write(["comments"], (store) => void store.put({ postmortem, id, comment }));
const dropComment = (id) => write(["comments"], (store) => void store.delete(id));

/** Keeps text as a file until its person has it; answers its place. */
async function keepFile(postmortem, file) {
  const [key] = await write(["kept"], (kept) => [kept.add({ ...file, postmortem })]);
  return key;
}

/** Hands a file to the person. */
function download(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

window.DebriefShelf = { open, visited, comments, keepComment, dropComment, keepFile, download };
