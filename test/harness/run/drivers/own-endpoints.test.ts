import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ForeignEndpointError, refuseForeign } from '../../../../harness/run/drivers/own-endpoints.ts';

const at = (host: string) => ({ host, port: 4000 });
const byte = fc.nat(255);

describe('endpoints', () => {
  test('on loopback are accepted, all of 127.0.0.0/8', () => {
    fc.assert(
      fc.property(byte, byte, byte, (b, c, d) => {
        refuseForeign([at(`127.${b}.${c}.${d}`)], false);
      }),
    );
    refuseForeign([at('::1'), at('0:0:0:0:0:0:0:1'), at('::ffff:127.0.3.1')], false);
  });

  test('anywhere else are refused, unless the scenario owns them', () => {
    fc.assert(
      fc.property(
        byte.filter((a) => a !== 127),
        byte,
        byte,
        byte,
        (a, b, c, d) => {
          const elsewhere = at(`${a}.${b}.${c}.${d}`);
          expect(() => refuseForeign([elsewhere], false)).toThrow(ForeignEndpointError);
          refuseForeign([elsewhere], true);
        },
      ),
    );
  });

  test.each([
    'localhost',
    '127.0.0.1.example.org',
    'example.org',
    '',
    '::',
    '::2',
    '::ffff:10.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
  ])('that are not plainly loopback, like %j, are refused', (host) =>
    expect(() => refuseForeign([at(host)], false)).toThrow(/target: { owned: true }/),
  );

  test('are refused together if one of them is foreign, and that one is named', () => {
    expect(() => refuseForeign([at('127.0.1.1'), at('192.0.2.7')], false)).toThrow('192.0.2.7:4000');
  });
});
