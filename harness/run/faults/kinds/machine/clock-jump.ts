/**
 * clock-jump: the wall clock of all nodes suddenly changes, as after a wrong correction, while monotonic time goes on. Verified by the time
 * that the nodes report in their own answers.
 */
import { connect } from 'node:net';
import { z } from 'zod';
import type { DeployedNode, Endpoint } from '../../../../../targets/target.ts';
import { parseDurationMs } from '../../../../plan/scenario/units.ts';
import { eventually } from '../../eventually.ts';
import { type FaultContext, type FaultKind, ImpossibleFault, type Injection, type Verification } from '../../fault.ts';
import type { FalseClock } from '../../machine/false-clock.ts';
import { written } from '../../written.ts';
import { nodesText } from '../node/node-victims.ts';

/** A Date header has whole seconds. */
const LEAST_MS = 5_000;
const MOST_MS = 10 * 365 * 24 * 3_600_000;
/** The average part of a second that is cut off. */
const HALF_A_SECOND_MS = 500;
const OFF_BY_MS = 2_500;
/** The nodes look at the offset once a second. */
const JUMPED_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 2_000;

const words = 'a duration of 5s or more, forward like 1h or back like -5m';
/** Returns milliseconds, negative for back. */
const jump = z.string({ error: () => words }).transform((text, context) => {
  const back = text.trim().startsWith('-');
  const parsed = parseDurationMs(text.trim().replace(/^[+-]/, ''));
  if (parsed.ok && parsed.value >= LEAST_MS && parsed.value <= MOST_MS) return back ? -parsed.value : parsed.value;
  context.issues.push({ code: 'custom', input: text, message: parsed.ok ? `it is ${words}` : parsed.message });
  return z.NEVER;
});

const settings = z.strictObject({
  by: written(jump).meta({ description: 'by how much, forward like `1h` or back like `-5m`' }),
});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly byMs: number;
  readonly nodes: readonly DeployedNode[];
  /** How far the nodes' clocks were ahead of ours; null if a node did not report it. */
  readonly before: readonly (number | null)[];
  readonly jumpBack: () => Promise<void>;
}

export const clockJump: FaultKind<Settings, Handle> = {
  kind: 'clock-jump',
  summary: 'the wall clock of all nodes jumps',
  needs: ['clock-jump'],
  requires: ['libfaketime'],
  ground: () => ({ clock: true }),
  heals: 'the clock is right again after `for`',
  duration: 'optional',
  settings,

  async inject({ by }, context) {
    const byMs = jump.parse(by);
    const nodes = context.deployment.nodes.filter(({ state }) => state === 'ready');
    if (nodes.length === 0) throw new ImpossibleFault('no node is up');
    const before = await aheadOfUs(nodes);
    const injectedAtUs = context.nowUs();
    const jumpBack = await clockOf(context).jump(byMs);
    return { target: nodesText(nodes), injectedAtUs, affected: 'everybody', handle: { byMs, nodes, before, jumpBack } };
  },

  verify: ({ handle: { byMs, nodes, before } }: Injection<Handle>) => moved(byMs, nodes, before),

  async undo({ handle: { nodes, before, jumpBack } }: Injection<Handle>): Promise<Verification> {
    await jumpBack();
    return moved(0, nodes, before);
  },
};

/** Waits until the nodes' clocks have moved this far from where they were. */
async function moved(byMs: number, nodes: readonly DeployedNode[], before: readonly (number | null)[]): Promise<Verification> {
  // A node that another fault took down reports nothing, and need not.
  const pairs = nodes.flatMap((node, index) => (node.state === 'ready' ? [{ node, before: before[index] ?? null }] : []));
  const isMoved = (now: readonly (number | null)[]): boolean =>
    now.every((ahead, index) => {
      const was = pairs[index]?.before ?? null;
      return ahead !== null && was !== null && Math.abs(ahead - was - byMs) <= OFF_BY_MS;
    });
  const now = await eventually(() => aheadOfUs(pairs.map(({ node }) => node)), isMoved, JUMPED_WITHIN_MS);
  return {
    verified: isMoved(now),
    evidence: pairs.map(
      ({ node, before: was }, index) =>
        `asked ${node.name} for ${seconds(byMs)}; by its own answer it is ${seconds(now[index])} ahead of us, before ${seconds(was)}`,
    ),
  };
}

function aheadOfUs(nodes: readonly DeployedNode[]): Promise<(number | null)[]> {
  return Promise.all(
    nodes.map(async ({ endpoint }) => {
      const told = await toldDateMs(endpoint);
      return told === null ? null : told + HALF_A_SECOND_MS - Date.now();
    }),
  );
}

/** The Date of whatever a node answers to a plain request, including a refusal; null if it has none. */
function toldDateMs({ host, port, path }: Endpoint): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let text = '';
    const settle = (): void => {
      socket.destroy();
      const date = Date.parse(/^date:\s*(.+?)\s*$/im.exec(text)?.[1] ?? '');
      resolve(Number.isNaN(date) ? null : date);
    };
    socket.setTimeout(ANSWER_WITHIN_MS, settle);
    socket.once('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\r\n\r\n')) settle();
    });
    socket.once('end', settle);
    socket.once('error', settle);
  });
}

function clockOf({ ground }: FaultContext): FalseClock {
  if (ground.clock === null) throw new Error('the run was started without a clock that can jump');
  return ground.clock;
}

function seconds(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? 'nothing measurable' : `${(ms / 1000).toFixed(1)} s`;
}
