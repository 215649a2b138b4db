/**
 * What fault kinds require of the machine, each with a probe: a kind names what it `requires`, a run whose schedule needs something that is
 * missing does not start (exit 3), and `letitcrash doctor` lists them all. To add a requirement, add an entry here.
 */
import { access, constants } from 'node:fs/promises';
import { presentArena } from '../arena/inside.ts';
import { whyNoArena } from '../arena/namespaces.ts';
import { faketimeLibrary } from './machine/false-clock.ts';
import { tryNft } from './network/nft.ts';

/** The result of a probe: how the requirement is met, or why it is not and what would change that. */
export type RequirementState =
  | { readonly met: true; readonly found: string }
  | { readonly met: false; readonly reason: string; readonly remedy: string };

interface RequirementProbe {
  /** What it is, in a few words: for the page of fault kinds. */
  readonly what: string;
  /** Where it can be met at all; null: anywhere. */
  readonly platforms: readonly NodeJS.Platform[] | null;
  /** Probes, and changes nothing; takes at most a few seconds; never rejects. */
  probe(): Promise<RequirementState>;
}

/** A machine with /proc, from which the kernel's information about a process is read. */
async function procfs(): Promise<RequirementState> {
  const readable = await access('/proc/self/stat', constants.R_OK).then(
    () => true,
    () => false,
  );
  if (readable) return { met: true, found: '/proc/<pid>/stat is readable' };
  return { met: false, reason: `${process.platform} has no /proc to see a process in`, remedy: 'run it on Linux' };
}

/** Separate namespaces, in which a run may mount and filter without root. */
async function arena(): Promise<RequirementState> {
  if (presentArena() !== null) return { met: true, found: 'this run is in an arena' };
  const reason = await whyNoArena();
  if (reason === null) return { met: true, found: 'a run can have its own user, pid, network and mount namespaces' };
  return { met: false, reason, remedy: 'on Linux, install util-linux and allow unprivileged user namespaces' };
}

/** The library that gives a process a different time. */
async function libfaketime(): Promise<RequirementState> {
  const library = process.platform === 'linux' ? faketimeLibrary() : null;
  if (library !== null) return { met: true, found: library };
  return { met: false, reason: 'libfaketime is not installed', remedy: 'apt-get install libfaketime' };
}

/** The kernel's packet filter, and the command for it. */
async function nft(): Promise<RequirementState> {
  if (process.platform !== 'linux') return { met: false, reason: 'only Linux has nftables', remedy: 'run it on Linux' };
  const reason = await tryNft().then(
    () => null,
    (error: Error) => error.message,
  );
  if (reason === null) return { met: true, found: 'nft can drop packets in its own network namespace' };
  return { met: false, reason: `nft cannot drop packets: ${reason}`, remedy: 'apt-get install nftables' };
}

export const REQUIREMENTS = {
  arena: { what: 'an arena: namespaces in which a run may mount and filter', platforms: ['linux'], probe: arena },
  libfaketime: { what: 'libfaketime, which gives a process a different time', platforms: ['linux'], probe: libfaketime },
  nft: { what: 'nftables, the packet filter of Linux', platforms: ['linux'], probe: nft },
  procfs: { what: '/proc, where the kernel reports the state of a process', platforms: ['linux'], probe: procfs },
} as const satisfies Readonly<Record<string, RequirementProbe>>;

/** The name of something that a fault kind may require. */
export type Requirement = keyof typeof REQUIREMENTS;

/** All names, in the order of their entries. */
export const requirementNames = Object.keys(REQUIREMENTS) as readonly Requirement[];

export function requirement(name: Requirement): RequirementProbe {
  return REQUIREMENTS[name];
}

export interface AbsentRequirement {
  readonly name: Requirement;
  /** The kinds that require it. */
  readonly kinds: readonly string[];
  readonly reason: string;
  readonly remedy: string;
}

/** What these kinds require and this machine does not have; each once. */
export async function absentRequirements(
  kinds: Iterable<{ readonly kind: string; readonly requires: readonly Requirement[] }>,
): Promise<readonly AbsentRequirement[]> {
  const askedBy = new Map<Requirement, Set<string>>();
  for (const { kind, requires } of kinds)
    for (const name of requires) askedBy.set(name, (askedBy.get(name) ?? new Set()).add(kind));
  const absent = await Promise.all(
    [...askedBy].map(async ([name, kindsAsking]): Promise<readonly AbsentRequirement[]> => {
      const state = await requirement(name).probe();
      return state.met ? [] : [{ name, kinds: [...kindsAsking], reason: state.reason, remedy: state.remedy }];
    }),
  );
  return absent.flat();
}

/** In words, for the person who wanted to run it: `pause-node needs procfs: ...`. */
export function absentText({ name, kinds, reason, remedy }: AbsentRequirement): string {
  return `${kinds.join(', ')} ${kinds.length === 1 ? 'needs' : 'need'} ${name}: ${reason}\n  ${remedy}`;
}
