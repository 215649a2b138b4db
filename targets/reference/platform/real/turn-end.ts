/**
 * What a turn collected (frames for clients, signals for other nodes, writes to the store) leaves when the turn ends, and not in an
 * immediate of its own: that would cost every collector a call from the event loop, and the store, which begins to write in another
 * immediate, a whole round of it. In: functions to call once. Outside of a turn an immediate calls them, when pending I/O had its chance.
 */
let inTurn = false;
let due: (() => void)[] = [];

/** Calls `act` when the current turn has ended, by itself or by an interruption; without a current turn, in an immediate. */
export function atTurnEnd(act: () => void): void {
  if (inTurn) due.push(act);
  else setImmediate(act);
}

/** For whoever runs turns. One begins. */
export function turnBegins(): void {
  inTurn = true;
}

/** It ended: what is due is done now. What one of them throws goes through, and the others are called all the same. */
export function turnEnded(): void {
  inTurn = false;
  if (due.length > 0) callDue();
}

/** It was cut off. Whoever finds that out is in the middle of something else. */
export function turnCut(): void {
  inTurn = false;
  if (due.length > 0) setImmediate(callDue);
}

function callDue(): void {
  const acts = due;
  due = [];
  let called = 0;
  try {
    for (const act of acts) {
      called++;
      act();
    }
  } finally {
    for (const act of acts.slice(called)) setImmediate(act);
  }
}
