/**
 * How a user comes to live in this process and no other.
 *
 *     claim ──claimed──▶ load                                  nobody owned it, or the owner's node is dead
 *       └──refused──▶ no device here: end; senders go to the owner
 *                     the owner's node is connected: ask it to release ──released──▶ claim over its epoch ──▶ load
 *                                                                     ├──occupied──▶ send the device there
 *                                                                     └──silent───▶ as below
 *                     it is not: claim over its epoch, wait until it must have found out ──▶ load
 *
 * At most one epoch delivers: an owner delivers only while its node has looked for evictions within LOOK_WITHIN_MS, and whoever takes a
 * user by force waits for GRACE_MS before it loads. LOOK_WITHIN_MS is the node's promise (node.ts), by its own monotonic clock, which
 * goes on while the process is stopped.
 */
import { ErrorCode } from '../../protocol/frames.ts';
import type { Context } from '../runtime/context.ts';
import type { Cluster } from './cluster.ts';
import type { UserMessage } from './messages.ts';
import { REGISTRY } from './names.ts';
import type { ClaimOver } from './store-port.ts';
import type { UserState } from './user-state.ts';

/** An owner does not deliver when its node looked for evictions longer ago than this. */
export const LOOK_WITHIN_MS = 100;
/** Above LOOK_WITHIN_MS by what a message may lie in the gateway before it is written. */
const GRACE_MS = 150;
/** How long an owner's node is waited for. */
const RELEASE_MS = 300;
/** Refusals in a row after which the device is sent away to try again: somebody else is faster each time. */
const MAX_REFUSALS = 20;

/** What a claimant does next: go on waiting, or end. */
export type ClaimStep = 'wait' | 'end';

/** A message that claiming is about; anything else waits until the mailbox is loaded. */
export type ClaimMessage = Extract<
  UserMessage,
  { readonly type: 'claimed' | 'claim-refused' | 'released' | 'occupied' | 'claim-tick' }
>;

export function isClaimMessage(message: UserMessage): message is ClaimMessage {
  switch (message.type) {
    case 'claimed':
    case 'claim-refused':
    case 'released':
    case 'occupied':
    case 'claim-tick':
      return true;
    default:
      return false;
  }
}

/** Goes on with a claim. */
export function claimOn(message: ClaimMessage, state: UserState, cluster: Cluster, context: Context): ClaimStep {
  const { world, user, resident } = state;
  switch (message.type) {
    case 'claimed':
      state.mandate = { user, epoch: message.epoch };
      resident.epoch = message.epoch;
      world.counters.claims++;
      if (message.forced) {
        world.counters.forcedClaims++;
        context.sendAfter(GRACE_MS, context.self, { type: 'claim-tick', what: 'grace', epoch: message.epoch });
      } else world.store.load(user, context.self);
      return 'wait';
    case 'claim-refused':
      return refused(message, state, cluster, context);
    case 'released':
      if (message.epoch === state.awaitedRelease) claimOver({ epoch: message.epoch, by: 'consent' }, state, cluster, context);
      return 'wait';
    case 'occupied': {
      const address = cluster.clientAddress(message.node);
      for (const connection of resident.connections) {
        if (address === null) connection.close(ErrorCode.restarting, `this user is on node ${message.node}`);
        else connection.close(ErrorCode.moved, address);
      }
      return 'end';
    }
    case 'claim-tick':
      if (message.what === 'grace') world.store.load(user, context.self);
      else if (message.epoch === state.awaitedRelease) claimOver({ epoch: message.epoch, by: 'force' }, state, cluster, context);
      return 'wait';
  }
}

function refused(
  { owner, epoch }: Extract<ClaimMessage, { type: 'claim-refused' }>,
  state: UserState,
  cluster: Cluster,
  context: Context,
): ClaimStep {
  const { user, resident } = state;
  if (resident.connections.length === 0) return 'end';
  if (++state.claimRefusals > MAX_REFUSALS) {
    for (const connection of resident.connections) connection.close(ErrorCode.overloaded, 'other nodes want this user as well');
    return 'end';
  }
  if (!cluster.isConnected(owner.node)) {
    claimOver({ epoch, by: 'force' }, state, cluster, context);
    return 'wait';
  }
  state.awaitedRelease = epoch;
  const devices = resident.connections.map(({ device, epoch: connected }) => ({ device, epoch: connected }));
  context.send({ name: REGISTRY, node: owner.node }, { type: 'release', user, epoch, devices, claimant: context.self });
  context.sendAfter(RELEASE_MS, context.self, { type: 'claim-tick', what: 'silent', epoch });
  return 'wait';
}

/** Claims the user over the epoch that owned it. */
function claimOver(over: ClaimOver, state: UserState, { registry }: Cluster, context: Context): void {
  state.awaitedRelease = null;
  registry.claim(state.user, context.self, over);
}
