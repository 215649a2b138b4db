/** What a verdict leaves in a CI system beyond its files: annotations and the job summary, if GitHub Actions runs this process. */
import { appendFile } from 'node:fs/promises';
import { type Annotation, annotationLines } from '../../../reports/github-annotations.ts';
import { errorText } from '../../evidence/result/printable.ts';
import type { Console } from './console.ts';
import { writeAnnotations } from './output.ts';

/** Does nothing outside GitHub Actions. A summary that cannot be written leads to a complaint and decides nothing. */
export async function tellGitHub(console: Console, annotations: readonly Annotation[], summary: string): Promise<void> {
  if (!annotate(console, annotations)) return;
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  await appendFile(file, `${summary}\n`).catch((error: unknown) => console.complain(`GITHUB_STEP_SUMMARY: ${errorText(error)}`));
}

/** Whether GitHub Actions is what runs us. */
function annotate(console: Console, annotations: readonly Annotation[]): boolean {
  if (process.env.GITHUB_ACTIONS !== 'true') return false;
  // The runner reads commands from both streams; with --json, stdout belongs to the document alone.
  writeAnnotations(console.options.json ? 'stderr' : 'stdout', annotationLines(annotations));
  return true;
}

/** The same console, which tells what went wrong to CI as well. */
export function ciConsole(console: Console): Console {
  return {
    ...console,
    fail: (error, failed) => {
      const explained = console.fail(error, failed);
      const annotations = explained.texts.map((message): Annotation => ({ level: 'error', title: 'letitcrash gate', message }));
      annotate(console, annotations);
      return explained;
    },
  };
}
