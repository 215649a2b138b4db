/**
 * The steps of a gate as YAML, each in one place, for the workflow that `init` writes, the reusable workflow and the action. They run code
 * that anybody may have sent, so the checkout leaves no credentials, and no given text is pasted into a script: it is passed in the
 * environment.
 */
import { PINNED_ACTIONS } from './pinned-actions.ts';

/** The name of the artifact, and of the folder from which it is made. */
export const GATE_ARTIFACT = 'letitcrash-gate';

/**
 * A pull request is checked out merged with its base, so the first parent of the commit is that base, including what others have merged
 * since. The comparison then needs only these two commits. Both settings may be expressions.
 */
export function setUpSteps({ depth, nodeVersion }: { readonly depth: string; readonly nodeVersion: string }): string {
  return `- uses: ${PINNED_ACTIONS.checkout}
  with:
    fetch-depth: ${depth}
    persist-credentials: false
- uses: ${PINNED_ACTIONS.setupNode}
  with:
    node-version: ${nodeVersion}
- run: npm ci
`;
}

/** Uses the policy that `init` wrote, and compares with the base of the pull request. */
export const plainGateStep = `- name: Compare with the base
  run: npx --no-install letitcrash gate --baseline git:HEAD^1 --policy letitcrash/policy.yaml --out "$RUNNER_TEMP/${GATE_ARTIFACT}"
`;

/** Uses the inputs of gate-inputs.ts. */
export const inputGateStep = `- name: Compare with the base
  id: gate
  shell: bash
  env:
    BASELINE: \${{ inputs.baseline }}
    POLICY: \${{ inputs.policy }}
    SCENARIO: \${{ inputs.scenario }}
    STRICT: \${{ inputs.strict }}
  run: |
    if [ -z "$BASELINE" ]; then
      if ! git rev-parse --verify --quiet 'HEAD^2' > /dev/null; then
        echo '::error title=letitcrash gate::no baseline: the checkout is not the merge of a pull request with its base. Give the input baseline, or check out with fetch-depth: 2'
        exit 2
      fi
      # The base that the pull request was merged with, without anything that was merged there since.
      BASELINE='git:HEAD^1'
    fi
    # Exit code 1 of npx would look like the exit code 1 of a gate.
    if ! npx --no-install letitcrash --version > /dev/null; then
      echo '::error title=letitcrash gate::letitcrash is not installed: npm install --save-dev letitcrash, and install the dependencies before this step'
      exit 3
    fi
    options=(--baseline "$BASELINE" --out "$RUNNER_TEMP/${GATE_ARTIFACT}")
    if [ -n "$POLICY" ]; then options+=(--policy "$POLICY"); fi
    if [ -n "$SCENARIO" ]; then options+=(--scenario "$SCENARIO"); fi
    if [ "$STRICT" = true ]; then options+=(--strict); fi
    code=0
    npx --no-install letitcrash gate "\${options[@]}" || code=$?
    echo "exit-code=$code" >> "$GITHUB_OUTPUT"
    exit "$code"
`;

/** Runs whatever the gate answered; keeps nothing if the gate did not get that far. */
export const keepStep = `- name: Keep the findings
  id: keep
  if: always()
  uses: ${PINNED_ACTIONS.uploadArtifact}
  with:
    name: ${GATE_ARTIFACT}
    path: |
${['summary.md', 'junit.xml', 'report.html', 'comparison.json'].map((file) => `      \${{ runner.temp }}/${GATE_ARTIFACT}/${file}\n`).join('')}    if-no-files-found: ignore
    retention-days: 14
`;

/** Indents each line that is not empty by this many spaces. */
export function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}
