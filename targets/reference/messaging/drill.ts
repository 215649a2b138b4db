/**
 * The seam for drills: a message by which a process is made to fail on purpose, so that the failure is one of its own handler
 * and takes the way every real one takes. Nothing in the server sends it; only the control plane does, where the node's
 * configuration says `chaos: true`, and no client's frame becomes one.
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
