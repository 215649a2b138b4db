/**
 * The two ways across the border between a driver and the harness: calls of the driver's methods, whose throws are the driver's; and what the
 * user is told by it, whose throws are not.
 */
import type { CheckHost } from './check-host.ts';

/** What `callDriver` gives for a method that threw. */
export const THREW = Symbol('threw');

type Calls = Pick<CheckHost, 'within' | 'threw'>;

/** What a method of the driver gives, or THREW. */
export function callDriver<Value>(host: Calls, what: string, call: () => Value): Value | typeof THREW {
  const outer = host.within;
  host.within = what;
  try {
    return call();
  } catch (error) {
    host.threw(`${what}()`, error);
    return THREW;
  } finally {
    host.within = outer;
  }
}

/** What the user does with it is not the driver's to catch: a driver takes a throw of its listener for the server's mistake. */
export function tellUser(host: Pick<CheckHost, 'within'>, tell: () => void): void {
  const outer = host.within;
  host.within = null;
  try {
    tell();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  } finally {
    host.within = outer;
  }
}
