import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Deployment, ProcessChaos } from '../../../../../../targets/target.ts';
import { hurried } from '../../../../../hurried-clock.ts';
import { type Deployed, deploy } from '../../../../../targets/reference/deployed.ts';
import { playOne, step } from '../../playing.ts';

let server: Deployed;
let chaos: ProcessChaos;
beforeAll(async () => {
  server = await deploy({}, 'memory');
  chaos = server.deployment.chaos as ProcessChaos;
});
afterAll(() => server.stop());

const kill = (supervisor: string) => step('kill-supervisor', { supervisor });

test('killing the session supervisor ends every user’s process, and everybody can sign in again', async () => {
  const users = ['anna', 'bert', 'carl'];
  const clients = await Promise.all(users.map((user) => server.client(user)));
  const processes = await Promise.all(users.map((user) => server.deployment.userProcess(user)));
  const record = await playOne(server.deployment, kill('session'));
  expect(record).toMatchObject({ verified: true, target: 'session supervisor of n1', affected: 'everybody' });
  expect(record.evidence[0]).toContain('with it 3 of the 3 processes below it');
  await Promise.all(clients.map((client) => client.closed()));
  const again = await Promise.all(users.map((user) => server.client(user)));
  const now = await Promise.all(users.map((user) => server.deployment.userProcess(user)));
  for (const [index, process] of now.entries()) expect(process).not.toEqual(processes[index]);
  await Promise.all(again.map((client) => client.bye()));
});

test.each([
  ['presence', 'presence'],
  ['gateway', 'listener'],
])('killing the %s supervisor renews the %s below it, and closes no connection', async (supervisor, child) => {
  const anna = await server.client('anna');
  const before = await chaos.namedProcess(child, 'n1');
  const record = await playOne(server.deployment, kill(supervisor));
  expect(record.verified).toBe(true);
  expect(record.evidence[0]).toContain('with it 1 of the 1 processes below it');
  await expect.poll(() => chaos.namedProcess(child, 'n1')).not.toBe(null);
  expect(await chaos.namedProcess(child, 'n1')).not.toBe(before);
  const bert = await server.client('bert');
  bert.send(1, 'anna', 'still here?');
  await anna.until(() => anna.texts.length === 1, 'the message');
  await Promise.all([anna.bye(), bert.bye()]);
});

test('a supervisor that was not killed is recognised as the same', async () => {
  const pid = await chaos.namedProcess('session supervisor', 'n1');
  const lying = Object.assign(Object.create(server.deployment) as Deployment, {
    chaos: { ...chaos, killNamed: async () => ({ pid, below: 3, died: 3 }) },
  });
  const record = await hurried(() => playOne(lying, kill('session')));
  expect(record.verified).toBe(false);
  expect(record.evidence.join()).toContain('STILL THE SAME');
});
