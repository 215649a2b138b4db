/** Calls that an interruption must not divide: it comes before or after them. */
import type { Shelter, Turns } from '../platform/platform.ts';

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

/** From now on these methods of a class are whole. Of at most four arguments. */
export function shelterMethods<Instance extends object>(
  prototype: Instance,
  turnsOf: (instance: Instance) => Turns,
  names: readonly (keyof Instance)[],
): void {
  for (const name of names) {
    const method = prototype[name] as unknown as Method;
    const whole = function (this: Instance, a: unknown, b: unknown, c: unknown, d: unknown): unknown {
      return inShelter(turnsOf(this), () => method.call(this, a, b, c, d));
    };
    Object.defineProperty(prototype, name, { value: whole, writable: true, configurable: true });
  }
}

/**
 * The same object, with every call of it whole; for what processes call of the outer world, or share. Its methods have at most four arguments;
 * they are written out, since an array of arguments and a function for each call would cost a message more than the shelter itself.
 */
export function sheltered<Port extends object>(turns: Shelter, port: Port): Port {
  const shell = Object.create(Object.getPrototypeOf(port)) as Port;
  for (let level: object | null = port; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level) as (keyof Port)[]) {
      if (name === 'constructor' || Object.hasOwn(shell, name)) continue;
      const { value } = Object.getOwnPropertyDescriptor(level, name) as PropertyDescriptor;
      if (typeof value === 'function') {
        const method = value as Method;
        const call = (a: unknown, b: unknown, c: unknown, d: unknown): unknown => {
          const exposed = turns.shelter();
          try {
            return method.call(port, a, b, c, d);
          } finally {
            if (exposed) turns.expose();
          }
        };
        Object.defineProperty(shell, name, { value: call, writable: true, configurable: true });
      } else Object.defineProperty(shell, name, { get: () => port[name], configurable: true });
    }
  }
  return shell;
}
