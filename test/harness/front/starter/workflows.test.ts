/** The rules that keep the workflows safe for forks, and the comment's script, run as github-script runs it. */

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { commentWorkflow as commentWorkflowOf } from '../../../../harness/front/starter/comment-workflow.ts';
import { gateWorkflow } from '../../../../harness/front/starter/gate-workflow.ts';
import { sharedWorkflows } from '../../../../harness/front/starter/shared-workflows.ts';
import { comparisonMarkdown } from '../../../../reports/comparison-markdown.ts';
import { exampleComparison } from '../../../reports/example-comparison.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Job {
  readonly uses?: string;
  readonly permissions?: unknown;
  readonly secrets?: unknown;
  readonly steps?: readonly Step[];
  readonly 'timeout-minutes'?: number | string;
}

function workflow(text: string): Workflow {
  const document = parseDocument(text, { version: '1.2', schema: 'core' });
  expect([...document.errors, ...document.warnings]).toEqual([]);
  return document.toJS();
}
/** Of a workflow, or of a composite action. */
function stepsOf(text: string): readonly Step[] {
  const { jobs, runs } = workflow(text) as Workflow & { readonly runs?: { readonly steps: readonly Step[] } };
  return runs?.steps ?? Object.values(jobs).flatMap(({ steps }) => steps ?? []);
}
const shared = (path: string): string => sharedWorkflows.find((file) => file.path === `.github/${path}`)?.text ?? '';
const [callableGate, ownGate, action] = [
  shared('workflows/gate.yml'),
  shared('workflows/pull-request.yml'),
  shared('actions/gate/action.yml'),
];
const commentWorkflow = commentWorkflowOf({ callable: false });
const comment = workflow(commentWorkflow);

describe.each([
  ['workflow of the gate', gateWorkflow],
  ['workflow of the comment', commentWorkflow],
  ['reusable workflow of the gate', callableGate],
  ['reusable workflow of the comment', shared('workflows/comment.yml')],
  ["workflow of this repository's gate", ownGate],
  ['action', action],
])('the %s', (name, text) => {
  test('pins every action by commit with the version beside it, except actions of the same commit', () => {
    const lines = text.split('\n').filter((line) => /\buses:/.test(line));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines)
      expect(line).toMatch(/uses: (actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/\.github\/workflows\/gate\.yml)$/);
  });

  test('pastes no expression into a script or a command', () => {
    for (const { run, with: given } of stepsOf(text)) {
      expect(run ?? '').not.toContain('${{');
      expect(String(given?.script ?? '')).not.toContain('${{');
    }
  });

  test('uses expressions only for numbers, hashes, paths and tokens, and for nothing that the sender of the pull request can choose', () => {
    const used = [...text.matchAll(/\$\{\{\s*(.*?)\s*\}\}/g)].map(([, expression]) => expression);
    const harmless = [
      'github.event.pull_request.number',
      'github.event.workflow_run.id',
      'github.token',
      'runner.temp',
      "inputs.baseline == '' && 2 || 0",
    ];
    // An input is what the workflow says that calls, and an output what this one found.
    const own = /^(inputs\.[a-z-]+|(steps|jobs)\.[a-z]+\.outputs\.[a-z-]+)$/;
    for (const expression of used) if (!own.test(expression ?? '')) expect(harmless).toContain(expression);
  });

  test.skipIf(name === 'action')('has a time limit, and grants no job more than the whole workflow', () => {
    for (const job of Object.values(workflow(text).jobs)) {
      expect(job.permissions).toBeUndefined();
      expect(job.secrets).toBeUndefined();
      const limit = job['timeout-minutes'];
      if (typeof limit === 'number') expect(limit).toBeLessThanOrEqual(60);
      else expect(job.uses ?? limit).toMatch(/^(\.\/\.github\/workflows\/gate\.yml|\$\{\{ inputs\.timeout-minutes \}\})$/);
    }
  });
});

