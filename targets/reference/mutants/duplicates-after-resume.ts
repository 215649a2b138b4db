/** A mailbox that is read back renumbers its first entries, even those that every device had: they are delivered again, as new ones. */
import { HEADER_BYTES } from '../../protocol/frames.ts';
import { decodeEntry } from '../messaging/entry.ts';
import type { LoadedMessage, PageMessage } from '../messaging/store-messages.ts';
import type { Pid } from '../runtime/index.ts';
import { type Mutation, mailboxesLike } from './mutation.ts';

const TWO_32 = 0x1_0000_0000;
/** Seqs that are kept free for what is numbered anew: more than a page has. */
const FREE_SEQS = 4_096;

/** The newest seq that a process was told of, until it has had its first page. */
const newest = new WeakMap<Pid, number>();
/** Processes whose first page is on its way, and behind what they asked for it. */
const asked = new WeakMap<Pid, number>();

export const duplicatesAfterResume: Mutation = {
  summary: 'a device that comes back is sent messages again that it had acknowledged',
  seams: {
    mailboxes: (store) => ({
      ...mailboxesLike(store),
      page(user, after, bounds, to) {
        const isFirst = newest.has(to);
        if (isFirst) asked.set(to, after);
        store.page(user, isFirst ? 0 : after, bounds, to);
      },
    }),
    answer: (answer) => (to, message) => {
      const { type } = message as { readonly type: string };
      if (type === 'loaded' && (message as LoadedMessage).lastSeq > 0) {
        const lastSeq = (message as LoadedMessage).lastSeq + FREE_SEQS;
        newest.set(to, lastSeq);
        answer(to, { ...(message as LoadedMessage), lastSeq });
        return;
      }
      const after = asked.get(to);
      const lastSeq = newest.get(to);
      if (type !== 'page' || after === undefined || lastSeq === undefined) {
        answer(to, message);
        return;
      }
      asked.delete(to);
      newest.delete(to);
      const { entries } = message as PageMessage;
      const above = lastSeq - entries.length + 1;
      answer(to, {
        ...(message as PageMessage),
        after,
        entries: entries.map(({ seq, value }, index) => renumbered(seq, value, above + index)),
      });
    },
  },
};

function renumbered(before: number, value: Buffer, seq: number): { seq: number; value: Buffer } {
  const copy = Buffer.from(value);
  const at = decodeEntry(before, value).frameAt + HEADER_BYTES;
  const high = Math.floor(seq / TWO_32);
  copy.writeUInt32BE(high, at);
  copy.writeUInt32BE(seq - high * TWO_32, at + 4);
  return { seq, value: copy };
}
