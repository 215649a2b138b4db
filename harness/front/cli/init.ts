/**
 * `letitcrash init`: writes everything that a project needs to gate its changes: a target for its server, a load, a policy, the CI job and
 * package.json.
 */
import { Command, Option } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { ExitCode } from '../library/exit-codes.ts';
import { type FoundProject, findProject } from '../starter/found-project.ts';
import { GITLAB_INCLUDED } from '../starter/gitlab-job.ts';
import { STAND_IN_DEPENDENCIES } from '../starter/own-server-files.ts';
import { type StarterSetup, starterFiles } from '../starter/starter-files.ts';
import type { WiredPackage } from '../starter/wired-package.ts';
import { plannedPackage, type WrittenFile, writeStarter, writeWiring } from '../starter/write-starter.ts';
import { type Console, consoleOf } from './console.ts';
import { CI_QUESTION, NoAnswerError, onTerminal, SERVER_QUESTION } from './setup-questions.ts';

const HELP = `
On a terminal it asks for whatever the flags do not say. Otherwise the server is your own, and the CI is the one that the project has or is
pushed to, if any. Existing files are never changed, except that lines are added to package.json and .gitignore. --out names the
project's folder (default: this one).

Examples:
  letitcrash init
  letitcrash init --ci github            a workflow that gates pull requests and is safe for forks, and one that comments
  letitcrash init --server own --ci gitlab
  letitcrash init --server bundled --ci none`;

const SCRIPTS = { load: 'letitcrash run letitcrash/gate.yaml', gate: 'letitcrash gate --baseline HEAD' };

const CI_WORDS = {
  github: 'then open a pull request: since it has no baseline, it is played alone',
  gitlab: 'then open a merge request: since it has no baseline, it is played alone',
} as const;

type Flags = Partial<Pick<StarterSetup, 'server' | 'ci'>>;

export function initCommand(): Command {
  return new Command('init')
    .description('write a target, a load, a policy and a CI job, so that changes can be gated')
    .addOption(
      new Option('--server <which>', 'the server: your own, or the one that comes with letitcrash').choices(['own', 'bundled']),
    )
    .addOption(new Option('--ci <system>', 'the CI that gates changes').choices(['github', 'gitlab', 'none']))
    .addOption(new Option('--target', 'short for --server own').implies({ server: 'own' }).hideHelp())
    .addHelpText('after', HELP)
    .action(async (flags: Flags, command: Command) => {
      process.exitCode = await init(flags, consoleOf(command));
    });
}

async function init(flags: Flags, console: Console): Promise<ExitCode> {
  const root = console.options.out ?? '.';
  const found = await findProject(root);
  let setup: StarterSetup;
  let wired: WiredPackage;
  try {
    setup = await setupOf(flags, found, console);
    const dependencies = { letitcrash: `^${packageJson.version}`, ...(setup.server === 'own' ? STAND_IN_DEPENDENCIES : {}) };
    // Before anything is written, so that a mistake leaves the folder unchanged.
    wired = await plannedPackage(root, { dependencies, scripts: SCRIPTS });
  } catch (error) {
    if (error instanceof NoAnswerError) {
      console.complain(`${error.message}; nothing was written`);
      return ExitCode.interrupted;
    }
    if (!(error instanceof TypeError)) throw error;
    console.complain(error.message);
    return ExitCode.usage;
  }
  const files = [...(await writeStarter(root, starterFiles(setup))), ...(await writeWiring(root, wired))];
  console.print(filesText(files));
  console.print(nextText(setup, found, wired));
  console.document({ schema: 'letitcrash.init/1', files: files.map(({ path, state }) => ({ path, state })) });
  return ExitCode.pass;
}

async function setupOf({ server, ci }: Flags, found: FoundProject, { options }: Console): Promise<StarterSetup> {
  const { hasGitlabFile } = found;
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true && !options.json;
  if (!isTerminal || (server !== undefined && ci !== undefined))
    return { server: server ?? 'own', ci: ci ?? found.ci, hasGitlabFile };
  return onTerminal(async (ask) => ({
    server: server ?? (await ask(SERVER_QUESTION, 'own')),
    ci: ci ?? (await ask(CI_QUESTION, found.ci === 'none' ? 'github' : found.ci)),
    hasGitlabFile,
  }));
}

function filesText(files: readonly WrittenFile[]): string {
  const width = Math.max(...files.map(({ path }) => path.length));
  return files
    .map(({ path, what, state }) => `${state.padEnd(8)} ${path.padEnd(width)}  ${state === 'kept' ? 'already existed' : what}`)
    .join('\n');
}

function nextText(
  { server, ci, hasGitlabFile }: StarterSetup,
  { otherInstaller }: FoundProject,
  { toInstall }: WiredPackage,
): string {
  const install = otherInstaller?.install.slice(0, 2).join(' ') ?? 'npm install';
  const steps = [
    ...(toInstall ? [[install, 'also writes the lock file from which the gate installs']] : []),
    ['npx letitcrash run letitcrash/gate.yaml', 'about ten seconds: the load, once'],
    ['git add --all && git commit -m "Gate with letitcrash"', ci === 'none' ? '' : CI_WORDS[ci]],
    ['npx letitcrash gate --baseline HEAD', 'about ten minutes: the current state against the last commit'],
  ];
  if (server === 'own')
    steps.push(['letitcrash/my-target.mts', 'say there how your own server starts, and in my-driver.mts how clients talk to it']);
  const width = Math.max(...steps.map(([what = '']) => what.length));
  const lines = steps.map(([what = '', why]) => `  ${what.padEnd(width)}  ${why}`.trimEnd());
  const notes: string[] = [];
  if (ci === 'gitlab' && hasGitlabFile) notes.push(`add to .gitlab-ci.yml:  include: [{ local: ${GITLAB_INCLUDED} }]`);
  if (ci === 'none') notes.push('for a gate on pull requests: npx letitcrash init --ci github, or --ci gitlab');
  if (otherInstaller !== null) {
    const { lock, install: words } = otherInstaller;
    const job = ci === 'none' ? '' : ` replace npm ci in the CI job with ${words.join(' ')}, and`;
    notes.push(
      `this project has ${lock}, and the gate installs with npm ci:${job} write build: [${words.join(', ')}] into letitcrash/policy.yaml`,
    );
  }
  return `\nnext:\n${[...lines, ...notes.map((note) => `  ${note}`)].join('\n')}`;
}
