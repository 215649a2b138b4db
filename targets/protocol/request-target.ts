/** How every HTTP server of this project parses a request target (RFC 9112, 3.2): into a path and a query, or as malformed. */

export interface RequestTarget {
  /** As it came: percent-encoded, with its slashes. */
  readonly path: string;
  /** Between the slashes, decoded; the first is empty. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

const ABSOLUTE = /^https?:\/\/[\w.~!$&'()*+,;=:@%[\]-]+(?=[/?]|$)/i;
/** RFC 3986, 3.3: path-absolute, with empty segments allowed. */
const PATH = /^\/[\w.~!$&'()*+,;=:@%/-]*$/;
/** More than RFC 3986 allows: browsers send brackets and braces as they are. */
const QUERY = /^[\x21\x22\x24-\x7e]*$/;

/** Null for one that is malformed: neither a path nor an http URL, a byte that stands for nothing there, or a percent sign that encodes nothing. */
export function readRequestTarget(text: string): RequestTarget | null {
  const absolute = ABSOLUTE.exec(text)?.[0] ?? '';
  const rest = text.slice(absolute.length);
  const at = rest.indexOf('?');
  const [given, search] = at < 0 ? [rest, ''] : [rest.slice(0, at), rest.slice(at + 1)];
  const path = given === '' && absolute !== '' ? '/' : given;
  if (!PATH.test(path) || !QUERY.test(search)) return null;
  try {
    // URLSearchParams would take what cannot be decoded as it is.
    decodeURIComponent(search);
    return { path, segments: path.split('/').map(decodeURIComponent), query: new URLSearchParams(search) };
  } catch {
    return null;
  }
}
