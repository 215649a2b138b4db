/** What any process that generates load may use of the machine before its figures stop being the server's. */

/** A worker this busy over the whole load queues behind itself. */
export const MAX_WORKER_CPU = 0.95;
