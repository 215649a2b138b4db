/** The settings that a user gives for a server that is started by a command line. */
import { randomUUID } from 'node:crypto';
import type { Credential, Durability } from '../target.ts';

/** What the server is told: its address, and where it may keep what it must not forget. */
export interface CommandNode {
  readonly host: string;
  readonly port: number;
  /** Exists, is empty at the first start, and is the same after a kill. */
  readonly dataDir: string;
  readonly durability: Durability;
  /** The scenario's settings for the target: every key of `target` that is not letitcrash's own. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface CommandLine {
  /** The program; without it Node: the scenario's `target.runtime`, or the one that runs letitcrash. */
  readonly file?: string;
  readonly args: readonly string[];
  /** Beside this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory; without it this process's own. */
  readonly folder?: string;
}

export interface CommandTargetOptions {
  /** What reports call the server. */
  readonly name: string;
  readonly summary: string;
  /** As reports say it. */
  readonly version?: string;
  /** What it runs on, as reports show it; by default the program that `command` names, or the Node that runs it. */
  readonly runtime?: string;
  /** The driver that speaks to it: a bundled name, or a file relative to the target's. */
  readonly driver: string;
  /** What its acknowledgement of a message means, the default first: ['memory'] where a killed process forgets it. */
  readonly durabilities: readonly Durability[];
  /**
   * What it promises beyond carrying messages: `resume`, that what it acknowledged reaches a receiver who was away or cut off once he is back
   * (promised unless this says otherwise); `receipts` and `presence`. What is not promised is not judged.
   */
  readonly promises?: readonly ('receipts' | 'presence' | 'resume')[];
  /** Request path of its WebSocket; / without. */
  readonly path?: string;
  /** Names of the settings it takes from the scenario's `target`; any other is refused. */
  readonly settings?: readonly string[];
  /** Largest payload of a message that it takes, in bytes; without it nothing is said, and refusals are counted. */
  readonly largestPayloadBytes?: number;
  /** How long it may take until its port answers; 15 seconds without. */
  readonly readyWithinMs?: number;
  /** How to start it. */
  command(node: CommandNode): CommandLine;
  /** What a user shows to sign in; without it the token is the user's name and proves nothing. */
  credential?(user: string, device: string): Credential;
}

/** For a server that asks for nothing but a name. */
export function nameOnly(user: string, device: string): Credential {
  return { user, device, token: user, secret: Buffer.from(randomUUID()).toString('base64url') };
}
