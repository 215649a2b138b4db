import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Outcome } from '../../../../harness/evidence/ledger/observations.ts';
import { CHUNK_ROWS, ObservationsFullError, Table } from '../../../../harness/run/load/observation-columns.ts';
import { ObservationFileError, readObservations, writeObservationFile } from '../../../../harness/run/load/observation-file.ts';
import { ObservationLog } from '../../../../harness/run/load/observation-log.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'observations-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ZERO_US = 1_000_000;

function written(name: string, rows: number, firstUser: number): string {
  const log = new ObservationLog();
  for (let i = 0; i < rows; i++) {
    const row = log.attempt({
      sender: firstUser + i,
      id: i + 1,
      recipient: i + 2,
      intendedUs: ZERO_US + i,
      handledUs: ZERO_US + i + 0.5,
    });
    if (i % 3 !== 0) log.written(row, 4, ZERO_US + i + 1);
    if (i % 3 === 2) log.settled(row, Outcome.acked, ZERO_US + i + 2);
    log.delivered(
      { index: firstUser + i, device: i % 3 },
      {
        sender: i,
        id: i + 1,
        seq: i + 7,
        atUs: ZERO_US + i,
        readUs: Number.NaN,
        flags: i % 8,
      },
    );
  }
  log.receipt({ sender: firstUser, id: 9, by: 3, kind: 2, atUs: ZERO_US + 8 });
  log.connectionEvent({ index: firstUser, device: 1 }, 3, 4_011, ZERO_US - 5);
  const path = join(folder, name);
  writeObservationFile(path, log, ZERO_US);
  return path;
}

test('several files are read back as one, row by row, with times relative to zero', () => {
  const rows = CHUNK_ROWS + 3;
  const seen = readObservations([written('a', rows, 0), written('empty', 0, 5), written('b', 5, 100_000)], {
    users: 200_000,
    devices: 3,
    drained: true,
  });
  expect(seen.drained).toBe(true);
  expect(seen.attempts.count).toBe(rows + 5);
  for (const i of [0, 1, 2, 3, CHUNK_ROWS - 1, CHUNK_ROWS, rows - 1]) {
    expect(seen.attempts.sender[i]).toBe(i);
    expect(seen.attempts.id[i]).toBe(i + 1);
    expect(seen.attempts.recipient[i]).toBe(i + 2);
    expect(seen.attempts.intendedUs[i]).toBe(i);
    expect(seen.attempts.handledUs[i]).toBe(i + 0.5);
    expect(seen.attempts.sentUs[i]).toBe(i % 3 === 0 ? Number.NaN : i + 1);
    expect(seen.attempts.settledUs[i]).toBe(i % 3 === 2 ? i + 2 : Number.NaN);
    expect(seen.attempts.session[i]).toBe(i % 3 === 0 ? 0 : 4);
    expect(seen.attempts.writes[i]).toBe(i % 3 === 0 ? 0 : 1);
    expect(seen.attempts.outcome[i]).toBe([Outcome.unsent, Outcome.indeterminate, Outcome.acked][i % 3]);
    expect(seen.deliveries.seq[i]).toBe(i + 7);
    expect(seen.deliveries.readUs[i]).toBeNaN();
    expect(seen.deliveries.flags[i]).toBe(i % 8);
  }
  expect(seen.attempts.sender[rows]).toBe(100_000);
  expect([...seen.receipts.by]).toEqual([3, 3, 3]);
  expect([...seen.connectionEvents.code]).toEqual([4_011, 4_011, 4_011]);
  expect([...seen.connectionEvents.atUs]).toEqual([-5, -5, -5]);
  expect([...seen.connectionEvents.user]).toEqual([0, 5, 100_000]);
});

test('a file names its tables and their columns in the recorded format', () => {
  const bytes = readFileSync(written('names', 1, 0));
  const { tables } = JSON.parse(bytes.toString('utf8', 12, 12 + bytes.readUInt32LE(8)));
  expect(Object.keys(tables)).toEqual(['attempts', 'arrivals', 'receipts', 'presence', 'links']);
  expect(Object.keys(tables.links.columns)).toEqual(['user', 'device', 'event', 'code', 'atUs', 'node', 'epoch']);
});

test('nodes are numbered alike, however each worker met them, and an unknown node stays unknown', () => {
  const paths = [
    ['n1', 'n2'],
    ['n2', 'n3'],
  ].map((nodes, worker) => {
    const log = new ObservationLog();
    for (const [user, node] of nodes.entries())
      log.up({ index: worker * 10 + user, device: 0 }, ZERO_US, { node, epoch: user + 5 });
    log.up({ index: worker * 10 + 9, device: 0 }, ZERO_US);
    const path = join(folder, `nodes-${worker}`);
    writeObservationFile(path, log, ZERO_US);
    return path;
  });
  const { connectionEvents, nodes } = readObservations(paths, { users: 20, devices: 1, drained: true });
  expect(nodes).toEqual(['n1', 'n2', 'n3']);
  expect([...connectionEvents.node]).toEqual([1, 2, 0, 2, 3, 0]);
  expect([...connectionEvents.epoch]).toEqual([5, 6, 0, 5, 6, 0]);
});

test('as many nodes are known by name as the header of a file holds, and the others are unknown', () => {
  const log = new ObservationLog();
  const endless = '\u0001'.repeat(1_000);
  for (let user = 0; user < 300; user++) log.up({ index: user, device: 0 }, ZERO_US, { node: `${user}${endless}`, epoch: 1 });
  const path = join(folder, 'many-nodes');
  writeObservationFile(path, log, ZERO_US);
  const { connectionEvents, nodes } = readObservations([path], { users: 300, devices: 1, drained: true });
  expect(nodes).toHaveLength(128);
  expect(connectionEvents.node[127]).toBe(128);
  expect(connectionEvents.node[128]).toBe(0);
});

test('a file that is cut short or is not an observation file is refused by name', () => {
  const path = written('cut', 10, 0);
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length - 100));
  expect(() => readObservations([path], { users: 10, devices: 1, drained: true })).toThrow(ObservationFileError);
  writeFileSync(path, 'something else altogether');
  expect(() => readObservations([path], { users: 10, devices: 1, drained: true })).toThrow(/cut.*not an observation file/);
});

test('a table says what happens when it is full', () => {
  const table = new Table('attempts', { id: 'f64' }, CHUNK_ROWS);
  for (let i = 0; i < CHUNK_ROWS; i++) table.append();
  expect(() => table.append()).toThrow(ObservationsFullError);
  expect(() => table.append()).toThrow(/more workers/);
});
