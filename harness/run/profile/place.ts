/** Where a function is, as people say it: relative to the project, for a profile is read elsewhere too. Pure. */
import type { CallFrame } from './call-tree.ts';

/** How many of the last parts are shown of a path that is in neither the project nor node_modules. */
const KEPT_PARTS = 3;

/** `targets/reference/main.ts:12`, `node:net:400`, `node_modules/ws/lib/sender.js:7`; empty for the engine's own. `root` has no slash at its end. */
export function placeOf({ url, lineNumber }: Pick<CallFrame, 'url' | 'lineNumber'>, root: string): string {
  if (url === '') return '';
  const line = lineNumber < 0 ? '' : `:${lineNumber + 1}`;
  if (url.startsWith('node:')) return url + line;
  const path = pathOf(url);
  const modules = path.lastIndexOf('/node_modules/');
  if (modules >= 0) return path.slice(modules + 1) + line;
  if (path.startsWith(`${root}/`)) return path.slice(root.length + 1) + line;
  const parts = path.split('/').filter((part) => part !== '');
  return (parts.length <= KEPT_PARTS ? path : `…/${parts.slice(-KEPT_PARTS).join('/')}`) + line;
}

/** The path of a `file:` URL; anything else as it is. */
export function pathOf(url: string): string {
  if (!url.startsWith('file://')) return url;
  const path = url.slice('file://'.length);
  try {
    return decodeURIComponent(path);
  } catch {
    // A name with a lone per cent sign.
    return path;
  }
}
