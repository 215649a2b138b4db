/** The HTTP parts of a Plan: a load of requests alone (`load.driver: http`), or beside messages (`http`). Pure. */
import { type Catalogue, knownTargets, targetFacts } from './catalogue.ts';
import type { HttpPlan, HttpRequestPlan, LoadPlan } from './plan.ts';
import type { PlannedTarget, Reporter } from './reporter.ts';
import type { HttpLoadSection, HttpSection } from './schema.ts';

const PLACEHOLDER = /\{([^{}]*)\}/g;
const PLACEHOLDERS: readonly string[] = ['user', 'contact'];

export interface HttpSurroundings {
  readonly catalogue: Catalogue;
  /** Null if it is itself invalid. */
  readonly target: PlannedTarget | null;
}

/** A load of requests alone: as the load of the plan, and as its requests. Null if anything is impossible. */
export function planHttpLoad(
  section: HttpLoadSection,
  around: HttpSurroundings,
  reporter: Reporter,
): { readonly load: LoadPlan; readonly http: HttpPlan } | null {
  const { duration, warmUp } = section;
  const http = planned({ key: 'load', section, atMs: 0, forMs: duration }, around, reporter);
  if (http === null) return null;
  const { connections, pipelining, ratePerSecond, workers } = http;
  const load: LoadPlan = {
    model: { kind: 'closed', connections, pipelining, ratePerSecond },
    durationMs: duration,
    warmUpMs: warmUp,
    // There are no messages, and nobody signs in.
    payloadBytes: 0,
    contacts: { kind: 'uniform', perUser: 1 },
    churnPerSecond: 0,
    awayMs: 0,
    offlineShare: 0,
    readShare: 0,
    receiptShare: 0,
    connectPerSecond: 0,
    devices: 1,
    watch: 0,
    keepaliveMs: 0,
    driver: section.driver,
    workers,
  };
  return { load, http };
}

/** Requests beside a load of messages that lasts `durationMs`. */
export function planHttpBeside(
  section: HttpSection,
  durationMs: number,
  around: HttpSurroundings,
  reporter: Reporter,
): HttpPlan | null {
  const { at, for: lasts = durationMs - at } = section;
  if (at >= durationMs) {
    reporter.report('impossible-load', ['http', 'at'], 'begins after the load has ended', `a time below ${durationMs}ms`);
    return null;
  }
  if (at + lasts > durationMs) {
    reporter.report('impossible-load', ['http', 'for'], 'ends after the load has ended', `at + for within ${durationMs}ms`);
    return null;
  }
  return planned({ key: 'http', section, atMs: at, forMs: lasts }, around, reporter);
}

/** A section of the scenario that describes requests, under its key, and when they are made. */
interface Requests extends Pick<HttpPlan, 'atMs' | 'forMs'> {
  readonly key: 'load' | 'http';
  readonly section: HttpSection | HttpLoadSection;
}

function planned(
  { key, section, atMs, forMs }: Requests,
  { catalogue, target }: HttpSurroundings,
  reporter: Reporter,
): HttpPlan | null {
  const { url, connections, pipelining, rate, workers, timeout } = section;
  let possible = true;
  const impossible = (path: readonly (string | number)[], message: string, remedy: string): void => {
    possible = false;
    reporter.report('impossible-load', [key, ...path], message, remedy);
  };
  for (const [index, { path, body }] of section.requests.entries()) {
    for (const [field, text] of [
      ['path', path],
      ['body', typeof body === 'string' ? body : ''],
    ] as const) {
      const unknown = [...text.matchAll(PLACEHOLDER)].find(([, name = '']) => !PLACEHOLDERS.includes(name));
      if (field === 'path' && unknown !== undefined)
        impossible(['requests', index, field], `has ${unknown[0]}, which stands for nothing`, '{user} or {contact}');
    }
  }
  if (workers > connections) impossible(['workers'], 'workers are more than the connections', `at most ${connections}`);
  // Autocannon gives each connection a whole number of requests a second, and leaves out connections that would get none.
  if (rate !== undefined && (!Number.isInteger(rate) || rate < connections))
    impossible(
      ['rate'],
      `is not a whole number of requests for each of ${connections} connections`,
      `at least ${connections}/s, or fewer connections`,
    );
  const facts = target === null ? undefined : targetFacts(catalogue, target.use);
  if (url === undefined && facts !== undefined && !facts.capabilities.has('http')) {
    const able = knownTargets(catalogue).filter(({ capabilities }) => capabilities.has('http'));
    possible = false;
    reporter.report(
      'unsupported',
      [key],
      `needs HTTP, which the target ${facts.name} does not serve`,
      `url: http://127.0.0.1:8080, or a target that does: ${able.map(({ name }) => name).join(', ')}`,
    );
  }
  if (!possible) return null;
  return {
    url: url?.replace(/\/$/, '') ?? null,
    requests: section.requests.map((request) => requestOf(request, url === undefined)),
    connections,
    pipelining,
    ratePerSecond: rate ?? null,
    workers,
    timeoutMs: timeout,
    atMs,
    forMs,
  };
}

function requestOf({ body, signed, ...request }: HttpSection['requests'][number], own: boolean): HttpRequestPlan {
  return {
    ...request,
    body: body === undefined || typeof body === 'string' ? (body ?? null) : JSON.stringify(body),
    // A bearer token is valid only for the target that issued it.
    signed: signed ?? own,
  };
}
