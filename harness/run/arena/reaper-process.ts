/**
 * Reads on its standard input, one message a line, which journals have begun and ended in an arena. When the input ends, because the
 * launcher ended or was killed, it heals the runs whose journals have not ended. It never touches a run that is going on.
 */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { JournalPlace } from './channel.ts';
import { healRun } from './heal.ts';

/** The kernel ends an arena within milliseconds of its launcher; a machine that thrashes may need longer. */
const OVER_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 50;

const begun = new Map<string, JournalPlace>();
for await (const line of createInterface({ input: process.stdin })) {
  const { state, ...journal } = JSON.parse(line) as JournalPlace & { readonly state: 'begun' | 'ended' };
  if (state === 'begun') begun.set(journal.folder, journal);
  else begun.delete(journal.folder);
}
for (const { folder, stateFolder } of begun.values()) {
  for (let waitedMs = 0; waitedMs < OVER_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    const run = await healRun(folder, false, stateFolder);
    if (run?.state !== 'running' && run?.state !== 'healing') break;
    await delay(LOOK_EVERY_MS);
  }
}
