/** A strict reader of XML, enough to prove a document well-formed: it throws with the offset of the first fault. */

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  /** Its own text. */
  text: string;
  /** Its own text and its children, in the order of the source. */
  readonly parts: (string | Element)[];
}

const NAME = /[A-Za-z_][\w.:-]*/y;
// Outside XML 1.0's Char, or half a surrogate pair.
const FORBIDDEN = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The root element. `voids` are elements that need no end tag (HTML's). */
export function parseXml(source: string, voids: ReadonlySet<string> = new Set(), raw: ReadonlySet<string> = new Set()): Element {
  const bad = FORBIDDEN.exec(source);
  if (bad !== null) throw new Error(`forbidden character at ${bad.index}`);
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at}: ${source.slice(at, at + 60)}`);
  };
  const skipSpace = (): void => {
    while (/\s/.test(source[at] ?? '')) at += 1;
  };
  const expect = (text: string): void => {
    if (!source.startsWith(text, at)) fail(`expected ${text}`);
    at += text.length;
  };
  const readName = (): string => {
    NAME.lastIndex = at;
    const name = NAME.exec(source)?.[0] ?? fail('expected a name');
    at += name.length;
    return name;
  };
  const decode = (text: string): string =>
    text.replace(/&([^;\s]*)(;?)/g, (whole, name: string, end: string) => {
      if (end === '') return fail(`bare ampersand ${whole}`);
      if (/^#\d+$/.test(name)) return String.fromCodePoint(Number(name.slice(1)));
      return ENTITIES[name] ?? fail(`unknown entity ${whole}`);
    });

  const readElement = (): Element => {
    expect('<');
    const element: Element = { name: readName(), attributes: new Map(), children: [], text: '', parts: [] };
    const attributes = element.attributes as Map<string, string>;
    for (;;) {
      const before = at;
      skipSpace();
      if (source.startsWith('/>', at)) {
        at += 2;
        return element;
      }
      if (source[at] === '>') {
        at += 1;
        break;
      }
      if (before === at) fail('expected a space before an attribute');
      const key = readName();
      if (attributes.has(key)) fail(`attribute ${key} twice`);
      if (source[at] !== '=' && voids.size > 0) {
        attributes.set(key, '');
        continue;
      }
      expect('="');
      const end = source.indexOf('"', at);
      const value = source.slice(at, end);
      if (end < 0 || value.includes('<')) fail(`bad value of ${key}`);
      attributes.set(key, decode(value));
      at = end + 1;
    }
    if (voids.has(element.name)) return element;
    if (raw.has(element.name)) {
      const end = source.indexOf(`</${element.name}>`, at);
      if (end < 0) fail('unclosed raw element');
      element.text = source.slice(at, end);
      element.parts.push(element.text);
      at = end + element.name.length + 3;
      return element;
    }
    for (;;) {
      const next = source.indexOf('<', at);
      if (next < 0) fail(`${element.name} is never closed`);
      const text = decode(source.slice(at, next));
      element.text += text;
      element.parts.push(text);
      at = next;
      if (source.startsWith('</', at)) {
        at += 2;
        const closing = readName();
        if (closing !== element.name) fail(`${element.name} closed as ${closing}`);
        expect('>');
        return element;
      }
      const child = readElement();
      element.children.push(child);
      element.parts.push(child);
    }
  };

  if (source.startsWith('<?xml')) at = source.indexOf('?>') + 2;
  skipSpace();
  if (source.startsWith('<!doctype html>', at)) at += '<!doctype html>'.length;
  skipSpace();
  const root = readElement();
  skipSpace();
  if (at !== source.length) fail('something after the root element');
  return root;
}

/** Every element of a tree, the root first. */
export function* elementsOf(root: Element): Generator<Element> {
  yield root;
  for (const child of root.children) yield* elementsOf(child);
}

/** The text of an element and everything in it, as it is read. */
export function textOf({ parts }: Element): string {
  return parts.map((part) => (typeof part === 'string' ? part : textOf(part))).join('');
}
