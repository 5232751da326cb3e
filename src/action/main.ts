/** Runs one step of a GitHub workflow, as `cli/main.ts` runs one command line. */

import { tmpdir } from 'node:os';
import { error, getInput, info, setOutput, setSecret, summary, warning } from '@actions/core';
import { context as event } from '@actions/github';
import { systemClock } from '../cli/clock.ts';
import { codeOf } from '../cli/exit-code.ts';
import { makeOutput, type OutputOptions } from '../cli/output.ts';
import { makeProgram } from '../cli/program/index.ts';
import type { Invocation } from '../cli/program/options.ts';
import { parseArguments } from '../cli/program/parse.ts';
import { makeProgress } from '../cli/progress.ts';
import { runToReport } from '../cli/run-to-report.ts';
import { heedSignals } from '../cli/signals.ts';
import { makeContext, VERSION } from '../cli/world.ts';
import { InvalidError, MissingTokenError, StaleError } from '../model/errors.ts';
import { isComparison, type Report } from '../model/report.ts';
import { reporters } from '../report/index.ts';
import { redact } from '../report/voice/redact.ts';
import { title, totals } from '../report/words/summary.ts';
import { judgeReport } from '../steps/judge.ts';
import { differs } from '../steps/outcome.ts';
import { keepIssue } from './drift-issue.ts';
import { type GitHub, openGitHub } from './github.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { reviewedPlan, showInComment } from './plan-comment.ts';

const SUMMARY = 300_000; // characters of at most 3 bytes: below the 1 MiB that a step may write

/** Also makes the runner hide each secret in all logs of the job. */
class Secrets extends Set<string> {
  override add(secret: string): this {
    if (secret !== '') setSecret(secret);
    return super.add(secret);
  }
}

const { env, stdin, stdout, stderr, exit } = process;
const secrets = new Secrets();
const { stop, onHttp, finish } = heedSignals({ signals: process, clock: systemClock, stdout, stderr, exit });

// More people read logs than may see the lists, so numbers are masked whatever the options are.
const OUTPUT: OutputOptions = { format: 'text', numbers: 'masked', color: false };
const output = makeOutput(OUTPUT, { env, stdout, stderr, secrets, stop, stdoutClosed: false });

let opened: GitHub | undefined;
function gitHub(): GitHub {
  const token = getInput('github-token');
  secrets.add(token);
  opened ??= openGitHub(token, event.repo);
  return opened;
}

/** @throws InvalidError in commander's words. */
async function parse(args: readonly string[]): Promise<Invocation> {
  let found: Invocation | undefined;
  const handlers = {
    async invoke(invocation: Invocation) {
      found = invocation;
    },
    async sandbox() {},
    async completion() {},
  };
  const program = makeProgram(VERSION, Object.keys(reporters), env, handlers, {
    outputError: (text, write) => write(output.clean.text(text)),
  });
  try {
    await parseArguments(program, args);
  } catch (error) {
    throw new InvalidError((error as Error).message.replace(/^error: /, ''));
  }
  if (!found) throw new InvalidError('arguments: name no command to run');
  return found;
}

/** Parses the inputs. If a foreign pull request was given no tokens, the command only checks the files, offline. */
async function invocationOf({ command, args, environment, offline, reviewed }: Inputs): Promise<Invocation> {
  const approved = reviewed ? [`--approve=${await reviewedFingerprint(environment)}`] : [];
  const invocation = await parse([command, ...approved, ...args]);
  return {
    ...invocation,
    async run(context) {
      try {
        return await invocation.run(context);
      } catch (error) {
        if (!(error instanceof MissingTokenError && isForeign())) throw error;
        const checked = await (await parse(offline)).run(context);
        const warnings = [...checked.warnings, { code: 'W-NO-TOKENS' } as const];
        return judgeReport({ ...checked, warnings }, invocation.options);
      }
    },
  };
}

async function reviewedFingerprint(environment: string): Promise<string> {
  try {
    return await reviewedPlan(gitHub(), event.sha, environment);
  } catch (error) {
    if (error instanceof InvalidError || error instanceof StaleError) throw error;
    const message = `GitHub could not be asked for the reviewed plan: ${(error as Error).message}; nothing was sent`;
    throw Object.assign(new Error(message), { code: 'EGITHUB' });
  }
}

/** Returns true for pull requests from forks and by Dependabot. */
function isForeign(): boolean {
  const { pull_request: pull, repository } = event.payload;
  return Boolean(pull) && (pull!.head?.repo?.full_name !== repository?.full_name || event.actor === 'dependabot[bot]');
}

