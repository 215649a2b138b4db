/** Keys of the mailboxes: the user's name, a zero byte, the seq as u64. Sorted, a mailbox is one range in order of seq. */
const TWO_32 = 0x1_0000_0000;
const SEQ_BYTES = 8;

export function entryKey(user: string, seq: number): Buffer {
  const key = Buffer.allocUnsafe(user.length + 1 + SEQ_BYTES);
  let at = key.write(user, 0, user.length, 'latin1');
  key[at++] = 0;
  const high = Math.floor(seq / TWO_32);
  key.writeUInt32BE(high, at);
  key.writeUInt32BE(seq - high * TWO_32, at + 4);
  return key;
}

export function seqOfKey(key: Uint8Array): number {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  const at = bytes.length - SEQ_BYTES;
  return bytes.readUInt32BE(at) * TWO_32 + bytes.readUInt32BE(at + 4);
}
