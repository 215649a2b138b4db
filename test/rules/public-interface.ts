/**
 * What others rely on, collected from the code: the names that the package exports, the commands with their arguments and options, the exit
 * codes, and the schemas of the documents. public-interface.json holds it as it was agreed upon; a change on purpose is written there with
 * `node test/rules/public-interface.ts`, and told in CHANGELOG.md.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };

const root = new URL('../..', import.meta.url);
const CLI = new URL('harness/front/cli/', root);
export const KEPT = new URL('public-interface.json', import.meta.url);

export interface PublicInterface {
  /** By entry of the package: the names it exports, types included. */
  readonly exports: Readonly<Record<string, readonly string[]>>;
  /** By name: what may stand behind it. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
  readonly exitCodes: Readonly<Record<string, number>>;
  /** By name: SHA-256 of the JSON Schema as `letitcrash schema` prints it. */
  readonly schemas: Readonly<Record<string, string>>;
}

export async function publicInterface(): Promise<PublicInterface> {
  const commands = await commandsOf();
  const schemas = commands.find((command) => command.name() === 'schema') as Command;
  const { ExitCode } = (await import(new URL('harness/front/library/exit-codes.ts', root).href)) as {
    ExitCode: Record<string, number>;
  };
  return {
    exports: Object.fromEntries(
      Object.entries(packageJson.exports)
        .filter(([, file]) => file.endsWith('.ts'))
        .map(([entry, file]) => [entry, exportedNames(readFileSync(new URL(file, root), 'utf8'))]),
    ),
    commands: Object.fromEntries(commands.map((command) => [command.name(), asksFor(command)])),
    exitCodes: { ...ExitCode },
    schemas: Object.fromEntries(
      (schemas.registeredArguments[0]?.argChoices ?? []).map((name) => [
        name,
        createHash('sha256').update(printedSchema(name, schemas)).digest('hex'),
      ]),
    ),
  };
}

async function commandsOf(): Promise<Command[]> {
  const found: Command[] = [];
  for (const file of readdirSync(CLI)
    .filter((name) => name.endsWith('.ts') && name !== 'main.ts')
    .sort()) {
    for (const [name, value] of Object.entries((await import(new URL(file, CLI).href)) as Record<string, unknown>)) {
      if (!name.endsWith('Command') || typeof value !== 'function' || value.length > 0) continue;
      const command: unknown = value();
      if (command instanceof Command) found.push(command);
    }
  }
  return found.sort((a, b) => (a.name() < b.name() ? -1 : 1));
}

function asksFor(command: Command): string[] {
  return [
    ...command.registeredArguments.map((argument) => `<${argument.name()}>${argument.required ? '' : ' (optional)'}`),
    ...command.options.map(({ flags }) => flags),
    ...command.commands.flatMap((sub) => [sub.name(), ...asksFor(sub).map((each) => `${sub.name()} ${each}`)]),
  ];
}

function printedSchema(name: string, command: Command): string {
  let printed = '';
  const write = process.stdout.write;
  process.stdout.write = (chunk: string | Uint8Array): boolean => {
    printed += chunk.toString();
    return true;
  };
  try {
    command.parse([name], { from: 'user' });
  } finally {
    process.stdout.write = write;
  }
  return printed;
}

function exportedNames(text: string): string[] {
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names]) =>
    (names as string).split(',').map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    ),
  );
  const declared = [
    ...text.matchAll(
      /^export (?:declare )?(?:async )?(?:abstract )?(?:const|let|var|function\*?|class|interface|type|enum|namespace) (\w+)/gm,
    ),
  ].map(([, name]) => name as string);
  // Which names these are nobody sees here: such an export is a change whatever it brings.
  const stars = [...text.matchAll(/^export \*.*$/gm)].map(([line]) => line);
  return [...lists, ...declared, ...stars].filter((name) => name !== '').sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(KEPT, `${JSON.stringify(await publicInterface(), null, 2)}\n`);
