import { describe, expect, test } from 'vitest';
import { lossyText } from '../../../../harness/run/drivers/websocket/lossy-text.ts';
import { PayloadWriter } from '../../../../harness/run/load/payload.ts';

const payloads = Array.from({ length: 50 }, (_, nth) =>
  Buffer.from(new PayloadWriter(100, 7).write(nth, nth + 1, 1e6 + nth * 977)),
);
const json = (text: string): string => JSON.stringify({ id: 1, to: 'u2', text });

describe('a frame that cannot be turned back into its payload', () => {
  test.each<[how: string, frame: (payload: Buffer) => string | Buffer, words: RegExp]>([
    ['has it as UTF-8 text', (payload) => json(payload.toString()), /U\+FFFD/],
    ['has it as UTF-8 text, written as bytes', (payload) => Buffer.from(json(payload.toString())), /U\+FFFD/],
    ['is its UTF-8 text', (payload) => payload.toString(), /U\+FFFD/],
    ['has it as ASCII', (payload) => json(payload.toString('ascii')), /'ascii'/],
    ['has it as ASCII, written as bytes', (payload) => Buffer.from(json(payload.toString('ascii'))), /'ascii'/],
    ['is its ASCII', (payload) => payload.toString('ascii'), /'ascii'/],
    ['has half a surrogate pair', (payload) => `${payload.toString('base64')}\ud800`, /surrogate/],
  ])('%s', (_how, frame, words) => {
    for (const payload of payloads) expect(lossyText(frame(payload), payload)).toMatch(words);
  });
});

describe('a frame that can be', () => {
  test.each<[how: string, frame: (payload: Buffer) => string | Buffer]>([
    ['has it in base64', (payload) => json(payload.toString('base64'))],
    ['has it in hexadecimal', (payload) => json(payload.toString('hex'))],
    ['has it as latin1', (payload) => json(payload.toString('latin1'))],
    ['has a list of numbers', (payload) => JSON.stringify([...payload])],
    ['is the bytes', (payload) => payload],
    ['has the bytes behind a head', (payload) => Buffer.concat([Buffer.from('to u2\n\n'), payload])],
  ])('%s', (_how, frame) => {
    for (const payload of payloads) expect(lossyText(frame(payload), payload)).toBeNull();
  });

  test('has text that was text', () => {
    const text = Buffer.from('plain words, and no more than that, even so');
    expect(lossyText(json(text.toString()), text)).toBeNull();
    expect(lossyText(json(text.toString('ascii')), text)).toBeNull();
    const cut = Buffer.from(`a${'é'.repeat(80)}`);
    expect(lossyText(json(cut.toString()), cut)).toBeNull();
    const replaced = Buffer.from('what was typed was an umlaut: \ufffd'.repeat(2));
    expect(lossyText(Buffer.from(replaced.toString()), replaced)).toBeNull();
  });
});
