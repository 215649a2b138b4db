/** What git should ignore in a project that uses letitcrash: what npm installs and what runs write. Pure. */

const IGNORED = ['node_modules', 'runs'];

/** The new .gitignore, or null if it already ignores everything; `text` is null if there is none. */
export function wireIgnore(text: string | null): string | null {
  const before = text ?? '';
  const lines = new Set(before.split(/\r?\n/).map((line) => line.trim().replace(/^\/|\/\*?$/g, '')));
  const missing = IGNORED.filter((name) => !lines.has(name));
  if (missing.length === 0) return null;
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  return `${before}${gap}${missing.map((name) => `${name}/\n`).join('')}`;
}
