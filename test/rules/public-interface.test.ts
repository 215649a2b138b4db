import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEPT, publicInterface } from './public-interface.ts';

describe('the public interface', () => {
  it('is the recorded one: exported names, commands, exit codes and schemas', async () => {
    const found = await publicInterface();
    expect(Object.keys(found.exports)).toContain('.');
    expect(Object.keys(found.commands).length).toBeGreaterThan(15);
    expect(Object.keys(found.schemas)).toContain('result');
    expect(found).toEqual(JSON.parse(readFileSync(KEPT, 'utf8')));
  });
});
