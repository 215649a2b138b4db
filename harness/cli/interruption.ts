/** Ctrl-C and its like, as a signal that whatever goes on can listen to. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `action` with a signal that aborts when the process is asked to end; until it is over, the process does not end by itself. */
export async function interruptible<Outcome>(action: (signal: AbortSignal) => Promise<Outcome>): Promise<Outcome> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await action(interruption.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}
