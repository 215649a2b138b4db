/** Tells the sender that its message was delivered when it is only stored. */
import { ReceiptKind } from '../../protocol/frames.ts';
import { decodeEntry, userOf } from '../messaging/entry.ts';
import { REGISTRY } from '../messaging/names.ts';
import type { Pid } from '../runtime/index.ts';
import { type Mutation, mailboxesLike } from './mutation.ts';

/** What is being stored, by whose answer tells that it is. */
const waiting = new WeakMap<Pid, { readonly user: string; readonly seq: number; readonly value: Buffer }[]>();

export const receiptsBeforeDelivery: Mutation = {
  summary: 'the delivered receipt goes out when the message is stored, not when a device has it',
  seams: {
    mailboxes: (store) => ({
      ...mailboxesLike(store),
      append(mandate, seq, value, to) {
        waiting.set(to, [...(waiting.get(to) ?? []), { user: mandate.user, seq, value }]);
        return store.append(mandate, seq, value, to);
      },
    }),
    answer: (answer, tell) => (to, message) => {
      const { type, seq } = message as { readonly type: string; readonly seq?: number };
      if (type === 'stored' && seq !== undefined) {
        const entries = waiting.get(to) ?? [];
        waiting.set(
          to,
          entries.filter((entry) => entry.seq > seq),
        );
        for (const entry of entries) {
          if (entry.seq > seq) continue;
          const { sender, id, receipts } = decodeEntry(entry.seq, entry.value);
          if (!receipts) continue;
          const receipt = { type: 'receipt', kind: ReceiptKind.delivered, sender, id, by: entry.user };
          tell(REGISTRY, { type: 'route', user: userOf(sender), message: receipt });
        }
      }
      answer(to, message);
    },
  },
};