describe('the workflow of the gate, which runs what forks send', () => {
  test('is started by pull_request, never with the rights of the base', () => {
    for (const text of [gateWorkflow, ownGate]) expect(Object.keys(workflow(text).on)).toEqual(['pull_request']);
    expect(Object.keys(workflow(callableGate).on)).toEqual(['workflow_call']);
    for (const text of [gateWorkflow, ownGate, callableGate, action]) expect(text).not.toContain('pull_request_target');
  });

  test('may only read, leaves no credentials in the checkout, and knows no secret', () => {
    for (const text of [gateWorkflow, ownGate, callableGate]) expect(workflow(text).permissions).toEqual({ contents: 'read' });
    for (const text of [gateWorkflow, callableGate]) {
      const checkout = stepsOf(text).find(({ uses }) => uses?.startsWith('actions/checkout'));
      expect(checkout?.with).toMatchObject({ 'persist-credentials': false });
    }
    for (const text of [gateWorkflow, ownGate, callableGate, action])
      expect(text.replace(/^ *#.*$/gm, '')).not.toMatch(/secrets|github\.token/);
  });
});

describe('the workflow of the comment, which may write', () => {
  test('runs after the gate, by its name, with the right to comment and no other', () => {
    expect(comment.on).toEqual({ workflow_run: { workflows: ['letitcrash gate'], types: ['completed'] } });
    for (const text of [gateWorkflow, ownGate]) expect(parseDocument(text).get('name')).toBe('letitcrash gate');
    expect(comment.permissions).toEqual({ actions: 'read', 'pull-requests': 'write' });
  });

  test('checks nothing out and runs no command', () => {
    for (const { uses, run } of stepsOf(commentWorkflow)) {
      expect(run).toBeUndefined();
      expect(uses).not.toMatch(/checkout|cache|setup/);
    }
  });

  describe('its script', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'letitcrash-comment-'));
      await mkdir(join(folder, 'letitcrash-gate'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    const script = String(stepsOf(commentWorkflow).find(({ uses }) => uses?.includes('github-script'))?.with?.script);
    const open = [
      { number: 4, head: { sha: 'other' } },
      { number: 7, head: { sha: 'abc' } },
    ];

    /** The calls that the script makes of GitHub's interface, of which only the answers are ours. */
    async function played(
      pulls = open,
      comments: readonly object[] = [],
    ): Promise<[name: string, given: Record<string, unknown>][]> {
      const calls: [string, Record<string, unknown>][] = [];
      const call = (name: string, data: unknown) => async (given: Record<string, unknown>) => {
        calls.push([name, given]);
        return { data };
      };
      const github = {
        rest: {
          pulls: { list: call('pulls.list', pulls) },
          issues: { listComments: 'listComments', createComment: call('create', {}), updateComment: call('update', {}) },
        },
        paginate: async () => comments,
      };
      const run = { head_sha: 'abc', head_branch: 'evil', head_repository: { owner: { login: 'fork' } } };
      const context = { payload: { workflow_run: run }, repo: { owner: 'us', repo: 'ours' } };
      const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
      const body = new AsyncFunction('github', 'context', 'core', 'require', 'process', script);
      const core = { notice: (text: string) => calls.push(['notice', { text }]) };
      await body(github, context, core, createRequire(import.meta.url), { env: { RUNNER_TEMP: folder } });
      return calls;
    }
    const summary = (text: string): Promise<void> => writeFile(join(folder, 'letitcrash-gate', 'summary.md'), text);

    test('comments on the pull request that GitHub names, with the table unchanged', async () => {
      const page = comparisonMarkdown(exampleComparison());
      await summary(page);
      const calls = await played();
      expect(calls[0]).toEqual(['pulls.list', { owner: 'us', repo: 'ours', state: 'open', head: 'fork:evil', per_page: 100 }]);
      const [name, { issue_number: number, body }] = calls[1] as [string, { issue_number: number; body: string }];
      expect([name, number]).toEqual(['create', 7]);
      expect(body.split('\n')[0]).toBe('<!-- letitcrash gate -->');
      expect(body.split('\n').slice(1, 9)).toEqual(page.split('\n').slice(0, 8));
    });

    test("edits its own earlier comment instead of adding one, and nobody else's", async () => {
      await summary('## Equivalent');
      const theirs = { id: 1, user: { type: 'User' }, body: '<!-- letitcrash gate --> mine' };
      const ours = { id: 2, user: { type: 'Bot' }, body: '<!-- letitcrash gate -->\nold' };
      expect((await played(open, [theirs, ours]))[1]).toMatchObject(['update', { comment_id: 2 }]);
      expect((await played(open, [theirs]))[1]?.[0]).toBe('create');
    });

    test('removes all HTML, links, images, mentions and references of a hostile summary', async () => {
      await summary(
        [
          '<img src=x onerror=alert(1)> @everyone &#64;everyone &commat;everyone fixes #12 us/ours#13',
          '[click](https://evil.example) ![pixel](http://evil.example/p.png) [a][b] https://evil.example www.evil.example',
          '[b]: https://evil.example',
          'a\u202eb\u0007c someone@evil.example &#60;script&#62;',
        ].join('\n'),
      );
      const body = String((await played())[1]?.[1].body).replace('<!-- letitcrash gate -->', '');
      expect(body).not.toMatch(/<|\]\(|\]:|\]\[|:\/\/|www\.|@[a-z]|#\d|&(?!amp;|lt;)/i);
      expect(body).not.toContain('\u0007');
      expect(body).not.toContain('\u202e');
      expect(body).toContain('&amp;#64;everyone'.replace('#6', '#\u200b6'));
    });

    test('says nothing about a pull request that moved on, a missing summary, a link, or a summary that is too large', async () => {
      await summary('x');
      expect((await played([{ number: 7, head: { sha: 'newer' } }])).map(([name]) => name)).toEqual(['pulls.list', 'notice']);
      await summary('x'.repeat(70_000));
      expect((await played()).map(([name]) => name)).toEqual(['notice']);
      await rm(join(folder, 'letitcrash-gate', 'summary.md'));
      expect((await played()).map(([name]) => name)).toEqual(['notice']);
      await writeFile(join(folder, 'secret'), 'secret');
      await symlink(join(folder, 'secret'), join(folder, 'letitcrash-gate', 'summary.md'));
      expect((await played()).map(([name]) => name)).toEqual(['notice']);
    });
  });
});
