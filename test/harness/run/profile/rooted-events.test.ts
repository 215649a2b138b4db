import { expect, it } from 'vitest';
import { rootedEvents } from '../../../../harness/run/profile/rooted-events.ts';

const began = (id: string, executionAsyncId: number, triggerAsyncId: number) => ({
  name: 'PROMISE',
  ph: 'b',
  id,
  args: { data: { executionAsyncId, triggerAsyncId } },
});

it('descendants of something older than the recording become children of the root, and the rest is left alone', () => {
  const callback = { name: 'PROMISE_CALLBACK', ph: 'b', id: '0xa', args: {} };
  const events = [began('0xa', 0, 7), callback, began('0xb', 10, 10)];
  expect(JSON.parse(rootedEvents(JSON.stringify({ traceEvents: events })))).toEqual({
    traceEvents: [began('0xa', 1, 1), callback, began('0xb', 10, 10)],
  });
});
