import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeProblem } from '../../../../harness/plan/scenario/problem.ts';
import { GOOD, plan, planned, problem, problems } from './planning.ts';

describe('a good scenario', () => {
  test('fills in every default and resolves every unit', () => {
    expect(planned(GOOD)).toMatchObject({
      scenario: { name: 'good', summary: 'A good scenario, in two lines of comment.', source: './test.yaml', overrides: [] },
      seed: 7,
      target: { use: 'reference', nodes: 1, durability: 'fsync', config: {}, needs: [] },
      users: 100,
      load: {
        model: { kind: 'poisson', ratePerSecond: 1000 },
        durationMs: 10_000,
        warmUpMs: 0,
        payloadBytes: 100,
        contacts: { kind: 'uniform', perUser: 20 },
        churnPerSecond: 0,
        offlineShare: 0,
        devices: 1,
        watch: 0,
        keepaliveMs: 3_000,
        driver: null,
        workers: 1,
      },
      memory: {
        plateaus: 5,
        settleMs: 1000,
        rehearse: false,
        rounds: 0,
        messagesPerRound: 0,
        roundRatePerSecond: 2000,
      },
      faults: [],
      recoveryLevel: null,
      deliveryMustBeIntact: true,
      expectations: [],
      limits: { lagP99Ms: 50, drainMs: 30_000, connectMs: 30_000, presenceMs: 5_000 },
    });
  });

  test('says which Node its servers run on, and with which flags', () => {
    const { target } = planned(GOOD, ['target.runtime=node@24', 'target.nodeFlags=[--max-semi-space-size=64]']);
    expect(target).toMatchObject({ runtime: 'node@24', nodeFlags: ['--max-semi-space-size=64'], config: {} });
    expect(planned(GOOD).target).toMatchObject({ runtime: null, nodeFlags: [] });
    expect(problems(GOOD, ['target.runtime=deno']).map(({ remedy }) => remedy)).toEqual([
      'write a version of Node for the servers, like node@24 or node@24.11.1',
    ]);
    expect(problems(GOOD, ['target.nodeFlags=[--x; rm]'])).toHaveLength(1);
    const foreign = ['target.use=plain', 'target.durability=memory', 'target.runtime=node@24'];
    expect(problems(GOOD, foreign).map(({ message }) => message)).toEqual([
      '"node@24" does not apply to the target plain, which does not run on Node',
    ]);
  });

  test('plans the example of the documentation', () => {
    const text = `# Kill one of three nodes under load.
name: kill-node
target: { use: reference, nodes: 3, durability: fsync }
users: 2000
load: { model: poisson, rate: 2000/s, payload: 100B, churn: 2%/s, duration: 30s }
faults:
  - { at: 10s, kind: kill-node, target: random, for: 3s }
expect:
  delivery: intact
  response.p99: < 50ms
  recovery.slo: < 2s
`;
    const result = planned(text);
    expect(result.faults).toEqual([
      { id: 'kill-node-1', atMs: 10_000, kind: 'kill-node', forMs: 3000, settings: { target: 'random' } },
    ]);
    expect(result.target.needs).toEqual(['kill-node', 'multi-node']);
    expect(result.load.churnPerSecond).toBe(0.02);
    expect(result.expectations).toEqual([
      { metric: 'response.p99', comparator: '<', limit: 50_000, unit: 'us', source: '< 50ms' },
      { metric: 'recovery.slo', comparator: '<', limit: 2000, unit: 'ms', source: '< 2s' },
    ]);
  });

  test('plays a repeated fault as often as it says, each repeat as a fault of its own', () => {
    const text = `${GOOD}faults:
  - { at: 1s, kind: kill-node }
  - { at: 2s, kind: kill-process, count: 3, repeat: 3, every: 1500ms }
expect: { recovery.reconnected.p95: < 100ms }
`;
    expect(planned(text).faults.map(({ id, atMs, settings }) => [id, atMs, settings])).toEqual([
      ['kill-node-1', 1000, { target: 'random' }],
      ['kill-process-2.1', 2000, { count: 3 }],
      ['kill-process-2.2', 3500, { count: 3 }],
      ['kill-process-2.3', 5000, { count: 3 }],
    ]);
    expect(problem(text, ['faults[1]={ at: 2s, kind: kill-process }']).place.path).toBe('expect.recovery.reconnected.p95');
  });

  test('says how many repeats there is room for', () => {
    const text = `${GOOD}faults: [{ at: 1s, kind: kill-node, for: 500ms, repeat: 6, every: 1800ms }]
`;
    expect(problem(text).remedy).toContain('repeat: 5');
    expect(planned(text, ['faults[0].repeat=5']).faults).toHaveLength(5);
    expect(planned(text, ['load.duration=10501ms']).faults).toHaveLength(6);
  });

  test('is the same plan every time', () => expect(planned(GOOD)).toEqual(planned(GOOD)));

  test('may be JSON', () => {
    expect(planned('{"name": "j", "users": 2, "load": {"rate": "1/s", "duration": "1s"}}').scenario.name).toBe('j');
  });

  test('keeps the settings of the target apart from ours', () => {
    expect(planned(`${GOOD}target: { durability: commit, window: 5 }\n`).target).toMatchObject({
      durability: 'commit',
      config: { window: 5 },
    });
  });

  test("treats no server elsewhere as the user's own unless it says so", () => {
    expect(planned(GOOD).target.owned).toBe(false);
    expect(planned(GOOD, ['target.owned=true']).target).toMatchObject({ owned: true, config: {} });
    expect(problem(GOOD, ['target.owned=yes']).remedy).toContain('true, when the servers are yours');
  });

  test('takes as many workers as the rate and the connections need', () => {
    expect(planned(GOOD, ['load.rate=120000/s']).load.workers).toBe(3);
    expect(planned(GOOD, ['users=40000']).load.workers).toBe(3);
    expect(planned(GOOD, ['load.workers=4']).load.workers).toBe(4);
  });

  test('counts a connection for each device of a user, and each message that a device receives', () => {
    expect(planned(GOOD).load.devices).toBe(1);
    const two = ['load.devices=2'];
    expect(planned(GOOD, [...two, 'users=20000']).load).toMatchObject({ devices: 2, workers: 3 });
    const crowded = problem(GOOD, [...two, 'users=20000', 'load.workers=2']);
    expect(crowded.message).toContain('users with 2 devices each are more than 2 workers can connect');
    expect(crowded.remedy).toContain('at most 15000 users');
    expect(problem(GOOD, [...two, 'load.rate=600000/s']).remedy).toContain('at most 5000000 messages to 2 devices each');
    expect(problem(GOOD, ['load.devices=0']).remedy).toContain('1 to 16');
  });

  test('refuses several devices if the driver or the target only knows users', () => {
    const one = problem(GOOD, ['load.devices=2', 'load.driver=one-device']);
    expect(one).toMatchObject({ code: 'unsupported', place: { path: 'load.devices' } });
    expect(one.message).toContain('the driver one-device');
    const plain = problem(GOOD, ['load.devices=2', 'target.use=plain', 'target.durability=memory']);
    expect(plain.message).toContain('the target plain');
    expect(planned(GOOD, ['load.driver=one-device']).load.devices).toBe(1);
  });

  test('has no watchers unless it says so, and refuses them if the driver or the target does not know presence', () => {
    expect(planned(GOOD)).toMatchObject({ load: { watch: 0 }, limits: { presenceMs: 5_000 } });
    expect(planned(GOOD, ['load.watch=3', 'limits.presence=2s'])).toMatchObject({
      load: { watch: 3 },
      limits: { presenceMs: 2_000 },
    });
    expect(problem(GOOD, ['load.watch=1', 'load.driver=one-device']).message).toContain(
      'the driver one-device does not support presence',
    );
    const plain = problem(GOOD, ['load.watch=1', 'target.use=plain', 'target.durability=memory']);
    expect(plain).toMatchObject({ code: 'unsupported', place: { path: 'load.watch' } });
    expect(problem(GOOD, ['load.watch=51']).remedy).toContain('0 to 50');
  });

  test('derives churn from the share of users offline', () => {
    expect(planned(GOOD, ['load.offline=10%', 'load.away=4s']).load).toMatchObject({
      offlineShare: 0.1,
      awayMs: 4000,
      churnPerSecond: 0.025,
    });
  });

  test('lets some users stay away all the time when churn alone keeps fewer of them offline', () => {
    expect(planned(GOOD, ['load.offline=50%', 'load.churn=1%/s']).load).toMatchObject({
      offlineShare: 0.5,
      churnPerSecond: 0.01,
    });
  });

  test.each([
    ['{ model: constant, rate: 60/m, duration: 9s }', { kind: 'constant', ratePerSecond: 1 }],
    ['{ model: ramp, from: 0/s, to: 100/s, duration: 9s }', { kind: 'ramp', fromPerSecond: 0, toPerSecond: 100 }],
    [
      '{ model: step, steps: [{ at: 0s, rate: 5/s }, { at: 2s, rate: 9/s }], duration: 9s }',
      {
        kind: 'step',
        steps: [
          { atMs: 0, ratePerSecond: 5 },
          { atMs: 2000, ratePerSecond: 9 },
        ],
      },
    ],
    [
      '{ model: spike, base: 5/s, peak: 50/s, at: 3s, for: 1s, duration: 9s }',
      { kind: 'spike', basePerSecond: 5, peakPerSecond: 50, atMs: 3000, forMs: 1000 },
    ],
  ])('reads the arrival model %s', (load, model) => {
    expect(planned(`name: m\nusers: 5\nload: ${load}\n`).load.model).toEqual(model);
  });
});

