/**
 * The runtime against Erlang itself: random programs run on both, and every observation of every step must agree, but for what
 * OTP leaves open (canonical.ts) and what the runtime's README lists as divergence. LETITCRASH_DIFFERENTIAL_PROGRAMS sets how many.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalActors } from './canonical.ts';
import { ERLANG_REMEDY, erlangInstalled, type Oracle, startOracle } from './erlang.ts';
import { actorProgram, supervisorProgram } from './generate.ts';
import { interpretActors } from './interpret-actors.ts';
import { interpretSupervisor } from './interpret-supervisor.ts';
import { kept } from './kept-programs.ts';
import type { Program } from './program.ts';

const programs = Number(process.env.LETITCRASH_DIFFERENTIAL_PROGRAMS ?? 1000);
const seedText = process.env.LETITCRASH_DIFFERENTIAL_SEED;
const installed = erlangInstalled();
if (!installed && process.env.LETITCRASH_REQUIRE_PEERS === '1') throw new Error(ERLANG_REMEDY);
const title = installed ? 'the runtime and Erlang agree' : `the runtime and Erlang agree (skipped: ${ERLANG_REMEDY})`;

describe.skipIf(!installed)(title, () => {
  let oracle: Oracle;
  beforeAll(() => {
    oracle = startOracle();
  });
  afterAll(() => oracle.close());

  const agree = async (program: Program): Promise<void> => {
    const [ours, theirs] =
      program.kind === 'actors'
        ? [canonicalActors(program, interpretActors(program)), canonicalActors(program, await oracle.run(program))]
        : [interpretSupervisor(program), await oracle.run(program)];
    expect(ours).toEqual(theirs);
  };
  const options = {
    numRuns: Math.ceil(programs / 2),
    endOnFailure: false,
    ...(seedText === undefined ? {} : { seed: Number(seedText) }),
  };

  test.each(kept)('on a program that once told them apart: $title', async ({ program }) => agree(program));

  test(`on ${options.numRuns} programs of processes, links, monitors, signals and names`, async () => {
    await fc.assert(fc.asyncProperty(actorProgram, agree), options);
  });

  test(`on ${options.numRuns} programs of supervisors and their children`, async () => {
    await fc.assert(fc.asyncProperty(supervisorProgram, agree), options);
  });
});
