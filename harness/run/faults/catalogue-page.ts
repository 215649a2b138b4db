/**
 * The page of fault kinds, CATALOGUE.md, made from the kinds themselves; a test keeps it up to date. To generate it:
 *
 *     node harness/run/faults/catalogue-page.ts
 */
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { faultKinds } from './catalogue.ts';
import type { SealedFaultKind } from './fault.ts';
import { requirement, requirementNames } from './requirements.ts';

export const CATALOGUE_PAGE = new URL('CATALOGUE.md', import.meta.url);

const HEAD = `# The fault kinds

Generated from the code by \`node harness/run/faults/catalogue-page.ts\`; README.md says what a kind is. Every step has \`at\`, the time after the start of
the load at which it strikes, and \`kind\`; \`for\` is the time until it is undone.`;

const FOR: Readonly<Record<SealedFaultKind['duration'], string>> = {
  none: 'no: it is over at once',
  optional: 'yes; without it the fault is undone at once',
  open: 'yes; without it the fault is never undone',
};

/** Markdown, with a line break at the end. */
export function cataloguePage(): string {
  const kinds = [...faultKinds.values()];
  const rows = kinds.map((kind) => [
    `[\`${kind.kind}\`](#${kind.kind})`,
    kind.summary,
    kind.requires.length === 0 ? '' : kind.requires.join(', '),
    platformsOf(kind),
  ]);
  const requirements = requirementNames.map((name) => {
    const { what, platforms } = requirement(name);
    return [`\`${name}\``, what, platforms?.join(', ') ?? 'any'];
  });
  const parts = [
    HEAD,
    table(['kind', 'what it does', 'requires of the machine', 'platforms'], rows),
    ...kinds.map(section),
    '## What a machine may have to provide',
    '`letitcrash doctor` says what this machine has and how to get the rest; a scenario that requires something that is missing exits 3 before anything starts.',
    table(['requirement', 'what it is', 'platforms'], requirements),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(kind: SealedFaultKind): string {
  const facts = [
    `${upperFirst(kind.summary)}.`,
    '',
    `- heals: ${kind.heals}`,
    `- \`for\`: ${FOR[kind.duration]}`,
    `- the target must support: ${kind.needs.length === 0 ? 'nothing in particular' : kind.needs.join(', ')}`,
  ];
  const settings = settingsOf(kind);
  const rows = settings.length === 0 ? '' : `\n\n${table(['setting', 'default', 'meaning'], settings)}`;
  return `## ${kind.kind}\n\n${facts.join('\n')}${rows}`;
}

function platformsOf({ requires }: SealedFaultKind): string {
  const limits = requires.flatMap((name) => {
    const { platforms } = requirement(name);
    return platforms === null ? [] : [platforms];
  });
  const [first, ...others] = limits;
  if (first === undefined) return 'any';
  return first.filter((platform) => others.every((list) => list.includes(platform))).join(', ');
}

/** One row for each setting: name, default, meaning. */
function settingsOf({ kind, settings }: SealedFaultKind): string[][] {
  if (!(settings instanceof z.ZodObject)) throw new Error(`the settings of ${kind} are not an object`);
  const { properties = {} } = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([key, property]) => {
    const { description = '', enum: values } = property as z.core.JSONSchema.BaseSchema;
    const oneOf = values === undefined ? '' : `one of ${values.map((value) => `\`${String(value)}\``).join(', ')}`;
    return [
      `\`${key}\``,
      defaultOf(settings.shape[key] as z.ZodType),
      [description, oneOf].filter((part) => part !== '').join('; '),
    ];
  });
}

function defaultOf(setting: z.ZodType): string {
  const parsed = setting.safeParse(undefined);
  if (!parsed.success) return 'required';
  return parsed.data === undefined ? 'none' : `\`${String(parsed.data)}\``;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

if (import.meta.main) writeFileSync(CATALOGUE_PAGE, cataloguePage());
