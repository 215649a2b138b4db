import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../../harness/run/arena/journal-file.ts';
import { isAlive, type ProcessIdentity, signalProcess } from '../../../../harness/run/arena/process-identity.ts';
import type { FaultContext } from '../../../../harness/run/faults/fault.ts';
import { cpuPressure } from '../../../../harness/run/faults/kinds/machine/cpu-pressure.ts';
import { memoryPressure } from '../../../../harness/run/faults/kinds/machine/memory-pressure.ts';
import { until } from '../../../until.ts';
import { faultContext, onlyNodes } from './fault-context.ts';

const MIB = 1024 ** 2;
let context: FaultContext;
let open: JournalEntry[];

beforeEach(() => {
  open = [];
  context = faultContext(onlyNodes(), {
    journal: {
      record(entry) {
        open.push(entry);
        return () => void open.splice(open.indexOf(entry), 1);
      },
    },
  });
});

/** Whatever a test left. */
afterEach(() => {
  for (const entry of open) if ('process' in entry) signalProcess(entry.process, 'SIGKILL');
});

describe.skipIf(process.platform !== 'linux')('cpu-pressure', () => {
  it('uses as many cores as asked, according to the kernel, and is gone when undone', async () => {
    const injection = await cpuPressure.inject({ cores: 2, share: '100%' }, context);
    const { spinners } = injection.handle;
    expect(open).toHaveLength(2);
    expect(await cpuPressure.verify(injection, context)).toMatchObject({ verified: true });
    expect(await cpuPressure.undo?.(injection, context)).toMatchObject({ verified: true });
    expect(spinners.map(({ identity }) => isAlive(identity))).toEqual([false, false]);
    expect(open).toEqual([]);
  });

  it('is not verified if the processes use less', async () => {
    const { handle, ...injection } = await cpuPressure.inject({ cores: 1, share: '10%' }, context);
    const claimed = { ...injection, handle: { ...handle, share: 1 } };
    expect(await cpuPressure.verify(claimed, context)).toMatchObject({ verified: false });
    await cpuPressure.undo?.(claimed, context);
  });

  it('is not verified if a process is gone', async () => {
    const injection = await cpuPressure.inject({ cores: 1, share: '100%' }, context);
    await injection.handle.spinners[0]?.end();
    expect(await cpuPressure.verify(injection, context)).toMatchObject({ verified: false });
  });
});

describe.skipIf(process.platform !== 'linux')('memory-pressure', () => {
  it('holds what was asked, beyond what any process holds, and gives it back', async () => {
    const injection = await memoryPressure.inject({ size: '96MiB' }, context);
    const verification = await memoryPressure.verify(injection, context);
    expect(verification).toMatchObject({ verified: true });
    const held = Number(/holds (\d+) MiB more/.exec(verification.evidence.join())?.[1]);
    expect(held).toBeGreaterThanOrEqual(92);
    expect(held).toBeLessThan(130);
    expect(await memoryPressure.undo?.(injection, context)).toMatchObject({ verified: true });
    expect(isAlive(injection.handle.ballast.identity)).toBe(false);
    expect(open).toEqual([]);
  });

  it('is not verified if it holds less', async () => {
    const injection = await memoryPressure.inject({ size: '16MiB' }, context);
    const claimed = { ...injection, handle: { ...injection.handle, bytes: 96 * MIB } };
    expect(await memoryPressure.verify(claimed, context)).toMatchObject({ verified: false });
    await memoryPressure.undo?.(claimed, context);
  });

  it('takes no more than the machine can spare, and says how much that is', async () => {
    await expect(memoryPressure.inject({ size: '1000GiB' }, context)).rejects.toThrow(/more than 80% of the \d+ MiB/);
    expect(open).toEqual([]);
  });

  it('leaves nothing behind if its process cannot be recorded in the journal', async () => {
    let identity: ProcessIdentity | undefined;
    const record = (entry: JournalEntry): never => {
      if ('process' in entry) identity = entry.process;
      throw new Error('no space left on device');
    };
    await expect(memoryPressure.inject({ size: '16MiB' }, { ...context, journal: { record } })).rejects.toThrow('no space left');
    await until(() => !isAlive(identity as ProcessIdentity), 'the process is gone');
  });

  it('leaves nothing behind if the process dies while it allocates', async () => {
    const striking = memoryPressure.inject({ size: '4000MiB' }, context);
    const failed = expect(striking).rejects.toThrow(/ended before it answered \(SIGKILL\)/);
    await until(() => open.length === 1, 'the process is there');
    const [entry] = open;
    if (entry !== undefined && 'process' in entry) signalProcess(entry.process, 'SIGKILL');
    await failed;
    expect(open).toEqual([]);
  });
});
