/** What is known about an offender beyond its name: whose receipt it was, whose content arrived, when, and with which number. Pure. */
import { deviceText, messageText, timeText, userText } from './evidence.ts';
import type { MessageIndex } from './message-index.ts';
import type { Observations } from './observations.ts';
import { deliveryNodeText, sessionText, whereaboutsText } from './served-by.ts';

/** The kind of a receipt that reports the message as read. */
export const READ = 2;

/** `written twice, first at 3.001 s in session 2 of u3, served by node n1, epoch 7`; without the node if it is not known. */
export function writtenText(observations: Observations, row: number): string {
  const { sender, session, sentUs, writes } = observations.attempts;
  const times = writes[row] as number;
  const often = times <= 1 ? 'written' : times === 2 ? 'written twice, first' : `written ${times} times, first`;
  const served = sessionText(observations, row);
  return `${often} at ${timeText(sentUs[row] as number)} in session ${session[row]} of ${userText(sender[row] as number)}${served === '' ? '' : `, served${served}`}`;
}

/** How it was written, and where the device that should have shown it was when the message was acknowledged. */
export function owedText(observations: Observations, row: number, device: number): string {
  const { recipient, settledUs } = observations.attempts;
  const user = recipient[row] as number;
  const who = `${userText(user)}${deviceText(device, observations.devices)}`;
  return `${writtenText(observations, row)}${whereaboutsText(observations, who, { user, device, atUs: settledUs[row] as number })}`;
}

/** What an early receipt said, and when the fact took place, if it did. */
export function receiptText({ attempts, receipts }: Observations, receipt: number, row: number, factUs: number): string {
  const what = receipts.kind[receipt] === READ ? 'read' : 'delivered';
  const by = userText(receipts.by[receipt] as number);
  const message = row < 0 ? `message ${receipts.id[receipt]}, which was never sent,` : messageText(attempts, row);
  const fact = Number.isNaN(factUs) ? 'which never happened' : `which happened at ${timeText(factUs)}`;
  const told = `${userText(receipts.sender[receipt] as number)} was told at ${timeText(receipts.atUs[receipt] as number)}`;
  return `${told} that ${message} was ${what} by ${by}, ${fact}`;
}

/** Whether an early receipt belonged to another message: one to another recipient, or one of another sender with the same id. */
export function whoseReceiptText(observations: Observations, receipt: number, row: number, index: MessageIndex): string {
  const { users, attempts, receipts } = observations;
  const by = receipts.by[receipt] as number;
  const id = receipts.id[receipt] as number;
  if (row >= 0 && attempts.recipient[row] === by)
    return `${writtenText(observations, row)}; it is for the right message, but too early`;
  for (let sender = 0; sender < users; sender++) {
    const other = sender === receipts.sender[receipt] ? -1 : index.find(sender, id);
    if (other >= 0 && attempts.recipient[other] === by)
      return `it may be another sender's: ${messageText(attempts, other)} was ${writtenText(observations, other)}`;
  }
  if (row < 0) return 'no user sent a message with this id to the user it names';
  return `it belongs to somebody else: the message was sent to ${userText(attempts.recipient[row] as number)}; ${writtenText(observations, row)}`;
}

/** `with seq 12 at 3.214 s from node n2, epoch 9`; without the node if it is not known. */
export function deliveryText(observations: Observations, delivery: number): string {
  const { seq, atUs } = observations.deliveries;
  return `with seq ${seq[delivery]} at ${timeText(atUs[delivery] as number)}${deliveryNodeText(observations, delivery)}`;
}

/** Whose content arrived instead of what was sent. */
export function contentText({ deliveries, contents }: Observations, delivery: number): string {
  const found = contents?.find(
    ({ receiver, seq, sender, id }) =>
      receiver === deliveries.receiver[delivery] &&
      seq === deliveries.seq[delivery] &&
      sender === deliveries.sender[delivery] &&
      id === deliveries.id[delivery],
  );
  if (found === undefined) return 'nothing is known about the content';
  const { bytes, claimed } = found;
  if (claimed === null) return `the content, ${bytes} bytes, does not match any message of a load`;
  if (claimed.sender === deliveries.sender[delivery] && claimed.id === deliveries.id[delivery])
    return `the content is its own but damaged: the checksum does not match the ${bytes} bytes`;
  const whose = `message ${claimed.id} of ${userText(claimed.sender)}`;
  return claimed.whole
    ? `the content is the intact content of ${whose}`
    : `the content claims to be ${whose}, but its checksum does not match`;
}

/** A message that arrived but was never shown, because its number was not above the cursor. */
export function hiddenText(
  { attempts, deliveries, devices }: Observations,
  row: number,
  delivery: number,
  cursor: number,
): string {
  const promised = `${messageText(attempts, row)} was acknowledged at ${timeText(attempts.settledUs[row] as number)}`;
  const arrived = `arrived${deviceText(deliveries.device[delivery] as number, devices)} at ${timeText(deliveries.atUs[delivery] as number)}`;
  return `${promised} and ${arrived} with seq ${deliveries.seq[delivery]}, not above the cursor ${cursor}, so it was never shown`;
}
