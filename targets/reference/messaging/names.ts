/** Registered names: one process each on every node. */
export const REGISTRY = 'registry';
export const PRESENCE = 'presence';
