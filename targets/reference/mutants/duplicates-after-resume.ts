/** A mailbox that is read back numbers everything in it anew, also what every device had: it is delivered again, as something new. */
import { HEADER_BYTES } from '../../protocol/frames.ts';
import { decodeEntry } from '../messaging/entry.ts';
import type { LoadedMessage } from '../messaging/store-messages.ts';
import type { Mutation } from './mutation.ts';

const TWO_32 = 0x1_0000_0000;

export const duplicatesAfterResume: Mutation = {
  summary: 'a device that comes back is sent again what it had acknowledged',
  seams: {
    answer: (answer) => (to, message) => {
      if ((message as { readonly type: string }).type !== 'loaded') {
        answer(to, message);
        return;
      }
      const { entries, ...rest } = message as LoadedMessage;
      const above = entries.at(-1)?.seq ?? 0;
      answer(to, { ...rest, entries: entries.map(({ seq, value }, index) => renumbered(seq, value, above + 1 + index)) });
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
