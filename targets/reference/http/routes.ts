/** What the HTTP surface serves: one row a route. openapi.json describes the same to clients; a test holds the two together. */
import { account, conversation, issue, presence, refresh } from './handlers.ts';
import document from './openapi.json' with { type: 'json' };
import type { Problem } from './problem.ts';
import type { Call, Done } from './respond.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `{user}` stands for one segment that is a name of the protocol. */
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
  { method: 'GET', path: '/v1/presence/{user}', access: 'bearer', body: false, handle: presence },
  { method: 'GET', path: '/v1/conversations/{user}/messages', access: 'bearer', body: false, handle: conversation },
];

/** `user` is null where the path has none. */
export interface Found {
  readonly route: Route;
  readonly user: string | null;
}

const SPLIT = ROUTES.map((route) => ({ route, segments: route.path.split('/') }));

/** The route, or the methods that the path has instead: none when there is no such path. */
export function findRoute(method: string, path: string): Found | readonly string[] {
  const given = path.split('/');
  const methods: string[] = [];
  for (const { route, segments } of SPLIT) {
    if (segments.length !== given.length) continue;
    if (!segments.every((segment, index) => segment === given[index] || segment === '{user}')) continue;
    if (route.method !== method) {
      methods.push(route.method);
      continue;
    }
    const at = segments.indexOf('{user}');
    return { route, user: at < 0 ? null : (given[at] as string) };
  }
  return methods;
}
