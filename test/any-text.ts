/**
 * Any text at all, half surrogate pairs included: what `fc.string({ unit: 'binary' })` makes, without the table of all code points that
 * it builds in every process, which takes seconds.
 */
import fc from 'fast-check';

const character = fc.oneof(fc.nat(0x7f), fc.nat(0xffff), fc.nat(0x10ffff)).map((codePoint) => String.fromCodePoint(codePoint));

export function anyText(lengths: { readonly minLength?: number; readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.array(character, lengths).map((characters) => characters.join(''));
}
