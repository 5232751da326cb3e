import { sizeOf, waitingIn } from '../model/compared.ts';
import type { Outcome, Report } from '../model/report.ts';
import { verdict } from './verdict/index.ts';
import { escapeHtml, type Sanitizer } from './voice/index.ts';
import { driftWords } from './words/causes.ts';
import { wholeBots } from './words/changes.ts';
import { faultLines } from './words/faults.ts';
import { shownFiles, UNFORMATTED } from './words/files.ts';
import { byUrgency, troubled } from './words/rows.ts';
import { title } from './words/summary.ts';
import { joined } from './words/text.ts';

/** `failure` is null if the test passed; `skipped` is set if nothing was looked at. */
interface TestCase {
  readonly name: string;
  readonly failure: string | null;
  readonly skipped?: string;
}

const BAD: readonly Outcome[] = ['failed', 'refused', 'partial', 'stale', 'invalid'];

/**
 * Writes JUnit XML, which Jenkins, GitLab and Azure Pipelines show: a test for each bot, or for each file of fmt. A test
 * fails if the run failed, was refused or found drift there.
 *
 * @param out the text report, the output of the suite
 * @param err its errors and warnings, one a line
 */
export function* junitXml(
  report: Report,
  clean: Sanitizer,
  out: Iterable<string>,
  err: readonly string[],
): Generator<string> {
  const cases = casesOf(report, clean);
  const failures = cases.filter(({ failure }) => failure !== null).length;
  const skipped = cases.filter((each) => each.skipped !== undefined).length;
  const name = `blacklistctl ${escapeXml(clean.text(report.command))}`;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`;
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="blacklistctl" ${counts}>\n  <testsuite name="${name}" ${counts} skipped="${skipped}">\n`;
  for (const each of cases)
    yield `    <testcase classname="${name}" name="${escapeXml(each.name)}"${contentOf(each)}\n`;
  yield '    <system-out>';
  for (const piece of out) yield escapeXml(piece);
  yield '</system-out>\n    <system-err>';
  for (const line of err) yield `${escapeXml(line)}\n`;
  yield '</system-err>\n  </testsuite>\n</testsuites>\n';
}

function contentOf({ failure, skipped }: TestCase): string {
  if (skipped !== undefined) return `><skipped message="${escapeXml(skipped)}"/></testcase>`;
  if (failure === null) return '/>';
  const words = escapeXml(failure);
  return `>\n      <failure message="${words.replaceAll('\n', ' ')}">${words}</failure>\n    </testcase>`;
}

/** The test of the run fails for what no bot or file explains, so that a test fails exactly if the run does. */
function casesOf(report: Report, clean: Sanitizer): readonly TestCase[] {
  const parts = partsOf(report, clean);
  const run = 'the whole run';
  if (report.outcome === 'nothing-selected') return [{ name: run, failure: null, skipped: title(report) }];
  const found = report.outcome === 'changes' && (report.kind === 'drift' || report.kind === 'format');
  const isBad = found || report.interrupted || BAD.includes(report.outcome);
  const isExplained = !report.interrupted && parts.some(({ failure }) => failure !== null);
  if (report.errors.length > 0) {
    const messages = report.errors.flatMap((problem) => faultLines(problem, clean));
    return [...parts, { name: run, failure: messages.join('\n') }];
  }
  if (isBad && !isExplained) {
    return [...parts, { name: run, failure: joined('\n', [`${title(report)}.`, verdict(report, clean).text]) }];
  }
  return parts.length > 0 ? parts : [{ name: run, failure: null }];
}

function partsOf(report: Report, clean: Sanitizer): readonly TestCase[] {
  if (report.kind === 'format') {
    const unformatted = new Set(shownFiles(report));
    return report.files.map((file) => ({
      name: clean.file(file.name),
      failure: unformatted.has(file) ? UNFORMATTED : null,
    }));
  }
  if (!('bots' in report)) return [];
  const troubles = new Map(troubled(byUrgency(report, clean), String).map(({ id, text }) => [id, text]));
  const drifted = report.kind === 'drift' ? wholeBots(report).filter((bot) => sizeOf(bot) > waitingIn(bot)) : [];
  const drift = new Map(drifted.map((bot) => [bot.id, driftWords([bot]).join(', ')]));
  return report.bots.map(({ id }) => ({ name: clean.name(id), failure: troubles.get(id) ?? drift.get(id) ?? null }));
}

/** Escapes a text for XML 1.0, which has no form for some characters. */
function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML cannot contain
  return escapeHtml(text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/gu, '\ufffd'));
}
