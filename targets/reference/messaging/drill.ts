/**
 * The seam for drills: a message that makes a process fail on purpose, so that the failure happens in its own handler and has the same
 * consequences as a real one. Nothing in the server sends it except the control plane, if the node's configuration says `chaos: true`; no
 * frame of a client can become one.
 */
export interface ChaosMessage {
  readonly type: 'chaos';
  /** Never return, or throw. */
  readonly act: 'spin' | 'crash';
}

const SUFFERERS: ReadonlySet<string> = new Set(['user', 'presence', 'registry', 'listener']);

/** Whether processes of this behaviour handle a ChaosMessage. */
export function canSuffer(behaviour: string): boolean {
  return SUFFERERS.has(behaviour);
}

/** Does what the message asks for. @throws for `crash`; never returns for `spin`. */
export function suffer({ act }: ChaosMessage): never {
  if (act === 'crash') throw new Error('poisoned by a drill');
  for (;;);
}
