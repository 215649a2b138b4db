/** What `--baseline` and `--candidate` may name, parsed from what was written. Pure. */

export type WrittenSource =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'revision'; readonly revision: string }
  | { readonly kind: 'package'; readonly name: string; readonly version: string };

/** npm's own rule for names; a version, range or tag has none of the characters of git's `main@{1}`. */
const PACKAGE = /^(?<name>(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)@(?<version>[A-Za-z0-9^~<>=*+._-]+)$/;
const PREFIXED = /^(?<kind>git|npm|folder):(?<rest>.+)$/s;

/**
 * Reads a source; `onDisk` is what exists at the path with this name. A prefix decides (git:, npm:, folder:); without one, something on
 * disk comes first, then a package with its version, then a git revision. Null if it can be none of them.
 */
export function readSource(written: string, onDisk: 'folder' | 'file' | 'nothing'): WrittenSource | null {
  const prefixed = PREFIXED.exec(written)?.groups;
  const rest = prefixed?.rest ?? written;
  // What begins with a dash would be an option of git or npm.
  if (rest.startsWith('-') || rest.trim() === '' || rest.includes('\0')) return null;
  switch (prefixed?.kind) {
    case 'git':
      return { kind: 'revision', revision: rest };
    case 'folder':
      return { kind: 'folder', path: rest };
    case 'npm':
      return readPackage(rest);
  }
  if (onDisk === 'file') return { kind: 'file', path: written };
  if (onDisk === 'folder' || /^(?:\.{1,2}(?:\/|$)|\/)/.test(written)) return { kind: 'folder', path: written };
  return readPackage(written) ?? { kind: 'revision', revision: written };
}

function readPackage(written: string): WrittenSource | null {
  const groups = PACKAGE.exec(written)?.groups;
  return groups === undefined ? null : { kind: 'package', name: groups.name ?? '', version: groups.version ?? '' };
}
