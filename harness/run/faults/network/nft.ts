/** Rules of the kernel's packet filter, in a table that this process made for itself: removing the table removes all of them. */
import { spawn } from 'node:child_process';

const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
const LIMIT_MS = 5_000;
let tables = 0;

/** What one end of a leg may be: an address, or a block of them. */
export interface Leg {
  readonly from: string;
  readonly to: string;
}

export interface NftTable {
  readonly name: string;
  /** Idempotent. */
  remove(): Promise<void>;
}

/**
 * Drops this share (0 to 1) of the packets that travel these legs, chosen at random by the kernel. Acts on the network namespace that this
 * process is in. @throws what nft reports.
 */
export async function dropShare(share: number, legs: readonly Leg[]): Promise<NftTable> {
  tables += 1;
  const name = `letitcrash_${process.pid}_${tables}`;
  await nft(lossRules(name, share, legs));
  let present = true;
  return {
    name,
    async remove() {
      if (!present) return;
      await nft(`delete table ip ${name}\n`);
      present = false;
    },
  };
}

/** Names of the existing tables. */
export async function nftTables(): Promise<readonly string[]> {
  return (await nft('list tables\n')).split('\n').flatMap((line) => /^table ip (\S+)/.exec(line)?.[1] ?? []);
}

/** One rule for each leg, with a counter: parts in a hundred thousand. */
export function lossRules(name: string, share: number, legs: readonly Leg[]): string {
  const parts = Math.round(share * 100_000);
  const rules = legs.map(
    ({ from, to }) => `    ip saddr ${from} ip daddr ${to} numgen random mod 100000 < ${parts} counter drop`,
  );
  return `table ip ${name} {\n  chain input {\n    type filter hook input priority 0; policy accept;\n${rules.join('\n')}\n  }\n}\n`;
}

/** The same rules in a network namespace of their own, which goes with its only process. @throws what is missing. */
export async function tryNft(): Promise<void> {
  const rules = lossRules('letitcrash_trial', 0.5, [{ from: '127.0.0.1', to: '127.0.0.2' }]);
  await fed('unshare', ['--user', '--map-root-user', '--net', 'nft', '-f', '-'], rules);
}

function nft(commands: string): Promise<string> {
  return fed('nft', ['-f', '-'], commands);
}

/** Runs a command that reads its standard input; resolves with what it wrote. */
function fed(file: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: { ...process.env, PATH }, timeout: LIMIT_MS });
    let out = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(out);
      else reject(new Error(complaint.trim() || `${file} ended with ${signal ?? code}`));
    });
    // A command that could not be started tells by its `error`.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
