/**
 * The bugs that a node can be told to have (`target.config.mutant`), so that it can be seen whether the harness finds them. Each is
 * put in at a seam, in a file of its own in this folder, and only where the configuration says `chaos: true`.
 */
export const MUTANTS = {
  'ack-before-flush': 'a message is acknowledged when it is handed to the store, before anything of it is durable',
  'queue-lost-on-takeover': 'a node that takes a user over begins with an empty mailbox',
  'stale-epoch-delivers': 'a process whose user another node has claimed goes on delivering',
  'duplicates-after-resume': 'a device that comes back is sent again what it had acknowledged',
  'receipts-before-delivery': 'the delivered receipt goes out when the message is stored, not when a device has it',
  'registry-entry-survives-its-node': 'the entries of a dead node are never taken over',
} as const satisfies Readonly<Record<string, string>>;

/** @public */
export type MutantName = keyof typeof MUTANTS;

const NAMES = Object.keys(MUTANTS);

/** One message when this is no mutant's name, none when it is. */
export function checkMutant(value: unknown): string[] {
  if (typeof value === 'string' && Object.hasOwn(MUTANTS, value)) return [];
  const near = typeof value === 'string' ? nearest(value) : null;
  const hint = near === null ? '' : `did you mean ${near}? `;
  return [`mutant: ${JSON.stringify(value)} is not one; ${hint}there are ${NAMES.join(', ')}`];
}

/** The name with the most words of this one, if it has any. */
function nearest(wrong: string): string | null {
  const words = wrong.toLowerCase().split(/[^a-z]+/);
  const shared = (name: string): number => name.split('-').filter((word) => words.includes(word)).length;
  const [best] = NAMES.toSorted((a, b) => shared(b) - shared(a));
  return best !== undefined && shared(best) > 0 ? best : null;
}
