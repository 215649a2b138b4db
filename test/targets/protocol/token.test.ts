import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkToken, issueToken, proofOf } from '../../../targets/protocol/token.ts';
import { anyText } from '../../any-text.ts';

const NOW_MS = 1_700_000_000_000;
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
const name = fc.stringMatching(/^[A-Za-z0-9._@:-]{1,64}$/);
const claims = fc.record({
  user: name,
  device: name,
  expiresAt: fc.integer({ min: NOW_MS / 1000 + 1, max: 4_000_000_000 }),
  tokenId: fc.string({ maxLength: 40 }),
});

test('a user who was issued a token is let in with exactly its claims', () => {
  fc.assert(
    fc.property(bytes(32), bytes(16), claims, (key, challenge, given) => {
      const { token, secret } = issueToken(key, given);
      expect(checkToken(key, { token, proof: proofOf(secret, challenge), challenge }, NOW_MS)).toEqual({
        ok: true,
        claims: given,
      });
    }),
  );
});

test('a token changed in any one character is refused', () => {
  fc.assert(
    fc.property(
      bytes(32),
      bytes(16),
      claims,
      fc.nat(),
      fc.constantFrom('A', 'z', '.', '_', '='),
      (key, challenge, given, at, other) => {
        const { token, secret } = issueToken(key, given);
        const where = at % (token.length - 1);
        fc.pre(token[where] !== other);
        const changed = token.slice(0, where) + other + token.slice(where + 1);
        expect(checkToken(key, { token: changed, proof: proofOf(secret, challenge), challenge }, NOW_MS)).toMatchObject({
          ok: false,
          code: 3,
        });
      },
    ),
  );
});

test('a proof for another challenge, or made with the secret of another token, is refused', () => {
  fc.assert(
    fc.property(bytes(32), bytes(16), bytes(16), claims, claims, (key, challenge, earlier, mine, theirs) => {
      fc.pre(!challenge.equals(earlier) && JSON.stringify(mine) !== JSON.stringify(theirs));
      const { token, secret } = issueToken(key, mine);
      const other = issueToken(key, theirs);
      expect(checkToken(key, { token, proof: proofOf(secret, earlier), challenge }, NOW_MS)).toMatchObject({
        ok: false,
        code: 3,
      });
      expect(checkToken(key, { token: other.token, proof: proofOf(secret, challenge), challenge }, NOW_MS)).toMatchObject({
        ok: false,
        code: 3,
      });
    }),
  );
});

test('no text at all makes the check throw', () => {
  fc.assert(
    fc.property(bytes(32), anyText({ maxLength: 1500 }), bytes(32), bytes(16), (key, token, proof, challenge) => {
      expect(checkToken(key, { token, proof, challenge }, NOW_MS).ok).toBe(false);
    }),
  );
});
