// How long tests wait. Nothing is slept for: what is awaited is looked at until it is there, or is said never to have been.

import { setTimeout } from "node:timers/promises";

/** How long any one thing may take before a test gives up on it, in milliseconds: `PATIENCE` changes it. */
export const PATIENCE = Number(process.env.PATIENCE ?? 30_000);

/** Between two looks, in milliseconds. */
const PAUSE = 20;

/** Waits until `check` holds, without an error and truthy, and returns what it returned. */
export async function until(what, check, patience = PATIENCE) {
  const deadline = Date.now() + patience;
  let problem;
  for (;;) {
    try {
      const outcome = await check();
      if (outcome) return outcome;
      problem = undefined;
    } catch (error) {
      problem = error;
    }
    if (Date.now() > deadline) throw new Error(`this never happened: ${what}`, { cause: problem });
    await setTimeout(PAUSE);
  }
}

/** What is awaited, or a failure by name: what hangs would otherwise hold its whole file up. */
export async function within(what, awaited, patience = PATIENCE) {
  const limit = new AbortController();
  const hangs = setTimeout(patience, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`this took longer than ${patience} ms: ${what}`);
  });
  // Nobody hears of the wait that is given up when the other is over first.
  hangs.catch(() => {});
  try {
    return await Promise.race([awaited, hangs]);
  } finally {
    limit.abort();
  }
}
