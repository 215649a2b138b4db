/**
 * disk-full: nothing can be written under the deployment's data any more. A node that cannot write what it has promised must die rather
 * than acknowledge; when there is room again, the nodes that died of it are restarted.
 */
import { z } from 'zod';
import { sizeBytes } from '../../../../plan/scenario/units.ts';
import type { FaultContext, FaultKind, Injection, Verification } from '../../fault.ts';
import type { LimitedDisk, Room } from '../../machine/limited-disk.ts';
import { written } from '../../written.ts';
import { type FormerNode, startAgain } from '../node/start-again.ts';

const MIB = 1024 ** 2;

const capacity = sizeBytes({ min: 8 * MIB, max: 64 * 1024 * MIB, words: '8MiB to 64GiB' });

const settings = z.strictObject({
  size: written(capacity).default('64MiB').meta({ description: 'size of the disk, which is in memory' }),
});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly disk: LimitedDisk;
  readonly before: Room;
  /** Nodes that were up when it struck. */
  readonly nodes: readonly FormerNode[];
}

export const diskFull: FaultKind<Settings, Handle> = {
  kind: 'disk-full',
  summary: "the disk under the deployment's data is full",
  needs: ['kill-node'],
  requires: ['arena'],
  ground: ({ size }) => ({ diskBytes: capacity.parse(size) }),
  heals: 'there is room again after `for`, and nodes that died of it are restarted',
  duration: 'optional',
  settings,

  async inject(_settings, context) {
    const disk = diskOf(context);
    const before = await disk.room();
    const nodes = context.deployment.nodes.flatMap((node) =>
      node.osPid === null || node.state !== 'ready' ? [] : [{ node, osPid: node.osPid, incarnation: node.incarnation }],
    );
    await disk.fill();
    const injectedAtUs = context.nowUs();
    return {
      target: `a disk of ${mib(before.totalBytes)}`,
      injectedAtUs,
      affected: 'everybody',
      handle: { disk, before, nodes },
    };
  },

  async verify({ handle: { disk, before } }: Injection<Handle>): Promise<Verification> {
    const room = await disk.room();
    const write = await disk.tryWrite();
    return {
      verified: room.freeBytes === 0 && write === 'ENOSPC',
      evidence: [
        `asked for no room; ${room.freeBytes} B of ${mib(room.totalBytes)} are free, ${mib(before.freeBytes)} were before`,
        `a write there fails with ${write}`,
      ],
    };
  },

  async undo({ handle: { disk, nodes } }: Injection<Handle>): Promise<Verification> {
    await disk.empty();
    const room = await disk.room();
    const write = await disk.tryWrite();
    const died = nodes.filter(({ node }) => node.state === 'dead');
    const back = await Promise.all(died.map(startAgain));
    return {
      verified: room.freeBytes > 0 && write === 'written' && back.every(({ verified }) => verified),
      evidence: [
        `${mib(room.freeBytes)} are free; a write there is ${write}`,
        died.length === 0 ? 'no node died of it' : `died of it: ${died.map(({ node }) => node.name).join(', ')}`,
        ...back.flatMap(({ evidence }) => evidence),
      ],
    };
  },
};

function diskOf({ ground }: FaultContext): LimitedDisk {
  if (ground.disk === null) throw new Error('the run was started without a disk that can be full');
  return ground.disk;
}

const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;
