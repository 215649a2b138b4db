/** `letitcrash targets`: the servers that can be tested, with what each can do and whether it can run here. */
import { Command } from 'commander';
import { targets } from '../../../targets/index.ts';
import { consoleOf } from './console.ts';

export function targetsCommand(): Command {
  return new Command('targets')
    .description('list the targets: what each can do, and whether it can run here')
    .addHelpText('after', '\nExample:\n  letitcrash targets --json | jq -r ".targets[] | select(.available) | .name"')
    .action(async (_options: unknown, command: Command) => {
      const console = consoleOf(command);
      const rows = await Promise.all(
        targets.map(async (target) => ({
          name: target.name,
          summary: target.summary,
          driver: target.driver,
          capabilities: [...target.capabilities],
          durabilities: [...target.durabilities],
          reason: null,
          remedy: null,
          ...(await target.availability()),
        })),
      );
      for (const row of rows) {
        console.print(`${row.name}${row.available ? '' : ' (cannot run here)'}\n  ${row.summary}`);
        console.print(
          `  can: ${row.capabilities.join(', ') || 'nothing but carry messages'}; durability: ${row.durabilities.join(', ')}`,
        );
        if (!row.available) console.print(`  ${row.reason}\n  ${row.remedy}`);
      }
      console.document({ schema: 'letitcrash.targets/1', targets: rows });
    });
}
