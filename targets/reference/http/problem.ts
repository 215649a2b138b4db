/** Errors of the HTTP surface as problem details (RFC 9457): for people in `detail`, for programs in `type`. Never with a secret in them. */

export interface Problem {
  readonly status: number;
  /** Last part of the type: `urn:letitcrash:problem:<code>`. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Headers that belong to the status. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const PROBLEM_TYPE = 'application/problem+json';

/** Status and title of each kind of problem there is. */
const KINDS = {
  malformed: [400, 'The request cannot be understood'],
  unauthorised: [401, 'A valid bearer is needed'],
  'not-found': [404, 'There is no such resource'],
  'method-not-allowed': [405, 'This path does not support the method'],
  timeout: [408, 'The request did not arrive in time'],
  'body-too-large': [413, 'The body is too large'],
  'unsupported-type': [415, 'The body is of another type'],
  'rate-limited': [429, 'Too many requests on this connection'],
  'headers-too-large': [431, 'The request line and headers are too large'],
  failed: [500, 'The server failed to answer'],
  unavailable: [503, 'The server cannot answer at the moment'],
  late: [504, 'The process that was asked did not answer in time'],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

export function problem(code: keyof typeof KINDS, detail: string, headers?: Problem['headers']): Problem {
  const [status, title] = KINDS[code];
  return { status, code, title, detail, ...(headers === undefined ? {} : { headers }) };
}

/** The document that goes to the client. */
export function problemText({ status, code, title, detail }: Problem): string {
  return JSON.stringify({ type: `urn:letitcrash:problem:${code}`, title, status, detail });
}

/** A whole response by hand, for a request that never became one; the connection closes. */
export function rawProblem(given: Problem, reason: string): string {
  const body = problemText(given);
  return `HTTP/1.1 ${given.status} ${reason}\r\nConnection: close\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
