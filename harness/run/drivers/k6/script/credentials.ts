/**
 * The virtual users: only from the environment, never from the script or the command line.
 *
 * LETITCRASH_CREDENTIALS_0, _1, ...: JSON lists of [user, token, secret], in order. Or LETITCRASH_TOKEN_KEY: the server's own signing key,
 * base64url, from which tokens are made here.
 */
import { hmac, sha256 } from 'k6/crypto';
import { SharedArray } from 'k6/data';
import { b64decode, b64encode } from 'k6/encoding';

export interface Credential {
  readonly user: string;
  readonly token: string;
  /** Base64url. */
  readonly secret: string;
}

const DEVICE = 'd0';
const LIFE_SECONDS = 86_400;
const CHALLENGE_BYTES = 16;

/** One for each user, from `u0` on. All virtual users of a process share the list. */
export function credentialsOf(users: number): readonly Credential[] {
  return new SharedArray<Credential>('credentials', () => {
    const issued = issuedCredentials();
    if (issued.length > 0) return issued;
    const key = __ENV.LETITCRASH_TOKEN_KEY;
    if (key === undefined || key === '')
      throw new Error('no credentials: set LETITCRASH_TOKEN_KEY to the signing key of the server, base64url');
    return Array.from({ length: users }, (_, index) => mintedCredential(b64decode(key, 'rawurl'), `u${index}`, index));
  });
}

function issuedCredentials(): Credential[] {
  const all: Credential[] = [];
  for (let part = 0; ; part++) {
    const text = __ENV[`LETITCRASH_CREDENTIALS_${part}`];
    if (text === undefined || text === '') return all;
    for (const [user, token, secret] of JSON.parse(text) as [string, string, string][]) all.push({ user, token, secret });
  }
}

function mintedCredential(key: ArrayBuffer, user: string, index: number): Credential {
  const exp = Math.floor(Date.now() / 1000) + LIFE_SECONDS;
  const claims = b64encode(JSON.stringify({ sub: user, dev: DEVICE, exp, jti: `k6-${exp}-${index}` }), 'rawurl');
  const token = `${claims}.${hmac('sha256', key, claims, 'base64rawurl')}`;
  return { user, token, secret: hmac('sha256', key, `proof|${token}`, 'base64rawurl') };
}

/** The answer to a server's challenge. */
export function proofOf({ secret }: Credential, challenge: ArrayBuffer): ArrayBuffer {
  return hmac('sha256', b64decode(secret, 'rawurl'), challenge, 'binary');
}

/** What a request carries after `Authorization: Bearer`. */
export function bearerOf({ token, secret }: Credential): string {
  const challenge = sha256('letitcrash http bearer', 'binary').slice(0, CHALLENGE_BYTES);
  return `${token}.${hmac('sha256', b64decode(secret, 'rawurl'), challenge, 'base64rawurl')}`;
}
