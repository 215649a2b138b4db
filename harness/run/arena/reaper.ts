/**
 * What a killed arena leaves on the disk is undone by a process that outlives the launcher: the kernel ends processes, networks and mounts,
 * but a run's data and its pointer are files. This is the launcher's end of it. The process is started with the first journal, in a session
 * of its own, so that whatever ends the launcher does not end it too.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JournalPlace } from './channel.ts';

const ENTRY = fileURLToPath(new URL(`./reaper-process${extname(import.meta.url)}`, import.meta.url));

export class Reaper {
  #child: ChildProcess | null = null;

  /** Passes on that a journal is about to begin, or has ended. */
  hear(journal: JournalPlace, state: 'begun' | 'ended'): void {
    if (this.#child === null) {
      this.#child = spawn(process.execPath, [ENTRY], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
      // If the process could not be started, or is gone, `letitcrash heal` finds what is left.
      this.#child.on('error', () => undefined);
      this.#child.stdin?.on('error', () => undefined);
    }
    this.#child.stdin?.write(`${JSON.stringify({ ...journal, state })}\n`);
  }

  /** The arena is over: everything that it left is undone when this resolves. */
  async finish(): Promise<void> {
    const child = this.#child;
    if (child === null || child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.stdin?.end();
    await gone;
  }
}
