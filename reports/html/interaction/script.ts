/** The one script that a page may have: what is in in-page.ts, and the hash by which the page's own policy lets it, and nothing else, run. */
import { createHash } from 'node:crypto';
import { Markup } from '../../markup.ts';
import { inPage } from './in-page.ts';

const TEXT = `(${inPage.toString()})(globalThis);`;

export const SCRIPT = new Markup(TEXT);

/** A source of a Content-Security-Policy's script-src. */
export const SCRIPT_SOURCE = `'sha256-${createHash('sha256').update(TEXT).digest('base64')}'`;
