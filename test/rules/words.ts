/** Words of the glossary that name one thing: which identifiers may use them, and where. Found in the syntax tree. */
import { parseAst } from 'vitest/node';
import type { Source } from './imports.ts';

export interface Word {
  readonly word: string;
  /** Null for a word that the glossary avoids. */
  readonly meaning: string | null;
  /** What to call the other things that have been called so. */
  readonly remedy: string;
  /** Folders or files whose identifiers may use the word. */
  readonly rooms: readonly string[];
  /** Other uses that may stay: an identifier, where, and why. */
  readonly others: readonly { readonly identifier: RegExp; readonly where: readonly string[]; readonly why: string }[];
}

export const WORDS: readonly Word[] = [
  {
    word: 'link',
    meaning: 'Erlang’s link between two processes of the runtime',
    remedy: 'say connection for what a client has with a node, and path for the way between two ends in the network',
    rooms: ['targets/reference/runtime', 'targets/reference/control/views.ts'],
    others: [
      {
        identifier: /^(?:link|SocketLink|wrongLink)$/,
        where: [
          'harness/contracts/driver.ts',
          'harness/run/drivers',
          'harness/run/load/afflictions.ts',
          'harness/run/faults/kinds/client/afflicted-users.ts',
          'harness/front/library/driver.ts',
        ],
        why: 'the published field of a driver’s session, and its type',
      },
      {
        identifier: /^links?$/,
        where: [
          'harness/run/faults/kinds/network',
          'harness/run/faults/network/network-settings.ts',
          'harness/studies/explore/fault-arbitraries.ts',
        ],
        why: 'the setting of a scenario',
      },
      { identifier: /^links$/, where: ['harness/run/load/observation-file.ts'], why: 'a table of the workers’ files' },
      { identifier: /^(?:linkSync|isSymbolicLink)$/, where: ['harness/run/arena'], why: 'functions of node:fs' },
      { identifier: /^(?:worstSecondsLinks|fileLink)$/, where: ['reports/html'], why: 'links of a page' },
    ],
  },
  {
    word: 'mailbox',
    meaning: 'the messages that are stored for one user',
    remedy: 'say message queue for what waits for a process of the runtime, and outbox for what waits in the load',
    rooms: [
      'targets/calibrated',
      'targets/reference/http',
      'targets/reference/messaging',
      'targets/reference/mutants',
      'targets/reference/node.ts',
      'targets/reference/planted',
      'targets/reference/running-node.ts',
      'targets/reference/store',
    ],
    others: [
      { identifier: /^mailboxFull$/, where: ['targets/protocol', 'harness/run/drivers/native'], why: 'a NACK of the protocol' },
      {
        identifier: /^mailbox$/,
        where: ['targets/reference/control/views.ts', 'harness/front/observe'],
        why: 'the published word of the control plane for a message queue',
      },
    ],
  },
  {
    word: 'outbox',
    meaning: 'the messages of one device of the load that are not settled yet',
    remedy: 'say outstanding sends or queue in a server',
    rooms: ['harness/run/load'],
    others: [],
  },
  {
    word: 'door',
    meaning: null,
    remedy: 'say listener for what accepts connections, gateway for where they become clients, entrance for an address of a run',
    rooms: [],
    others: [],
  },
  {
    word: 'arrival',
    meaning: 'a time at which a message should be sent, drawn ahead from the arrival model',
    remedy: 'say delivery for a message that reached a device',
    rooms: ['harness/plan/arrivals', 'harness/plan/scenario', 'harness/run/drivers/k6/script', 'harness/run/load/pacer.ts'],
    others: [
      {
        identifier: /^arrivalModelText$/,
        where: ['harness/front/cli/plan-text.ts', 'harness/run/conductor'],
        why: 'the arrival model in words',
      },
      { identifier: /^arrivals$/, where: ['reports/html/setting-section.ts'], why: 'the field of a Result' },
    ],
  },
  {
    word: 'outlet',
    meaning: 'one connection as its user’s process sees it',
    remedy: 'say connection outside the application',
    rooms: ['targets/reference/messaging'],
    others: [],
  },
  {
    word: 'mandate',
    meaning: 'a user and the epoch of its owner, under which the store writes',
    remedy: 'say owner for the process, and epoch for the number',
    rooms: ['targets/reference/messaging', 'targets/reference/mutants', 'targets/reference/planted', 'targets/reference/store'],
    others: [],
  },
  {
    word: 'watermark',
    meaning: 'the highest id that a mailbox has accepted from a sender',
    remedy: 'say cursor for how far a device has come, and limit for a bound of a queue',
    rooms: ['targets/reference/messaging'],
    others: [],
  },
  {
    word: 'mutant',
    meaning: 'a named bug that is put into the reference server',
    remedy: 'say effect for what planted settings do, and mistake for what a test makes wrong',
    rooms: ['targets/reference'],
    others: [],
  },
  {
    word: 'stranger',
    meaning: 'who is connected and has proved nothing yet',
    remedy: 'say client or peer for who has signed in, and foreign for what belongs to somebody else',
    rooms: [
      'targets/protocol',
      'targets/reference',
      'harness/front/watch/live/server.ts',
      'harness/front/watch/telemetry/prometheus.ts',
    ],
    others: [],
  },
];

/** The words of an identifier, singular and in lower case: `#heldLinks` has held and link. */
function wordsOf(identifier: string): string[] {
  const parts = identifier.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return parts.map((part) => part.toLowerCase()).map((part) => part.replace(/(x)es$|([^s])s$/, '$1$2'));
}

/** One line for each identifier that uses a word where it means something else: file, line, and what to say. */
export function misusedWords({ path, text }: Source, words: readonly Word[] = WORDS): string[] {
  const suspects = words.filter(
    (each) => !each.rooms.some((room) => isWithin(path, room)) && new RegExp(each.word, 'i').test(text),
  );
  if (suspects.length === 0) return [];
  const found = new Set<string>();
  for (const { name, start } of identifiersOf(text)) {
    const own = wordsOf(name);
    for (const { word, meaning, remedy, others } of suspects) {
      if (!own.includes(word)) continue;
      if (others.some(({ identifier, where }) => identifier.test(name) && where.some((room) => isWithin(path, room)))) continue;
      const line = text.slice(0, start).split('\n').length;
      const why = meaning === null ? 'which the glossary avoids' : `which means ${meaning}`;
      found.add(`${path}:${line}: ${name} has the word ${word}, ${why}; ${remedy}`);
    }
  }
  return [...found];
}

export function isWithin(path: string, room: string): boolean {
  return path === room || path.startsWith(`${room}/`);
}

interface Named {
  readonly name: string;
  readonly start: number;
}

/** Names of variables, functions, types, fields and private fields, in code and in types; not texts and comments. */
export function identifiersOf(text: string): Named[] {
  const found: Named[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { type, name, start } = value as Record<string, unknown>;
    if ((type === 'Identifier' || type === 'PrivateIdentifier') && typeof name === 'string') {
      found.push({ name, start: start as number });
    }
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(parseAst(text, { lang: 'ts' }));
  return found;
}
