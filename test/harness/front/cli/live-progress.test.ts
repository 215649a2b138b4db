import { describe, expect, test } from 'vitest';
import { liveProgress } from '../../../../harness/front/cli/live-progress.ts';
import type { ProgressStream } from '../../../../harness/front/cli/progress-line.ts';
import type { RunEvent } from '../../../../harness/run/conductor/progress.ts';

function stream(): ProgressStream & { written: string } {
  const target = {
    columns: 60,
    written: '',
    write: (text: string) => {
      target.written += text;
    },
  };
  return target;
}

const tick = (elapsedMs: number): RunEvent => ({
  kind: 'tick',
  phase: 'load',
  elapsedMs,
  totalMs: 16_000,
  connected: 1800,
  sentPerSecond: 1999.6,
  ackedPerSecond: 2001,
  outstanding: 12,
  p50Us: 2100,
  p99Us: 15_400,
});
const phase: RunEvent = { kind: 'phase', phase: 'load', message: 'poisson 2000/s' };
const fault: RunEvent = {
  kind: 'fault',
  atMs: 9000,
  message: 'killed node n1',
  ok: true,
  what: 'injected',
  fault: 'kill-node',
  target: 'n1',
};

describe('progress', () => {
  test('prints a plain line now and then if there is no terminal', () => {
    const target = stream();
    const progress = liveProgress(target, false);
    progress.event(phase);
    for (let at = 1000; at <= 11_000; at += 1000) progress.event(tick(at));
    progress.event(fault);
    progress.end();
    const lines = target.written.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('load    poisson 2000/s');
    expect(lines[1]).toBe(
      'load    1.00 s of 16.0 s, 1,800 connected, 2,000/s sent, 2,001/s acknowledged, p50 2.10 ms, p99 15.4 ms, 12 outstanding',
    );
    expect(lines[4]).toBe('fault   9.00 s: killed node n1');
    expect(target.written).not.toContain('\r');
  });

  test('is one line within the width of the terminal, and is erased before anything else is printed', () => {
    const target = stream();
    const progress = liveProgress(target, true);
    progress.event(tick(1000));
    progress.event(tick(2000));
    progress.event(fault);
    progress.event(tick(3000));
    progress.end();
    expect(target.written.split('\n')).toHaveLength(2);
    expect(target.written.endsWith('\r\x1b[K')).toBe(true);
    for (const part of target.written.replaceAll('\r\x1b[K', '\n').split('\n')) expect(part.length).toBeLessThan(60);
  });

  test.each([false, true])('never passes on control characters from a server (live: %s)', (live) => {
    const target = stream();
    const progress = liveProgress(target, live);
    progress.event({ ...fault, message: 'kill-node NOT VERIFIED n1: \u001b[2J\u009b31mgone' });
    progress.event({ kind: 'warning', message: 'sessions ended: \u0007\u202e' });
    expect(target.written).toContain('gone');
    expect(target.written).not.toMatch(/[\p{Cc}\u202e](?<!\n)/u);
  });

  test('drops whole fields, the least important first, at every width, and never cuts a figure', () => {
    const whole =
      'load    1,234 s of 3,600 s, 12,800 connected, 10,000/s sent, 9,999/s acknowledged, p50 2.10 ms, p99 19.4 s, 1,234 outstanding';
    const fields = new Set(whole.slice(8).split(', '));
    const lines = Array.from({ length: 181 }, (_, index) => {
      const target = { ...stream(), columns: index + 20 };
      const written: string[] = [];
      target.write = (text: string) => void written.push(text);
      const late = { ...tick(1_234_000), totalMs: 3_600_000, connected: 12_800, sentPerSecond: 10_000, ackedPerSecond: 9_999 };
      liveProgress(target, true).event({ ...late, p99Us: 19_400_000, outstanding: 1_234 } as RunEvent);
      const [line = ''] = written;
      expect(line.length, `${index + 20} columns`).toBeLessThan(index + 20);
      const shown = line.replace(/^load {4}/, '').split(', ');
      for (const field of shown) expect(fields, line).toContain(field);
      expect(shown[0]).toBe('1,234 s of 3,600 s');
      return shown.length;
    });
    // Room never takes a field away, and all of them have room in the end.
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
    expect(lines.at(-1)).toBe(fields.size);
    expect(lines[80 - 20]).toBeGreaterThanOrEqual(3);
  });
});
