/** What the HTTP surface serves: one row a route. openapi.json describes the same to clients; a test holds the two together. */
import { account, conversation, devices, issue, presence, refresh, removeDevice } from './handlers.ts';
import document from './openapi.json' with { type: 'json' };
import type { Problem } from './problem.ts';
import type { Call, Done } from './respond.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `{user}` or `{device}` stands for one segment that is a name of the protocol. */
  readonly path: string;
  /** Whether a valid bearer is needed. */
  readonly access: 'public' | 'bearer';
  /** Whether a JSON object is read from the body. */
  readonly body: boolean;
  readonly handle: (call: Call) => Done | Problem | null;
}

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/openapi.json', access: 'public', body: false, handle: () => ({ status: 200, body: document }) },
  { method: 'POST', path: '/v1/tokens', access: 'bearer', body: true, handle: issue },
  { method: 'POST', path: '/v1/tokens/refresh', access: 'bearer', body: false, handle: refresh },
  { method: 'GET', path: '/v1/account', access: 'bearer', body: false, handle: account },
  { method: 'GET', path: '/v1/devices', access: 'bearer', body: false, handle: devices },
  { method: 'DELETE', path: '/v1/devices/{device}', access: 'bearer', body: false, handle: removeDevice },
  { method: 'GET', path: '/v1/presence/{user}', access: 'bearer', body: false, handle: presence },
  { method: 'GET', path: '/v1/conversations/{user}/messages', access: 'bearer', body: false, handle: conversation },
];

export interface Found {
  readonly route: Route;
  /** What stands in the path for `{user}` or `{device}`; null where it has neither. */
  readonly name: { readonly of: 'user' | 'device'; readonly text: string } | null;
}

const NAMES: Readonly<Record<string, 'user' | 'device'>> = { '{user}': 'user', '{device}': 'device' };
const SPLIT = ROUTES.map((route) => ({ route, segments: route.path.split('/') }));

/** `given`: what stands between the slashes of the path, decoded. The route, or the methods that the path has instead: none when there is no such path. */
export function findRoute(method: string, given: readonly string[]): Found | readonly string[] {
  const methods: string[] = [];
  for (const { route, segments } of SPLIT) {
    if (segments.length !== given.length) continue;
    if (!segments.every((segment, index) => segment === given[index] || segment in NAMES)) continue;
    if (route.method !== method) {
      methods.push(route.method);
      continue;
    }
    const at = segments.findIndex((segment) => segment in NAMES);
    const of = NAMES[segments[at] as string];
    return { route, name: of === undefined ? null : { of, text: given[at] as string } };
  }
  return methods;
}
