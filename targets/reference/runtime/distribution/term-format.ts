/**
 * The binary form of a term: one tag byte, then what it needs. Lengths and integers are base-128 varints, least significant group first;
 * doubles are 8 bytes, little endian. A pid or reference names its node relative to the connection: the sender's own, the
 * receiver's, or any other by name and creation.
 */
export const NULL = 0;
export const UNDEFINED = 1;
export const FALSE = 2;
export const TRUE = 3;
/** Varint. */
export const INTEGER = 4;
/** Varint of the absolute value. */
export const NEGATIVE = 5;
export const DOUBLE = 6;
/** Length in bytes, one byte a character. */
export const LATIN1 = 7;
/** Length in bytes, two bytes a code unit, so that every string of JavaScript survives. */
export const UTF16 = 8;
export const BYTES = 9;
/** Count, then the elements. */
export const ARRAY = 10;
/** Key (a string), value, key, value, ... END. */
export const OBJECT = 11;
export const END = 12;
/** Serial. */
export const PID_SENDER = 13;
export const PID_RECEIVER = 14;
/** Name (a string), creation, serial. */
export const PID_OTHER = 15;
/** Id, then the pid of the caller or NULL. */
export const REFERENCE_SENDER = 16;
/** Id. */
export const REFERENCE_RECEIVER = 17;
/** Name (a string), creation, id, then the pid of the caller or NULL. */
export const REFERENCE_OTHER = 18;
/** A LATIN1 whose length is in the tag: 0x40 + length. */
export const SHORT_LATIN1 = 0x40;
export const SHORT_LATIN1_LIMIT = 64;
/** An INTEGER that is in the tag: 0x80 + value. */
export const SMALL_INTEGER = 0x80;
export const SMALL_INTEGER_LIMIT = 128;

/** Arrays and objects inside one another. */
export const MAX_DEPTH = 100;
/** One encoded signal. */
export const MAX_SIGNAL_BYTES = 16 * 2 ** 20;