/** Publishes the report: in the log and its annotations, then as outputs, summary, comment and issue. */
async function publish(report: Report, inputs: Inputs | null, code: number): Promise<boolean> {
  await output.report(report);
  await output.report(report, stdout, 'github');
  // The run may have written, so one failure does not stop the rest.
  const published = [
    await attempt('the outputs could not be set', async () => setOutputs(report, inputs, code)),
    await attempt('the summary could not be written', async () => {
      if (env.GITHUB_STEP_SUMMARY) await summary.addRaw(output.text(report, 'markdown', SUMMARY)).write();
    }),
  ];
  if (inputs) {
    const { environment, comment, issue } = inputs;
    const { command, outcome } = report;
    const commit = event.payload.pull_request?.head?.sha ?? event.sha ?? '';
    const url = `${event.serverUrl}/${env.GITHUB_REPOSITORY ?? ''}/actions/runs/${event.runId}`;
    const markdown = output.text(report, 'markdown');
    const posting = { command, outcome, fingerprint: fingerprintOf(report), title: title(report), markdown };
    published.push(
      await attempt('GitHub could not be told', async () => {
        const pull = comment ? await pullRequest(report) : null;
        if (pull !== null) await showInComment(gitHub(), pull, posting, { environment, commit, url });
      }),
      await attempt('GitHub could not be told', async () => {
        if (issue) info(await keepIssue(gitHub(), posting, hasDrifted(report), environment));
      }),
    );
  }
  return published.every(Boolean);
}

/** @returns true if it worked, or failed in a foreign pull request, which may not write anyway. */
async function attempt(failed: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (problem) {
    const { message, status } = problem as Error & { status?: number };
    const way = status === 403 ? '; the job needs the permission pull-requests: write, or issues: write' : '';
    const whole = `${failed}: ${output.clean.text(message)}${way}; the log of this step says it all`;
    if (isForeign()) warning(whole);
    else error(whole);
    return isForeign();
  }
}

/** Looks at the bots if one could not be read, or a warning is an error: the outcome then hides the drift of others. */
function hasDrifted(report: Report): boolean {
  if (report.kind !== 'drift') return false;
  const { outcome, bots } = report;
  return outcome === 'changes' || (['failed', 'invalid'].includes(outcome) && bots.some((bot) => differs(bot)));
}

/** Returns the pull request of this plan or merge. */
async function pullRequest({ command }: Report): Promise<number | null> {
  const shown = command === 'plan' || command === 'apply';
  if (event.payload.pull_request) return shown ? event.payload.pull_request.number : null;
  return command === 'apply' ? gitHub().mergedPull(event.sha) : null;
}

const fingerprintOf = (report: Report) => (isComparison(report) ? report.fingerprint : null);

function setOutputs(report: Report, inputs: Inputs | null, code: number): void {
  const { add, remove } = totals(isComparison(report) ? report.bots : []);
  setOutput('changed', add + remove > 0);
  setOutput('to-add', add);
  setOutput('to-remove', remove);
  setOutput('fingerprint', fingerprintOf(report) ?? '');
  setOutput('outcome', report.outcome);
  const saved = report.kind === 'plan' && report.command === 'plan' && report.outcome !== 'invalid';
  setOutput('plan-file', saved ? inputs?.planFile : '');
  setOutput('exit-code', code);
}

const context = makeContext({
  env,
  stdin,
  clock: systemClock,
  packageRoot: new URL('../..', import.meta.url), // this file is built into dist/action/
  stop,
  secrets,
  progress: makeProgress({
    terminal: false,
    columns: 80,
    clock: systemClock,
    write: (text) => void stderr.write(redact(text, secrets)),
  }),
  onHttp,
  async present() {},
  confirm: null,
  ask: null,
});
let inputs: Inputs | null = null;
let invocation: Invocation;
try {
  inputs = readInputs(getInput, env.RUNNER_TEMP ?? tmpdir());
  invocation = await invocationOf(inputs);
} catch (error) {
  invocation = { command: getInput('command'), options: OUTPUT, run: () => Promise.reject(error) };
}
const report = await runToReport(invocation, context);
const code = codeOf(report, report.command === 'drift');
const published = await publish(report, inputs, code);
const drift = code === 2 && !inputs?.failOnDrift;
process.exitCode = (drift ? 0 : code) || (published ? 0 : 1);
await finish();
