/**
 * The command that makes an arena: a process in its own user, pid, network and mount namespaces, without root. Each process of the chain
 * takes the next one with it when it dies, and the end of the innermost, which is process 1 of its namespace, ends everything.
 */
import { execFile } from 'node:child_process';

/** setpriv dies with the process that started it and becomes unshare; unshare stays outside, and process 1 dies with it. */
const CHAIN = [
  'setpriv',
  '--pdeathsig',
  'KILL',
  'unshare',
  '--user',
  '--map-root-user',
  '--net',
  '--pid',
  '--mount',
  '--mount-proc',
  '--fork',
  '--kill-child',
] as const;

/** Perl is part of every Debian, even where iproute2 is not: SIOCSIFFLAGS, with up and running. */
const PERL_LO_UP = 'socket(S,2,2,0) && ioctl(S,0x8914,pack("Z16 s x14","lo",0x41)) or exit 1';

/** A new network namespace has a loopback interface that is down. The first of these that works brings it up. */
const LOOPBACK_UP = `ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null || perl -e '${PERL_LO_UP}' 2>/dev/null`;

export interface ChainedCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/** The command, to be run in an arena with its loopback up. */
export function inNamespaces(command: readonly string[]): ChainedCommand {
  const [file, ...chain] = CHAIN;
  // The shell becomes the command, so that the command is process 1.
  return { file, args: [...chain, 'sh', '-c', `${LOOPBACK_UP} || exit ${NO_LOOPBACK}; exec "$@"`, 'sh', ...command] };
}

const NO_LOOPBACK = 97;
const PROBE_LIMIT_MS = 5_000;

/** Why this machine cannot make an arena; null if it can. Tries it, which takes about 50 ms, and leaves nothing behind. */
export async function whyNoArena(): Promise<string | null> {
  if (process.platform !== 'linux') return 'only Linux has namespaces';
  const { file, args } = inNamespaces(['true']);
  return new Promise((resolve) => {
    execFile(file, args, { timeout: PROBE_LIMIT_MS }, (error, _stdout, stderr) => {
      if (error === null) resolve(null);
      else resolve(reasonOf(error, stderr));
    });
  });
}

function reasonOf(error: Error & { readonly code?: number | string | null }, stderr: string): string {
  if (error.code === 'ENOENT') return 'setpriv is not installed (Debian package util-linux)';
  if (error.code === NO_LOOPBACK)
    return 'the loopback interface cannot be brought up: none of ip, ifconfig and perl is installed';
  const said = stderr.trim().split('\n').at(-1) ?? '';
  if (/unshare.*No such file/.test(said)) return 'unshare is not installed (Debian package util-linux)';
  if (/not permitted|denied|No space left/i.test(said)) {
    return `unprivileged user namespaces are not allowed here (${said}); see sysctl kernel.apparmor_restrict_unprivileged_userns, kernel.unprivileged_userns_clone and user.max_user_namespaces`;
  }
  return said === '' ? error.message : said;
}
