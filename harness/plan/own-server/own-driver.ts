/** A user's own driver, from a file. Each load worker loads it by its path, so that each has its own instance. */
import { basename } from 'node:path';
import type { Driver } from '../../contracts/driver.ts';
import { type Loaded, loadOwn } from './own-module.ts';
import { aFunction, aText, faultsOf, type Shape } from './shape.ts';

const DRIVER: Shape = {
  name: aText('the name of the protocol in reports'),
  connect: aFunction('(options, events) => Session'),
  tend: aFunction('(nowMs) => void: ping or end silent sessions'),
};

const SESSION: Shape = {
  send: aFunction('(id, to, payload, receipts) => boolean'),
  acknowledge: aFunction('(seq) => void'),
  read: aFunction('(seq) => void'),
  close: aFunction('() => void: close in good order'),
  abort: aFunction('(reason, retry) => void: drop the socket'),
  stall: aFunction('() => boolean: stop reading; () => false if it cannot'),
  resume: aFunction('() => void: read again'),
  abandon: aFunction('() => null if it cannot leave a socket open for ever'),
};

/** A driver as its file exports it, before the rules of the interface are enforced. */
export interface OwnDriver {
  readonly driver: Driver;
  /** How people may know it besides its name: the name of the file. */
  readonly file: string;
  /** Checks the first result of connect(). Throws, in words for people, if it is not a Session. */
  readonly checkSession: (session: unknown) => void;
}

/** Loads `export const driver` of a file, by its absolute path. */
export async function loadOwnDriver(file: string): Promise<Loaded<OwnDriver>> {
  const loaded = await loadOwn<Driver>(file, {
    name: 'driver',
    type: 'Driver',
    from: 'letitcrash/driver',
    check: (value) => faultsOf(value, DRIVER),
  });
  if (!loaded.ok) return loaded;
  return { ok: true, value: { driver: loaded.value, file: basename(file), checkSession: checkFirst(file) } };
}

/** Checks the first session only: the others come from the same code, and there are thousands. */
function checkFirst(file: string): (session: unknown) => void {
  let checked = false;
  return (session) => {
    if (checked) return;
    checkSession(file, session);
    checked = true;
  };
}

/** The result of connect(). @throws in words for people if it is not a Session. */
function checkSession(file: string, session: unknown): void {
  const faults = faultsOf(session, SESSION);
  if (faults[0] === undefined) return;
  const words = faults.map(({ member, is }) => `${member} is ${is}`).join('; ');
  throw new Error(
    `${basename(file)}: driver.connect() returned no Session: ${words}\n  ${faults[0].member} must be ${faults[0].shouldBe}; the interface is in letitcrash/driver`,
  );
}
