/** clinic's packages, for real: installed from the registry, let into a node under load, and asked for their pages. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../../../../harness/front/library/index.ts';

const reachable = spawnSync('npm', ['view', '@clinic/doctor', 'version'], { stdio: 'ignore', timeout: 60_000 }).status === 0;
const required = process.env.LETITCRASH_REQUIRE_PEERS === '1';
const why = reachable ? '' : ' (absent: the npm registry, for npm install @clinic/doctor)';

it.skipIf(!reachable && !required).for(['flame', 'doctor', 'bubbleprof'] as const)(
  `clinic %s makes its page of a load${why}`,
  async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'letitcrash-clinic-'));
    try {
      const scenario = {
        name: 'small',
        target: { use: 'reference' },
        users: 20,
        load: { rate: '200/s', duration: '3s' },
        limits: { lag: '20s' },
      };
      const { result, reportPath } = await run(scenario, { outDir: folder, profile: kind });
      expect(result.delivery?.lost).toBe(0);
      const page = readFileSync(join(folder, 'profile', `n1.${kind}.html`), 'utf8');
      expect(page).toContain(`Clinic ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`);
      const report = readFileSync(reportPath, 'utf8');
      expect(report).toContain(`href="profile/n1.${kind}.html"`);
      // It is made of the CPU's profile, which is there as well.
      expect(report.includes('href="profile/n1.cpuprofile"')).toBe(kind === 'flame');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
