/** The text of a file that another program wrote: UTF-8, or UTF-16 as PowerShell's `>` writes it, with or without a byte order mark. Pure. */

/** The text without its byte order mark; null if it is neither. */
export function fileText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** JSON begins with a character of ASCII: without a mark, the zero beside it tells. */
function encodingOf([first, second]: Uint8Array): string {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}
