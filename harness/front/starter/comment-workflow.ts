/**
 * The workflow that comments on a pull request. It may write, so it runs none of the pull request's code and checks nothing out: it treats
 * the artifact of the gate as data. The author of the pull request may have written that artifact, so everything is removed from the text
 * that could be more than a table: HTML, links, images, mentions. GitHub, not the artifact, says which pull request it is for.
 */
import { GATE_ARTIFACT } from './gate-steps.ts';
import { PINNED_ACTIONS } from './pinned-actions.ts';

/** `callable`: also as a reusable workflow, whose event is that of its caller. */
export const commentWorkflow = ({
  callable,
}: {
  readonly callable: boolean;
}): string => `# Puts the findings of the gate into a comment. It may write, so it runs no code of the pull request and treats the artifact as data.
name: letitcrash comment

on:
  workflow_run:
    workflows: [letitcrash gate]
    types: [completed]
${callable ? '  workflow_call:\n' : ''}
permissions:
  actions: read
  pull-requests: write

jobs:
  comment:
    if: github.event.workflow_run.event == 'pull_request'
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - uses: ${PINNED_ACTIONS.downloadArtifact}
        # It does not exist if the gate did not get that far.
        continue-on-error: true
        with:
          name: ${GATE_ARTIFACT}
          path: \${{ runner.temp }}/${GATE_ARTIFACT}
          run-id: \${{ github.event.workflow_run.id }}
          github-token: \${{ github.token }}
      - uses: ${PINNED_ACTIONS.githubScript}
        with:
          script: |
            const fs = require('node:fs');
            const run = context.payload.workflow_run;
            const file = process.env.RUNNER_TEMP + '/${GATE_ARTIFACT}/summary.md';
            const facts = fs.lstatSync(file, { throwIfNoEntry: false });
            if (!facts?.isFile() || facts.size > 64_000) return core.notice('the gate left no summary');

            // The newest commit of an open pull request from that branch, or nothing: the artifact is not asked.
            const pulls = await github.rest.pulls.list({
              ...context.repo,
              state: 'open',
              head: run.head_repository.owner.login + ':' + run.head_branch,
              per_page: 100,
            });
            const pull = pulls.data.find(({ head }) => head.sha === run.head_sha);
            if (pull === undefined) return core.notice('the pull request has moved on');

            const harmless = fs.readFileSync(file, 'utf8')
              .replace(/[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]/g, ' ')
              .replace(/&(?!(?:amp|lt|gt|#8203);)/g, '&amp;')
              .replace(/</g, '&lt;')
              .replace(/@/g, '@\\u200b')
              .replace(/(?<!&)#(?=\\d)/g, '#\\u200b')
              .replace(/\\](?=[(:[])/g, ']\\u200b')
              .replace(/:(?=\\/\\/)/g, ':\\u200b')
              .replace(/www(?=\\.)/gi, 'www\\u200b');
            const marker = '<!-- letitcrash gate -->';
            const body = marker + '\\n' + harmless.slice(0, 64_000);

            const comments = await github.paginate(github.rest.issues.listComments, {
              ...context.repo,
              issue_number: pull.number,
              per_page: 100,
            });
            const earlier = comments.find(({ user, body }) => user?.type === 'Bot' && body?.startsWith(marker));
            if (earlier === undefined) await github.rest.issues.createComment({ ...context.repo, issue_number: pull.number, body });
            else await github.rest.issues.updateComment({ ...context.repo, comment_id: earlier.id, body });
`;
