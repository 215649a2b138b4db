/** Request targets for tests of HTTP servers: such as clients send, such as nobody should, and anything that fits into a request line. */
import fc from 'fast-check';
import { anyText } from '../../any-text.ts';

/** Known to have been answered with 500, or to be easily taken for something else. */
export const MALFORMED = [
  '//[',
  '[',
  '/[',
  '/%',
  '/%zz',
  '/%2',
  '/%ff',
  '/%C3%28',
  '/a%',
  '/health?user=%',
  '/health?user=%zz',
  '/health?%ff',
  '/health#part',
  '*',
  'health',
  'http:///health',
  'http://',
  'http://[/health?%',
  'mailto:anna',
  '/\\',
  '/<script>',
  '/"',
  '/a|b',
  '/caf\xe9',
  '/?q=\xe9',
] as const;

const bits = [
  '/',
  '//',
  '?',
  '&',
  '=',
  '%',
  '%2F',
  '%00',
  '%zz',
  '%ff',
  '[',
  ']',
  ':',
  '@',
  '#',
  '..',
  'http://',
  'x',
  '\xe9',
  '"',
  '{',
];
const words = [
  'health',
  'metrics',
  'processes',
  'tree',
  'v1',
  'account',
  'presence',
  'conversations',
  'messages',
  'devices',
  'news',
];
const pieces = fc.array(fc.constantFrom(...bits, ...words), { maxLength: 8 }).map((list) => list.join(''));
const anything = fc
  .array(fc.integer({ min: 0x21, max: 0xff }), { minLength: 1, maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes.filter((code) => code < 0x7f || code > 0xa0)));
const query = fc
  .dictionary(fc.constantFrom('user', 'name', 'sort', 'limit', 'children', 'after'), anyText())
  .map((all) => new URLSearchParams(all).toString());

export const targets: fc.Arbitrary<string> = fc
  .oneof(
    pieces.map((text) => `/${text}`),
    pieces,
    anything,
    fc.tuple(fc.constantFrom(...words), query).map(([word, search]) => `/${word}?${search}`),
    fc.constantFrom(...MALFORMED),
  )
  .filter((text) => text !== '');
