/** `letitcrash schema <name>`: the JSON Schema of what goes in and of what comes out. */
import { Argument, Command } from 'commander';
import { z } from 'zod';
import { comparisonSchema } from '../../evidence/result/comparison.ts';
import { diffSchema } from '../../evidence/result/diff.ts';
import { explorationSchema, replaySchema } from '../../evidence/result/exploration.ts';
import { historySchema } from '../../evidence/result/history.ts';
import { profileSchema } from '../../evidence/result/profile.ts';
import { resultSchema } from '../../evidence/result/result.ts';
import { runIndexSchema } from '../../evidence/result/run-index.ts';
import { scenarioSchema } from '../../plan/scenario/schema.ts';
import { policySchema } from '../library/policy.ts';
import { writeDocument } from './output.ts';

/** `io` says which side of a schema's conversions is meant: what people write, or what is recorded. */
const SCHEMAS = {
  scenario: { schema: scenarioSchema, io: 'input', title: 'A letitcrash scenario' },
  result: { schema: resultSchema, io: 'output', title: 'The result of a letitcrash run' },
  comparison: { schema: comparisonSchema, io: 'output', title: 'Two configurations, compared' },
  diff: { schema: diffSchema, io: 'output', title: 'Two finished runs, side by side' },
  profile: { schema: profileSchema, io: 'output', title: 'What a node did under the load' },
  history: { schema: historySchema, io: 'output', title: 'How figures went over time' },
  policy: { schema: policySchema, io: 'input', title: 'The policy of a letitcrash gate' },
  exploration: { schema: explorationSchema, io: 'output', title: 'What an exploration searched and found' },
  replay: { schema: replaySchema, io: 'output', title: 'How often a replayed schedule failed' },
  index: { schema: runIndexSchema, io: 'output', title: 'What lies in a folder of runs' },
} as const;

export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of a document')
    .addArgument(new Argument('<name>', 'the document').choices(Object.keys(SCHEMAS)))
    .addHelpText('after', '\nExample:\n  letitcrash schema scenario > scenario.schema.json')
    .action((name: keyof typeof SCHEMAS) => {
      const { schema, io, title } = SCHEMAS[name];
      const document = { ...z.toJSONSchema(schema, { io }), title };
      // The document is the command's only output, with and without --json.
      writeDocument(document);
    });
}
