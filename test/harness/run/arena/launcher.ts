/** Launches inner.ts in an arena with this process's arguments, and ends as it ends. */
import { fileURLToPath } from 'node:url';
import { launchInArena } from '../../../../harness/run/arena/launch.ts';

process.exitCode = await launchInArena([fileURLToPath(new URL('./inner.ts', import.meta.url)), ...process.argv.slice(2)]);
