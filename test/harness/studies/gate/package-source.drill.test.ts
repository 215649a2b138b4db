/** npm itself, and a registry of one package on loopback. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildSource } from '../../../../harness/studies/gate/side-source.ts';
import { targetsOf } from '../../../../harness/studies/gate/side-targets.ts';
import { makeProject, type Project, targetsModule } from './project.ts';

const NAME = 'a-published-server';
let project: Project;
let registry: Server;
let requests: string[];

beforeEach(async () => {
  project = await makeProject();
  const files = join(project.folder, 'package');
  await mkdir(join(files, 'dist', 'targets'), { recursive: true });
  await writeFile(join(files, 'package.json'), JSON.stringify({ name: NAME, version: '1.2.3', type: 'module' }));
  await writeFile(join(files, 'dist', 'targets', 'index.js'), targetsModule('published').replace(': string', ''));
  const tarball = execFileSync('tar', ['-cz', '-C', project.folder, 'package']);
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  requests = [];
  registry = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.url === `/${NAME}.tgz`) return response.end(tarball);
    if (request.url !== `/${NAME}`) return response.writeHead(404).end('{}');
    const dist = { tarball: `http://${request.headers.host}/${NAME}.tgz`, integrity };
    const versions = { '1.2.3': { name: NAME, version: '1.2.3', dist } };
    return response.end(JSON.stringify({ name: NAME, 'dist-tags': { latest: '1.2.3' }, versions }));
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  const { port } = registry.address() as AddressInfo;
  process.env.npm_config_registry = `http://127.0.0.1:${port}/`;
  process.env.npm_config_cache = join(project.cache, '..', 'npm');
});
afterEach(async () => {
  delete process.env.npm_config_registry;
  delete process.env.npm_config_cache;
  registry.closeAllConnections();
  await new Promise((resolve) => registry.close(resolve));
  await project.remove();
});

test('a package version is installed once, outside the project, and its compiled targets are found', async () => {
  const source = await buildSource(`${NAME}@1.2.3`, project.building());
  expect(source.label).toBe(`package ${NAME}@1.2.3`);
  expect([...(await targetsOf(source)).keys()]).toEqual(['published']);
  expect(existsSync(join(project.folder, 'node_modules'))).toBe(false);
  const asked = requests.length;
  expect(await buildSource(`npm:${NAME}@1.2.3`, project.building())).toEqual(source);
  expect(requests.length).toBe(asked);
});

test('a tag is looked up each time, and the report names the version that it means today', async () => {
  const source = await buildSource(`${NAME}@latest`, project.building());
  expect(source.label).toBe(`package ${NAME}@1.2.3`);
  expect(await readFile(join(source.root, 'package.json'), 'utf8')).toContain('1.2.3');
  const asked = requests.length;
  expect(await buildSource(`${NAME}@latest`, project.building())).toEqual(source);
  expect(requests.length).toBeGreaterThan(asked);
  expect(await readdir(project.cache)).toHaveLength(1);
});

test('a version that was never published is refused, and leaves nothing behind', async () => {
  await expect(buildSource(`${NAME}@9.9.9`, project.building())).rejects.toMatchObject({
    name: 'ToolError',
    message: expect.stringMatching(/npm.* install .*9\.9\.9.* ended with 1/s),
  });
  expect(await readdir(project.cache)).toEqual([]);
});
