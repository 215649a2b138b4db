/**
 * The options of a node's engine. In a cluster on one machine every node compiles the same code, and each of three nodes handles a third of
 * the messages: an optimisation that pays for itself late does so later still in each of them.
 */

/** The oldest Node whose engine has them. */
const SINCE_NODE = 24;

/**
 * - One thread for V8's background work instead of four. They are threads of every node, on cores that the nodes share.
 * - V8's most thorough compiler is asked after 30,000 calls of a function instead of 3,000. It is what takes longest to compile, and a node
 *   that serves some hundred messages a second has little use of it; one that serves ten thousand has called it as often after some seconds.
 */
const OPTIONS: readonly string[] = ['--v8-pool-size=1', '--invocation-count-for-turbofan=30000'];

/** For a Node of this version, as in process.versions.node. What comes after them on the command line overrules them. */
export function engineOptions(version: string): readonly string[] {
  return Number(version.split('.')[0]) >= SINCE_NODE ? OPTIONS : [];
}
