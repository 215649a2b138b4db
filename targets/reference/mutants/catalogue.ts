/**
 * The bugs that a node can be given (`target.config.mutant`), to see whether the harness finds them. Each is
 * put in at a seam, in a file of its own in this folder, and only where the configuration says `chaos: true`.
 */
import { ackBeforeFlush } from './ack-before-flush.ts';
import { cursorKeptPerUser } from './cursor-kept-per-user.ts';
import { dedupWindowOf64 } from './dedup-window-of-64.ts';
import { duplicatesAfterResume } from './duplicates-after-resume.ts';
import type { Mutation, Seams } from './mutation.ts';
import { presenceOutlivesItsNode } from './presence-outlives-its-node.ts';
import { queueLostOnTakeover } from './queue-lost-on-takeover.ts';
import { receiptsBeforeDelivery } from './receipts-before-delivery.ts';
import { registryEntrySurvivesItsNode } from './registry-entry-survives-its-node.ts';
import { releaseIgnoresTheEpoch } from './release-ignores-the-epoch.ts';
import { staleEpochDelivers } from './stale-epoch-delivers.ts';
import { windowClearedByAnyAck } from './window-cleared-by-any-ack.ts';

export const MUTANTS = {
  'ack-before-flush': ackBeforeFlush,
  'queue-lost-on-takeover': queueLostOnTakeover,
  'stale-epoch-delivers': staleEpochDelivers,
  'duplicates-after-resume': duplicatesAfterResume,
  'receipts-before-delivery': receiptsBeforeDelivery,
  'registry-entry-survives-its-node': registryEntrySurvivesItsNode,
  'cursor-kept-per-user': cursorKeptPerUser,
  'release-ignores-the-epoch': releaseIgnoresTheEpoch,
  'dedup-window-of-64': dedupWindowOf64,
  'window-cleared-by-any-ack': windowClearedByAnyAck,
  'presence-outlives-its-node': presenceOutlivesItsNode,
} as const satisfies Readonly<Record<string, Mutation>>;

/** @public */
export type MutantName = keyof typeof MUTANTS;

const SOUND: Seams = {};

/** The seams of a mutant; none for a node without one. */
export function seamsOf(mutant: string | undefined): Seams {
  return mutant === undefined ? SOUND : MUTANTS[mutant as MutantName].seams;
}

const NAMES = Object.keys(MUTANTS);

/** One message when this is no mutant's name, none when it is. */
export function checkMutant(value: unknown): string[] {
  if (typeof value === 'string' && Object.hasOwn(MUTANTS, value)) return [];
  const near = typeof value === 'string' ? nearest(value) : null;
  const hint = near === null ? '' : `did you mean ${near}? `;
  return [`mutant: ${JSON.stringify(value)} is not a mutant; ${hint}the mutants are ${NAMES.join(', ')}`];
}

/** The name with the most words of this one, if it has any. */
function nearest(wrong: string): string | null {
  const words = wrong.toLowerCase().split(/[^a-z]+/);
  const shared = (name: string): number => name.split('-').filter((word) => words.includes(word)).length;
  const [best] = NAMES.toSorted((a, b) => shared(b) - shared(a));
  return best !== undefined && shared(best) > 0 ? best : null;
}
