/** The first byte of a signal to another node, and what follows. Serials, ids: varints; names: strings; everything else: terms. */

/** Serial of the receiver, message. */
export const SEND = 1;
/** Name of the receiver, message. */
export const SEND_NAMED = 2;
/** Id of the alias, message. */
export const SEND_ALIAS = 3;
/** Id of the monitor, serial of the process. */
export const MONITOR = 4;
/** Id of the monitor, name of the process. */
export const MONITOR_NAMED = 5;
/** Id of the monitor. */
export const DEMONITOR = 6;
/** Id of the monitor, reason. */
export const DOWN = 7;
/** Serial here, serial there. */
export const LINK = 8;
/** Id of the unlink, serial here, serial there. */
export const UNLINK = 9;
/** Id of the unlink, serial here, serial there. */
export const UNLINKED = 10;
/** Serial of who ended, serial of who was linked with it, reason. */
export const LINK_EXIT = 11;
/** Serial of the sender + 1 (0: the outer world), serial of the receiver, reason. */
export const EXIT = 12;
/** Id of the request, which is a monitor too; serial of the caller + 1 (0: the outer world); serial of the receiver; request. */
export const CALL = 13;
/** As CALL, with the name of the receiver. */
export const CALL_NAMED = 14;
/** Id of the request, result. It takes the monitor of the request off, if that is on this node. */
export const REPLY = 15;