describe('a bad scenario', () => {
  test('says where the mistake is, what it is and what would be right', () => {
    expect(problem(GOOD.replace('1000/s', '1000'))).toMatchObject({
      code: 'unit',
      place: { file: 'test.yaml', line: 5, column: 15, path: 'load.rate', override: null },
      value: 1000,
      message: '1000 has no unit',
      remedy: 'write a rate like 2000/s or 60/m',
    });
  });

  test('is described in a line that an editor can jump to', () => {
    expect(describeProblem(problem(GOOD.replace('1000/s', '1000')))).toBe(
      'test.yaml:5:15: load.rate: 1000 has no unit\n  write a rate like 2000/s or 60/m',
    );
  });

  test('reports all its mistakes at once, in the order of the file', () => {
    const text = `name: Bad Name
target: { use: reference, durabilty: fsync, winow: 3 }
users: 1
lod: 3
load: { model: poisson, rate: 2000, payload: 10B, dration: 3s, churn: 2%, contacts: { kind: zip, foo: 1 } }
faults:
  - { at: 10, kind: kill-node }
  - { at: 10s, kind: kill-nod }
  - { at: 10s, kind: kill-process, count: ten, cont: 1, for: 2s }
  - 7
expect:
  response.p9: < 3ms
  response.p99: 3ms
  recovery.slo: < 3 bananas
`;
    expect(problems(text).map(({ code, place }) => `${place.line} ${code} ${place.path}`)).toEqual([
      '1 invalid name',
      '2 unknown-key target.durabilty',
      '2 target-config target.winow',
      '3 out-of-range users',
      '4 unknown-key lod',
      '5 missing load.duration',
      '5 unit load.rate',
      '5 out-of-range load.payload',
      '5 unknown-key load.dration',
      '5 unit load.churn',
      '5 invalid load.contacts.kind',
      '5 unknown-key load.contacts.foo',
      '7 unit faults[0].at',
      '8 unknown-fault faults[1].kind',
      '9 invalid faults[2].count',
      '9 unknown-key faults[2].cont',
      '9 impossible-fault faults[2].for',
      '10 invalid faults[3]',
      '12 unknown-metric expect.response.p9',
      '13 invalid expect.response.p99',
      '14 unit expect.recovery.slo',
    ]);
  });

  test.each([
    ['a mistyped key', 'lod: 3', 'unknown-key', 'did you mean "load"?'],
    ['a mistyped target', 'target: { use: refrence }', 'unknown-target', 'did you mean "reference"? (targets: reference, plain)'],
    ['a mistyped metric', 'expect: { respnse.p99: < 3ms }', 'unknown-metric', 'did you mean "response.p99"?'],
    ['a mistyped fault', 'faults: [{ at: 1s, kind: kil-node }]', 'unknown-fault', 'did you mean "kill-node"?'],
  ])('with %s is asked whether it meant the nearest', (_, line, code, remedy) => {
    const found = problem(`${GOOD}${line}\n`);
    expect(found.code).toBe(code);
    expect(found.remedy).toContain(remedy);
  });

  test.each([
    ['a fault after the end of the load', 'faults: [{ at: 10s, kind: kill-node }]', 'impossible-fault', 'faults[0].at'],
    ['a fault that outlasts the load', 'faults: [{ at: 8s, kind: kill-node, for: 3s }]', 'impossible-fault', 'faults[0].for'],
    ['a repeat without its distance', 'faults: [{ at: 1s, kind: kill-node, repeat: 3 }]', 'impossible-fault', 'faults[0].repeat'],
    ['a distance without a repeat', 'faults: [{ at: 1s, kind: kill-node, every: 1s }]', 'impossible-fault', 'faults[0].every'],
    [
      'a repeat that begins before the last one is undone',
      'faults: [{ at: 1s, kind: kill-node, for: 2s, repeat: 3, every: 2s }]',
      'impossible-fault',
      'faults[0].every',
    ],
    [
      'repeats that outlast the load',
      'faults: [{ at: 1s, kind: kill-node, for: 500ms, repeat: 6, every: 1800ms }]',
      'impossible-fault',
      'faults[0].repeat',
    ],
    [
      'more repeats than a schedule holds',
      'faults: [{ at: 1s, kind: kill-process, repeat: 999, every: 1ms }, { at: 1s, kind: kill-process, repeat: 2, every: 1ms }]',
      'impossible-fault',
      'faults',
    ],
    ['more victims than users', 'faults: [{ at: 1s, kind: kill-process, count: 101 }]', 'impossible-fault', 'faults[0].count'],
    ['a recovery without a fault', 'expect: { recovery.slo: < 2s }', 'invalid', 'expect.recovery.slo'],
    ['an odd delivery', 'expect: { delivery: perfect }', 'invalid', 'expect.delivery'],
    ['a limit of the wrong kind', 'expect: { response.p99: < 20KB }', 'unit', 'expect.response.p99'],
    ['a durability that nodes do not share', 'target: { nodes: 2, durability: memory }', 'target-config', 'target.durability'],
    ['no users', 'users: 0', 'syntax', ''],
  ])('with %s is refused', (_, line, code, path) => {
    if (code === 'syntax') {
      // A key that is there twice: neither wins.
      expect(() => plan(`${GOOD}${line}\n`)).toThrow(/unique/);
      return;
    }
    expect(problem(`${GOOD}${line}\n`)).toMatchObject({ code, place: { path, line: 6 } });
  });

  test('names the targets that can suffer a fault that its own target cannot', () => {
    const found = problem(`${GOOD}target: { use: plain, durability: memory }\nfaults: [{ at: 1s, kind: kill-process }]\n`);
    expect(found).toMatchObject({ code: 'unsupported', place: { path: 'faults[0].kind' } });
    expect(found.message).toContain('lacks kill-process');
    expect(found.remedy).toContain('reference');
  });

  test('is refused with a durability that its target lacks, even if it is the default', () => {
    expect(problem(`${GOOD}target: { use: plain }\n`)).toMatchObject({
      code: 'unsupported',
      message: 'fsync is not a durability of the target plain',
      remedy: 'one of memory',
    });
  });

  test.each([
    [['load.rate=60000/s', 'load.workers=1'], 'load.rate', 'at most 50000/s with 1 worker'],
    [['load.rate=900000/s'], 'load.rate', 'at most 800000/s with 16 workers'],
    [['users=20000', 'load.workers=1'], 'users', 'at most 15000 users with 1 worker'],
    [['load.rate=40000/s', 'load.duration=1h'], 'load.duration', 'at most 10000000 messages'],
    [['users=5', 'load.contacts=5'], 'load.contacts', 'at most 4'],
    [['load.churn=50%/s', 'load.away=2s'], 'load.churn', 'at most 45%/s'],
    [['load.offline=90%', 'load.away=500ms'], 'load.offline', 'a longer away'],
    [['load.offline=5%', 'load.churn=10%/s'], 'load.offline', 'a higher share'],
    [['memory.rounds=4', 'memory.messages=1000'], 'memory.messages', 'rounds: 5'],
    [['recovery.level=fast'], 'recovery.level', 'p99 < 50ms'],
    [['recovery.level=p10 < 50ms'], 'recovery.level', 'p50'],
    [['recovery.level=p99 < 50'], 'recovery.level', '250ms'],
    [['recovery.level=p99 < 0ms'], 'recovery.level', 'above 0'],
  ])('asking for %j is refused before anything starts', (overrides, path, remedy) => {
    const found = problem(GOOD, overrides);
    expect(found.place.path).toBe(path);
    expect(found.remedy).toContain(remedy);
  });

  test.each([
    ['model: ramp', 'load.from', 'missing'],
    ['model: constant, from: 3/s, rate: 1/s', 'load.from', 'invalid'],
    ['model: step, steps: [{ at: 1s, rate: 1/s }]', 'load.steps[0].at', 'impossible-load'],
    ['model: spike, base: 5/s, peak: 4/s, at: 1s, for: 1s', 'load.peak', 'impossible-load'],
  ])('with the arrival model %s is told which key', (model, path, code) => {
    const found = problems(`name: m\nusers: 5\nload: { ${model}, duration: 5s }\n`);
    expect(found[0]).toMatchObject({ code, place: { path } });
  });

  test('is refused if it is not a map', () => {
    for (const text of ['', '3', '- a\n- b', 'null']) expect(problems(text)[0]?.code).toBe('invalid');
  });

  test('never makes planning throw, whatever it contains', () => {
    const key = fc.oneof(
      fc.constantFrom(
        'name',
        'users',
        'load',
        'faults',
        'expect',
        'target',
        'limits',
        'rate',
        'kind',
        'at',
        '__proto__',
        'constructor',
      ),
      fc.string(),
    );
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('reference', 'kill-node', '10s', '1000/s', 'poisson', '< 5ms', 3, -1, null, true),
        fc.string(),
        fc.double(),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(key, tie('node'), { maxKeys: 8 }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (data) => void plan(JSON.stringify(data) ?? 'null')),
      { numRuns: 500 },
    );
  });
});
