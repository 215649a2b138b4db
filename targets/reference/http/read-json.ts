/** The body of a request as a JSON object, bounded in bytes. Its time is bounded by the server's requestTimeout. */
import type { IncomingMessage } from 'node:http';
import { type Problem, problem } from './problem.ts';

export type ReadBody = { readonly object: Readonly<Record<string, unknown>> } | Problem;

/** Calls `done` once, unless the client goes away first. Reads no further than `maxBytes`. */
export function readJson(request: IncomingMessage, maxBytes: number, done: (body: ReadBody) => void): void {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const tooLarge = problem('body-too-large', `at most ${maxBytes} bytes`);
  if (type !== 'application/json') {
    done(problem('unsupported-type', 'send Content-Type: application/json'));
    return;
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    done(tooLarge);
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  const read = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= maxBytes) {
      chunks.push(chunk);
      return;
    }
    request.removeListener('data', read);
    request.removeListener('end', end);
    request.pause();
    done(tooLarge);
  };
  const end = (): void => done(parsed(Buffer.concat(chunks).toString('utf8')));
  request.on('data', read);
  request.on('end', end);
}

function parsed(text: string): ReadBody {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return problem('malformed', 'the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return problem('malformed', 'the body is not a JSON object');
  return { object: value as Readonly<Record<string, unknown>> };
}
