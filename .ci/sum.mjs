// Adds up the suites: steps counted by .ci/run and the vitest reports named after them. Prints the closing line; exits 1 on any failure.
import { existsSync, readFileSync } from 'node:fs';

const [stepsPassed, stepsFailed, stepsSkipped, ...reports] = process.argv.slice(2);
let passed = Number(stepsPassed);
let failed = Number(stepsFailed);
let skipped = Number(stepsSkipped);
for (const report of reports) {
  if (!existsSync(report)) {
    failed += 1;
    continue;
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  passed += numPassedTests;
  failed += numFailedTests > 0 ? numFailedTests : numFailedTestSuites;
  skipped += numPendingTests + (numTodoTests ?? 0);
}
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
