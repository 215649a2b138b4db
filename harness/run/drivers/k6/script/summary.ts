/** What k6 leaves behind: its own summary as JSON, with what letitcrash needs beside it. */

const DEFAULT_FILE = 'k6-summary.json';

interface SummaryData {
  readonly state: { readonly testRunDurationMs: number };
}

/** The result of the script's handleSummary: files with their content. LETITCRASH_SUMMARY names the file. */
export function summaryFiles(data: unknown, script: { scenario: string; target: string; kind: string }): Record<string, string> {
  const file = __ENV.LETITCRASH_SUMMARY || DEFAULT_FILE;
  const startedAt = new Date(Date.now() - (data as SummaryData).state.testRunDurationMs).toISOString();
  return {
    [file]: JSON.stringify({ ...(data as object), letitcrash: { ...script, startedAt } }),
    stdout: `\n${file} holds the summary: letitcrash import k6 ${file}\n`,
  };
}
