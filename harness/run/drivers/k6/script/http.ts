/**
 * HTTP requests in k6. Each virtual user is one connection that sends its next request after it has an answer: a closed loop. With a rate,
 * k6 starts the requests at that rate and drops those for which no virtual user is free.
 */
import exec from 'k6/execution';
import http from 'k6/http';
import type { Options, Scenario } from 'k6/options';
import { bearerOf, type Credential, credentialsOf } from './credentials.ts';
import { plan } from './http-plan.ts';
import { summaryFiles } from './summary.ts';

const MAX_CONTACTS = 8;
const urls = __ENV.LETITCRASH_URLS ? __ENV.LETITCRASH_URLS.split(',') : plan.urls;
const signed = plan.requests.some((request) => request.signed);
const credentials: readonly Credential[] = signed ? credentialsOf(plan.users) : [];
const inTurn = plan.requests.flatMap((request) => Array.from({ length: request.weight }, () => request));

const lasting = { exec: 'ask', duration: `${plan.durationMs}ms` };
const scenario: Scenario =
  plan.ratePerSecond === null
    ? { executor: 'constant-vus', vus: plan.connections, ...lasting }
    : {
        executor: 'constant-arrival-rate',
        rate: plan.ratePerSecond,
        timeUnit: '1s',
        preAllocatedVUs: plan.connections,
        ...lasting,
      };

export const options: Options = {
  scenarios: { requests: scenario },
  thresholds: plan.thresholds,
  discardResponseBodies: true,
  summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'count'],
};

// As letitcrash counts: a redirect is not a good answer.
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 299 }));

export function handleSummary(data: unknown): Record<string, string> {
  return summaryFiles(data, { scenario: plan.scenario, target: urls.join(', '), kind: 'http' });
}

/** One request. */
export async function ask(): Promise<void> {
  const [vu, iteration] = [exec.vu.idInTest - 1, exec.vu.iterationInScenario];
  const request = inTurn[iteration % inTurn.length];
  const origin = urls[vu % urls.length];
  if (request === undefined || origin === undefined) throw new Error('a plan without a request or a URL');
  const user = vu % plan.users;
  const contacts = Math.min(MAX_CONTACTS, plan.users - 1);
  const contact = contacts < 1 ? user : (user + 1 + (Math.floor(iteration / inTurn.length) % contacts)) % plan.users;
  const fill = (text: string): string => text.replaceAll('{user}', nameOf(user)).replaceAll('{contact}', nameOf(contact));
  const credential = credentials[user];
  await http.asyncRequest(request.method, origin + fill(request.path), request.body === null ? null : fill(request.body), {
    headers: {
      ...(request.body === null ? {} : { 'content-type': 'application/json' }),
      ...(request.signed && credential !== undefined ? { authorization: `Bearer ${bearerOf(credential)}` } : {}),
      ...request.headers,
    },
    // One series for each request of the plan, however many users its path names.
    tags: { name: `${request.method} ${request.path}` },
    timeout: plan.timeoutMs,
  });
}

function nameOf(index: number): string {
  return credentials[index]?.user ?? `u${index}`;
}
