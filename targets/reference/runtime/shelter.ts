/** Calls that an interruption must not divide: it comes before them, or after. */
import type { Shelter } from '../platform/platform.ts';

/** Does `work` whole: an interruption comes before it, or after. What it throws goes through. */
export function inShelter<T>(turns: Shelter, work: () => T): T {
  if (!turns.shelter()) return work();
  try {
    return work();
  } finally {
    turns.expose();
  }
}

type Method = (this: unknown, ...values: unknown[]) => unknown;

/**
 * `method` of `owner`, or of whomever it is called on where that is null, as a whole. It has at most six arguments: they are written out, since an
 * array of arguments and a function for each call would cost a message more than the shelter itself.
 */
function whole<Instance>(method: Method, owner: Instance | null, turnsOf: (instance: Instance) => Shelter): Method {
  return function (this: unknown, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown, f: unknown): unknown {
    const instance = owner ?? (this as Instance);
    const turns = turnsOf(instance);
    const exposed = turns.shelter();
    try {
      return method.call(instance, a, b, c, d, e, f);
    } finally {
      if (exposed) turns.expose();
    }
  };
}

/** From now on these methods of a class are whole. */
export function shelterMethods<Instance extends object>(
  prototype: Instance,
  turnsOf: (instance: Instance) => Shelter,
  names: readonly (keyof Instance)[],
): void {
  for (const name of names) {
    const value = whole(prototype[name] as unknown as Method, null, turnsOf);
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}

/** The same object, with every call of it whole; for what processes call of the outer world, or share. */
export function sheltered<Port extends object>(turns: Shelter, port: Port): Port {
  const shell = Object.create(Object.getPrototypeOf(port)) as Port;
  for (let level: object | null = port; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level) as (keyof Port)[]) {
      if (name === 'constructor' || Object.hasOwn(shell, name)) continue;
      const { value } = Object.getOwnPropertyDescriptor(level, name) as PropertyDescriptor;
      if (typeof value === 'function')
        Object.defineProperty(shell, name, {
          value: whole(value as Method, port, () => turns),
          writable: true,
          configurable: true,
        });
      else Object.defineProperty(shell, name, { get: () => port[name], configurable: true });
    }
  }
  return shell;
}
