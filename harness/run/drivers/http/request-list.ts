/** The requests that one connection sends, in turn and again from the start. Pure. */
import type { HttpRequestPlan } from '../../../plan/scenario/plan.ts';
import type { HttpIdentity } from './http-job.ts';

export interface HttpRequest {
  readonly method: HttpRequestPlan['method'];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Each request as often as its weight says, once for each contact; `{user}` and `{contact}` are filled in. */
export function requestList(requests: readonly HttpRequestPlan[], { user, bearer, contacts }: HttpIdentity): HttpRequest[] {
  const fill = (text: string, contact: string): string => text.replaceAll('{user}', user).replaceAll('{contact}', contact);
  return (contacts.length === 0 ? [user] : contacts).flatMap((contact) =>
    requests.flatMap(({ method, path, weight, headers, body, signed }) => {
      const request = {
        method,
        path: fill(path, contact),
        headers: {
          ...(body === null ? {} : { 'content-type': 'application/json' }),
          ...(signed && bearer !== null ? { authorization: `Bearer ${bearer}` } : {}),
          ...headers,
        },
        ...(body === null ? {} : { body: fill(body, contact) }),
      };
      // Separate objects, because autocannon writes into them.
      return Array.from({ length: weight }, () => ({ ...request, headers: { ...request.headers } }));
    }),
  );
}
