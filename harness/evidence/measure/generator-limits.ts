/** How much of the machine a process that generates load may use before its figures no longer describe the server. */

/** A worker that is this busy over the whole load has a queue of its own. */
export const MAX_WORKER_CPU = 0.95;
