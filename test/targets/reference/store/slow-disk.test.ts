import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Pid } from '../../../../targets/reference/runtime/index.ts';
import { SlowDisk } from '../../../../targets/reference/store/slow-disk.ts';

const to = {} as Pid;
let told: unknown[];
let disk: SlowDisk;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  told = [];
  disk = new SlowDisk((_to, message) => told.push(message));
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a slow disk', () => {
  test('answers at once if nobody slows it', () => {
    disk.send(to, 'stored');
    expect(told).toEqual(['stored']);
  });

  test('answers as much later as was asked', () => {
    disk.delayMs = 100;
    disk.send(to, 'first');
    vi.advanceTimersByTime(50);
    disk.send(to, 'second');
    vi.advanceTimersByTime(49);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(['first']);
    vi.advanceTimersByTime(50);
    expect(told).toEqual(['first', 'second']);
  });

  test('keeps the order when it becomes fast again', () => {
    disk.delayMs = 100;
    disk.send(to, 'held');
    disk.delayMs = 0;
    disk.send(to, 'after');
    expect(told).toEqual([]);
    vi.advanceTimersByTime(100);
    disk.send(to, 'at once');
    expect(told).toEqual(['held', 'after', 'at once']);
  });
});
