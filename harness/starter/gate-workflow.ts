/**
 * The workflow that gates pull requests. It runs code that anybody may have sent, so it has nothing to steal: the event is pull_request,
 * whose runs of forks get no secrets and a token that can only read; the checkout leaves no credentials; and no text that the pull request
 * chooses is pasted into a script.
 *
 * Rules: GitHub, "Security hardening for GitHub Actions"; each action is pinned by commit, since a tag can be moved.
 */
export const gateWorkflow = `# Compares a pull request with the branch it goes to, on one machine, taking turns. It runs the pull request's code, so it has no secrets
# and a token that only reads; what it found goes to a comment by way of letitcrash-comment.yml.
name: letitcrash gate

on:
  pull_request:

permissions:
  contents: read

concurrency:
  group: letitcrash-gate-\${{ github.event.pull_request.number }}
  cancel-in-progress: true

jobs:
  gate:
    # Do not give forks a machine of your own: theirs is the code that runs on it.
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-node@a0853c24544627f65ddf259abe73b1d18a591444 # v5.0.0
        with:
          node-version: 24
      - run: npm ci
      - name: Compare with the base
        env:
          BASE: \${{ github.event.pull_request.base.sha }}
        run: npx --no-install letitcrash gate --baseline "git:$BASE" --policy letitcrash/policy.yaml --out letitcrash-gate
      - name: Keep what it found
        if: always()
        uses: actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2
        with:
          name: letitcrash-gate
          path: |
            letitcrash-gate/summary.md
            letitcrash-gate/junit.xml
            letitcrash-gate/report.html
            letitcrash-gate/comparison.json
          if-no-files-found: ignore
          retention-days: 14
`;
