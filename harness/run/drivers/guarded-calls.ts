/**
 * The two ways across the boundary between a driver and the harness: calls of the driver's methods, whose errors belong to the driver; and
 * what the driver reports to the user, whose errors do not.
 */
import type { CheckHost } from './check-host.ts';

/** The result of `callDriver` for a method that threw. */
export const THREW = Symbol('threw');

type Calls = Pick<CheckHost, 'within' | 'threw'>;

/** The result of a method of the driver, or THREW. */
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

/** The driver must not catch the user's errors: it would take an error of its listener for the server's mistake. */
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
