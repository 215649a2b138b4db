/** Where the requests of an HTTP load go, and as which users: to a deployment, or to a URL that the scenario gives. */
import { bearerOf } from '../../../../targets/protocol/token.ts';
import type { Deployment } from '../../../../targets/target.ts';
import { RunError } from '../../../contracts/run-error.ts';
import type { Plan } from '../../../plan/scenario/plan.ts';
import type { HttpIdentity } from '../../drivers/http/http-job.ts';
import { DEVICE, UserNames } from '../../load/user-names.ts';

/** Contacts of one connection's user. */
const CONTACTS = 8;

/** @throws RunError if no node serves HTTP. */
export function originsOf(url: string | null, deployment: Deployment | null): readonly string[] {
  if (url !== null) return [url];
  const origins = (deployment?.nodes ?? []).flatMap(({ httpEndpoint }) =>
    httpEndpoint === null || httpEndpoint === undefined ? [] : [`http://${httpEndpoint.host}:${httpEndpoint.port}`],
  );
  if (origins.length === 0)
    throw new RunError('target-unavailable', 'no node of the target serves HTTP\n  give the http section a url');
  return origins;
}

/** One for each connection: the users of the run in turn, each with the next users as contacts. */
export function identitiesOf({ http, users }: Plan, deployment: Deployment | null, firstName = 0): readonly HttpIdentity[] {
  const names = new UserNames(users, firstName);
  const signed = deployment !== null && http?.requests.some((request) => request.signed) === true;
  return Array.from({ length: http?.connections ?? 0 }, (_, index) => {
    const user = names.name(index % users);
    return {
      user,
      bearer: signed ? bearerOf(deployment.credential(user, DEVICE)) : null,
      contacts: Array.from({ length: Math.min(CONTACTS, users - 1) }, (_, next) => names.name((index + 1 + next) % users)),
    };
  });
}
