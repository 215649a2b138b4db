/** A node, as an OS process, one of whose processes does work that nobody may interrupt and that has no end. */
import { createRealPlatform } from '../../../../targets/reference/platform/real/real-platform.ts';
import { type Behaviour, createRuntime } from '../../../../targets/reference/runtime/index.ts';

const endless: Behaviour<null, never, null> = {
  name: 'endless',
  init(_, context) {
    context.whole(() => {
      for (;;);
    });
    return null;
  },
  handle: () => null,
};

const runtime = createRuntime({ platform: createRealPlatform({ runawayMs: 50, endlessMs: 400 }), name: 'n', creation: 1 });
runtime.spawn(endless, null);
