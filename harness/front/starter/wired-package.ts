/** What `letitcrash init` adds to a project's package.json: letitcrash itself, what the starters import, and two scripts. Pure. */

export interface Wiring {
  /** Development dependencies to add, unless the project has one with that name in any section. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Scripts to add, unless there is one with that name. */
  readonly scripts: Readonly<Record<string, string>>;
}

export interface WiredPackage {
  /** The new contents of the file. */
  readonly text: string;
  /** What was added, in words: 'devDependencies.letitcrash'; empty if everything was there. */
  readonly added: readonly string[];
  /** Whether something has to be installed. */
  readonly toInstall: boolean;
}

type Section = Record<string, string>;
const DEPENDENCY_SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/**
 * `text` is null if there is no package.json; the result is then a private one. @throws TypeError, in words, for what is not a manifest.
 */
export function wirePackage(text: string | null, { dependencies, scripts }: Wiring): WiredPackage {
  const manifest = text === null ? { private: true } : manifestOf(text);
  const added: string[] = [];
  const listed = new Set(DEPENDENCY_SECTIONS.flatMap((name) => Object.keys(sectionOf(manifest, name))));
  const missing = Object.fromEntries(Object.entries(dependencies).filter(([name]) => !listed.has(name)));
  const newScripts = Object.fromEntries(Object.entries(scripts).filter(([name]) => !(name in sectionOf(manifest, 'scripts'))));
  const wired: Record<string, unknown> = { ...manifest };
  if (Object.keys(newScripts).length > 0) wired.scripts = { ...sectionOf(manifest, 'scripts'), ...newScripts };
  // Sorted, as npm keeps them.
  if (Object.keys(missing).length > 0) {
    const all = Object.entries({ ...sectionOf(manifest, 'devDependencies'), ...missing });
    wired.devDependencies = Object.fromEntries(all.sort(([a], [b]) => a.localeCompare(b, 'en')));
  }
  added.push(
    ...Object.keys(missing).map((name) => `devDependencies.${name}`),
    ...Object.keys(newScripts).map((name) => `scripts.${name}`),
  );
  if (added.length === 0 && text !== null) return { text, added, toInstall: false };
  return { text: written(wired, text), added, toInstall: Object.keys(missing).length > 0 };
}

function manifestOf(text: string): Record<string, unknown> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new TypeError(`is not JSON: ${(error as Error).message}`);
  }
  if (typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest)) return manifest as Record<string, unknown>;
  throw new TypeError('is not an object');
}

function sectionOf(manifest: Readonly<Record<string, unknown>>, name: string): Section {
  const section = manifest[name];
  return typeof section === 'object' && section !== null && !Array.isArray(section) ? (section as Section) : {};
}

/** With the indentation and the line endings that it had. */
function written(manifest: object, before: string | null): string {
  const indent = /^[{[]\r?\n([ \t]+)/.exec(before?.replace(/^\uFEFF/, '') ?? '')?.[1] ?? '  ';
  const end = before === null || before.endsWith('\n') ? '\n' : '';
  const text = JSON.stringify(manifest, null, indent) + end;
  return before?.includes('\r\n') === true ? text.replaceAll('\n', '\r\n') : text;
}
