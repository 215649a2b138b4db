/** Credentials for a server whose signing key the deployment holds: valid for a day, which no run outlasts. */
import { randomUUID } from 'node:crypto';
import { issueToken } from './protocol/token.ts';
import type { Credential } from './target.ts';

const LIFE_SECONDS = 86_400;

export function issueCredential(tokenKey: Buffer, user: string, device: string): Credential {
  const expiresAt = Math.floor(Date.now() / 1000) + LIFE_SECONDS;
  return { user, device, ...issueToken(tokenKey, { user, device, expiresAt, tokenId: randomUUID() }) };
}
