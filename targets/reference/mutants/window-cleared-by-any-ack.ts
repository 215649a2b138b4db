/** One acknowledgement counts for everything on its way to the device, even for messages sent after the acknowledged one. */
import { Mailbox } from '../messaging/mailbox.ts';
import type { Mutation } from './mutation.ts';

class ClearedWindow extends Mailbox {
  override acknowledge(...[device, seq, effects]: Parameters<Mailbox['acknowledge']>): ReturnType<Mailbox['acknowledge']> {
    const answer = super.acknowledge(device, seq, effects);
    const last = device.unacknowledged().at(-1);
    if (answer === 'ok' && last !== undefined) super.acknowledge(device, last.seq, effects);
    return answer;
  }
}

export const windowClearedByAnyAck: Mutation = {
  summary: 'any acknowledgement of a device clears its whole window',
  seams: { newMailbox: (...given) => new ClearedWindow(...given) },
};
