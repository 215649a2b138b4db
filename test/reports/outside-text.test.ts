/** Text from outside in every field that can hold it, and in every output: one line each, and nobody obeys it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Comparison, comparisonSchema } from '../../harness/evidence/result/comparison.ts';
import { type Diff, diffSchema } from '../../harness/evidence/result/diff.ts';
import {
  type ExplorationResult,
  explorationSchema,
  type ReplayResult,
  replaySchema,
} from '../../harness/evidence/result/exploration.ts';
import { type History, historySchema } from '../../harness/evidence/result/history.ts';
import { documentText, logText } from '../../harness/evidence/result/printable.ts';
import { type Profile, profileSchema } from '../../harness/evidence/result/profile.ts';
import { type Result, resultSchema } from '../../harness/evidence/result/result.ts';
import { type RunIndex, runIndexSchema } from '../../harness/evidence/result/run-index.ts';
import { endingOf } from '../../harness/front/watch/live/ending.ts';
import { endFigures } from '../../harness/front/watch/telemetry/end-figures.ts';
import { prometheusText } from '../../harness/front/watch/telemetry/prometheus-text.ts';
import { comparisonJunit } from '../../reports/comparison-junit.ts';
import { comparisonMarkdown } from '../../reports/comparison-markdown.ts';
import { comparisonTerminal } from '../../reports/comparison-terminal.ts';
import { diffMarkdown } from '../../reports/diff-markdown.ts';
import { diffTerminal } from '../../reports/diff-terminal.ts';
import { explorationMarkdown, replayMarkdown } from '../../reports/exploration-markdown.ts';
import { annotationLines, comparisonAnnotations, diffAnnotations, resultAnnotations } from '../../reports/github-annotations.ts';
import { chaosReport } from '../../reports/html/chaos.ts';
import { comparisonReport } from '../../reports/html/comparison.ts';
import { diffReport } from '../../reports/html/diff.ts';
import { explorationReport } from '../../reports/html/exploration.ts';
import { replayReport } from '../../reports/html/replay.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { runIndexPage } from '../../reports/html/run-index.ts';
import { trendReport } from '../../reports/html/trend.ts';
import { junitXml } from '../../reports/junit.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { trendText } from '../../reports/trend-text.ts';
import { anyText } from '../any-text.ts';
import { HOSTILE_TEXTS } from './arbitrary-result.ts';
import { ATTACK, everyTextField } from './every-text-field.ts';
import { withoutOwnScript } from './page-elements.ts';
import { parseXml } from './well-formed.ts';

/** Controls, C1, DEL, and what reorders or hides text; line feeds are the output's own. */
const UNSAFE = /[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[(?:1|2|22|31|32|33|39)m`, 'gu');

interface Documents {
  readonly results: readonly Result[];
  readonly comparison: Comparison;
  readonly history: History;
  readonly exploration: ExplorationResult;
  readonly replay: ReplayResult;
  readonly diff: Diff;
  readonly index: RunIndex;
  readonly profile: Profile;
}

/** Of each verdict, with a load of its own, of requests alone and of another tool: they say different things. */
function documentsWith(text: string): Documents {
  const result = everyTextField(resultSchema, text) as Result;
  const own = { ...result, measuredBy: null, load: { ...result.load, driverViolations: [] } };
  return {
    results: (['pass', 'fail', 'invalid', 'unknown'] as const).flatMap((verdict) => [
      { ...result, verdict },
      { ...own, verdict },
      { ...own, verdict, aborted: null, load: { ...own.load, loop: 'closed' as const } },
    ]),
    comparison: everyTextField(comparisonSchema, text) as Comparison,
    history: everyTextField(historySchema, text) as History,
    exploration: everyTextField(explorationSchema, text) as ExplorationResult,
    replay: everyTextField(replaySchema, text) as ReplayResult,
    diff: everyTextField(diffSchema, text) as Diff,
    index: everyTextField(runIndexSchema, text) as RunIndex,
    profile: everyTextField(profileSchema, text) as Profile,
  };
}

const options = (colour: boolean) => ({ colour, width: 100, reportPath: ATTACK });

/** Each output by its name, of all documents. */
const LOGS: Readonly<Record<string, (documents: Documents) => string | Promise<string>>> = {
  'a summary on the terminal': ({ results }) => results.map((each) => terminalSummary(each, options(false))).join('\n'),
  'a summary in colour': ({ results }) => results.map((each) => terminalSummary(each, options(true))).join('\n'),
  'a comparison on the terminal': ({ comparison }) => comparisonTerminal(comparison, options(true)),
  'an invalid comparison': ({ comparison }) => comparisonTerminal({ ...comparison, valid: true }, options(false)),
  'two runs on the terminal': ({ diff }) => diffTerminal(diff, options(true)),
  'a trend on the terminal': ({ history }) => trendText(history, { colour: true }),
};

const PAGES: Readonly<Record<string, (documents: Documents) => string>> = {
  'the report of a run': ({ results, profile }) => results.map((each) => withoutOwnScript(htmlReport(each, profile))).join('\n'),
  'the page of repeats': ({ results }) => results.map((each) => chaosReport(each) ?? '').join('\n'),
  'the page of a comparison': ({ comparison }) => comparisonReport(comparison),
  'the page of a trend': ({ history }) => trendReport(history),
  'the page of an exploration': ({ exploration }) => explorationReport(exploration),
  'the page of a replay': ({ replay }) => replayReport(replay),
  'the page of two runs': ({ diff }) => diffReport(diff),
  'the index of runs': ({ index }) => runIndexPage(index),
};

const MARKDOWNS: Readonly<Record<string, (documents: Documents) => string>> = {
  'summary.md of a run': ({ results }) => results.map(markdownSummary).join('\n'),
  'summary.md of a comparison': ({ comparison }) => comparisonMarkdown(comparison),
  'summary.md of an exploration': ({ exploration }) => explorationMarkdown(exploration),
  'summary.md of a replay': ({ replay }) => replayMarkdown(replay),
  'summary.md of two runs': ({ diff }) => diffMarkdown(diff),
};

const XMLS: Readonly<Record<string, (documents: Documents) => readonly string[]>> = {
  'junit.xml of a run': ({ results }) => results.map(junitXml),
  'junit.xml of a comparison': ({ comparison }) => [comparisonJunit(comparison), comparisonJunit({ ...comparison, valid: true })],
};

/** Nobody else's text began one of these lines, or holds what acts on a terminal. */
function expectOwnLines(text: string): void {
  for (const line of text.split('\n')) {
    expect(UNSAFE.test(line) ? JSON.stringify(line) : '').toBe('');
    expect(line).not.toMatch(/^\s*INJECTED/u);
  }
}

/** Nothing in it acts on a terminal or on a runner. */
function expectQuietLines(text: string): void {
  for (const line of text.split('\n')) {
    expect(UNSAFE.test(line) ? JSON.stringify(line) : '').toBe('');
    expect(line).not.toMatch(/^\s*::|##\w*\[/u);
  }
}

describe.each<readonly [string, string]>([
  ['an attack', ATTACK],
  ['another', HOSTILE_TEXTS.join(' ')],
])('%s in every text of every document', (_name, text) => {
  const documents = documentsWith(text);

  it.each(Object.entries(LOGS))('is one line without control characters in %s', async (_what, output) => {
    const built = await output(documents);
    // The boundary could not tell a line that was smuggled in from one that was meant.
    expect(UNSAFE.exec(built.replaceAll(COLOURS, '').replaceAll('\n', ''))?.index ?? -1).toBe(-1);
    expectQuietLines(logText(built, { colour: true }).replaceAll(COLOURS, ''));
  });

  it('is one line without control characters in a document on stdout, which says the same', () => {
    const printed = documentText(documents.results[0]);
    expectQuietLines(printed);
    expect(JSON.parse(printed)).toEqual(documents.results[0]);
  });

  it('gives the runner no command except the annotations themselves', () => {
    const lines = annotationLines([
      ...documents.results.flatMap(resultAnnotations),
      ...comparisonAnnotations(documents.comparison),
      ...diffAnnotations(documents.diff),
      ...comparisonAnnotations({ ...documents.comparison, valid: true }),
    ]);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(UNSAFE.test(line) ? JSON.stringify(line) : '').toBe('');
      expect(line).toMatch(/^::(?:error|warning|notice) title=[^:,]*::/u);
    }
  });

  it.each(Object.entries(XMLS))('is text in %s, and no line of its own', (_what, output) => {
    for (const xml of output(documents)) {
      parseXml(xml.replace(/^<\?xml[^>]*>\n/, ''));
      expectOwnLines(xml);
    }
  });

  it.each(Object.entries(MARKDOWNS))('is text in %s: no link, image, mention, tag, formula or row', (_what, output) => {
    const markdown = output(documents);
    const prose = markdown.replaceAll(/^(`{3,})sh\n[^\n]*\n\1$/gmu, '');
    expectOwnLines(prose);
    expect(prose).not.toMatch(/<(?!details>|\/details>|summary>|\/summary>|br>)[a-z!/]/iu);
    expect(prose).not.toMatch(/(?<!\\)\]\(|www\.|:\/\/|@[a-z]|\$x|(?<!\\)`code/iu);
    for (const rows of prose.split(/\n\n+/u).filter((block) => block.startsWith('|'))) {
      const cells = rows.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(cells).size).toBe(1);
    }
  });

  it.each(Object.entries(PAGES))('is text in %s', (_what, output) => {
    const page = output(documents);
    expect(page).not.toMatch(/<img|onerror=alert\(1\)>|<svg onload|<script>alert/u);
    expect(UNSAFE.exec(page.replaceAll('\n', ''))?.index ?? -1).toBe(-1);
  });

  it('is text on one line in what the live page receives, and in the labels that Prometheus reads', async () => {
    for (const result of documents.results) {
      expect(JSON.stringify(endingOf(result, 'report.html'))).not.toMatch(/\\[nr]|\\u00|[\u0080-\u009f\u202e]/u);
      for (const line of (await prometheusText(endFigures(result))).split('\n').filter((each) => each !== '')) {
        expect(UNSAFE.test(line) ? JSON.stringify(line) : '').toBe('');
        expect(line).toMatch(/^(?:# (?:HELP|TYPE) .*|[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\]|\\["\\n])*",?)*\})? \S+)$/u);
      }
    }
  });
});

describe('lines for a terminal or a log', () => {
  it('hold no control character and no command, whatever was printed, with and without colours', () => {
    const part = fc.constantFrom(...ATTACK.split('INJECTED'), ...HOSTILE_TEXTS, '::', '#', '##[', ' ', '\n', '\t', 'a');
    const text = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
      anyText(),
    );
    fc.assert(
      fc.property(text, fc.boolean(), (written, colour) => {
        const printed = logText(written, { colour });
        expectQuietLines((colour ? printed.replaceAll(COLOURS, '') : printed).replaceAll('\t', ' '));
        expect(JSON.parse(documentText({ written }))).toEqual({ written });
        expectQuietLines(documentText({ written }));
      }),
    );
  });
});
