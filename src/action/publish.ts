/** Publishes a report: as outputs and summary, in the log and its annotations, then as comment and issue. */
import { codeOf } from '../cli/exit-code.ts';
import { type ComparedBot, postponedIn, sizeOf } from '../model/compared.ts';
import { isComparison, type Report } from '../model/report.ts';
import { code as codeSpan } from '../report/markdown/parts.ts';
import { reviewSummary } from '../report/words/settings.ts';
import { title, totals } from '../report/words/summary.ts';
import { sum } from '../report/words/text.ts';
import { differs } from '../steps/outcome.ts';
import { mergeOf, short } from './decide.ts';
import { commitOf } from './event.ts';
import { keepIssue } from './github/drift-issue.ts';
import { sealKey } from './github/marker.ts';
import { type Posting, type Run, showInComment } from './github/plan-comment.ts';
import { type Inputs, keyOf, nameOf } from './inputs.ts';
import type { Runner } from './runner.ts';
import type { Step } from './step.ts';

const SUMMARY = 300_000; // characters of at most 3 bytes, as a step may write at most 1 MiB

/**
 * Publishes a report. The most important parts come first, as the runner may kill the step. The run may have
 * written, so one failure does not stop the rest.
 *
 * @param inputs null if they were wrong.
 * @returns the exit code of the step.
 */
export async function publish(report: Report, inputs: Inputs | null, step: Step): Promise<number> {
  const { event, output, runner } = step;
  const code = codeOf(report, report.command === 'drift');
  const isWhole = report.command === 'apply' && code === 0;
  const attempt = async (failed: string, work: () => unknown, lenient = event.foreign || isWhole) => {
    try {
      await work();
      return true;
    } catch (problem) {
      const { message, status } = problem as Error & { status?: number };
      const remedy =
        status === 403 && !event.foreign ? '; give the job the permission pull-requests: write, or issues: write' : '';
      const { foreign, text } = output.clean;
      const answered = status ? `${foreign(message)} (${status})` : text(message);
      const whole = `${failed}: ${answered}${remedy}. The log of this step has the whole report.`;
      if (lenient) runner.warning(whole);
      else runner.error(whole);
      return lenient;
    }
  };
  const published = [
    await attempt('the outputs could not be set', () => setOutputs(report, code, runner), event.foreign),
    await attempt('the summary could not be written', async () => {
      runner.summary(output.text(report, 'markdown', SUMMARY));
    }),
  ];
  await output.report(report);
  await output.report(report, undefined, 'github');
  if (inputs) {
    const posting = await postingOf(report, code, output);
    published.push(
      await attempt('the comment could not be written', () => comment(report, posting, inputs, step)),
      await attempt('the issue could not be written', () => issue(report, posting, inputs, step)),
    );
  }
  const isKnownDrift = code === 2 && !inputs?.failOnDrift;
  return (isKnownDrift ? 0 : code) || (published.every(Boolean) ? 0 : 1);
}

function setOutputs(report: Report, code: number, { output }: Runner): void {
  const bots: readonly ComparedBot[] = isComparison(report) ? report.bots : [];
  const { add, remove } = totals(bots);
  output('changed', add + remove + sum(bots, postponedIn) > 0);
  output('to-add', add);
  output('to-remove', remove);
  output('fingerprint', fingerprintOf(report) ?? '');
  output('outcome', report.outcome);
  output('plan-file', (report.kind === 'plan' && report.savedAs) || '');
  output('exit-code', code);
}

const fingerprintOf = (report: Report) => (isComparison(report) ? report.fingerprint : null);

async function postingOf(report: Report, code: number, output: Step['output']): Promise<Posting> {
  const { command, outcome, kind } = report;
  const markdown = output.text(report, 'markdown');
  const said = { fingerprint: fingerprintOf(report), title: title(report), markdown };
  return { command, outcome, code, wrote: kind === 'result', ...said };
}

async function comment(report: Report, posting: Posting, inputs: Inputs, step: Step): Promise<void> {
  const { event, output, tokens } = step;
  const pull = inputs.comment === 'false' ? null : await pullOf(report, step);
  if (pull === null) return;
  const run: Run = {
    repository: event.repository,
    pull,
    scope: keyOf(inputs.scope),
    scopeName: nameOf(inputs.scope, (text) => codeSpan(output.clean.name(text))),
    commit: commitOf(event, report.command),
    url: event.runUrl,
    sealKey: sealKey(tokens, changingIn(report)),
  };
  const creates = inputs.comment === 'true' || report.command !== 'plan' || !isQuiet(report);
  const github = step.github();
  await github.repeat(() => showInComment(github, posting, run, creates));
}

/** Returns the pull request of this plan or merge; null if its comment must not change. */
async function pullOf({ command }: Report, { event, github, pulls, runner }: Step): Promise<number | null> {
  if (command === 'apply') return event.pull?.number ?? mergeOf(event, await pulls())?.number ?? null;
  if (command !== 'plan' || !event.pull) return null;
  const { number, head } = event.pull;
  const now = await github().pull(number);
  if (now === null || (now.open && now.head === head)) return number;
  const why = now.open ? `${short(head)} is no longer its last commit` : 'it is closed';
  runner.info(`the comment in pull request #${number} was not changed: ${why}`);
  return null;
}

async function issue(report: Report, posting: Posting, inputs: Inputs, step: Step): Promise<void> {
  if (!inputs.issue) return;
  const { event, output, runner } = step;
  const github = step.github();
  if (!(await step.wasNewest())) {
    runner.info(
      `the issue was not changed: ${short(event.sha)} was not the head of ${event.branch} when this run began`,
    );
    return;
  }
  const name = nameOf(inputs.scope, output.clean.name);
  const scope = { scope: keyOf(inputs.scope), name: name === 'default' ? '' : name };
  runner.info(await github.repeat(() => keepIssue(github, posting, hasDrifted(report), scope)));
}

/** Returns the ids of the bots with changes. */
export const changingIn = (report: Report) =>
  isComparison(report) ? report.bots.filter((bot) => sizeOf(bot) > 0).map(({ id }) => id) : [];

/** Reports whether a plan has nothing to review. */
function isQuiet(report: Report): boolean {
  const { outcome, warnings, errors } = report;
  const changes = warnings.length + errors.length > 0 || reviewSummary(report) !== '';
  return !changes && (outcome === 'in-sync' || outcome === 'nothing-selected');
}

/**
 * Reports drift. If a bot could not be read or a warning is an error, the outcome hides drift, so the bots
 * are checked.
 */
function hasDrifted(report: Report): boolean {
  if (report.kind !== 'drift') return false;
  const { outcome, bots } = report;
  return outcome === 'changes' || (['failed', 'invalid'].includes(outcome) && bots.some((bot) => differs(bot)));
}
