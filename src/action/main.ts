/** The entry of the GitHub Action: what `main.ts` is to a terminal, this is to a workflow's runner. */

import { setMaxListeners } from 'node:events';
import { tmpdir } from 'node:os';
import { error, getInput, info, setOutput, setSecret, summary, warning } from '@actions/core';
import { context as event } from '@actions/github';
import { systemClock } from '../cli/clock.ts';
import { codeOf } from '../cli/exit-code.ts';
import { makeOutput } from '../cli/output.ts';
import { settleOptionalValues } from '../cli/program/arguments.ts';
import { makeProgram } from '../cli/program/index.ts';
import type { Invocation } from '../cli/program/options.ts';
import { makeProgress } from '../cli/progress.ts';
import { runToReport } from '../cli/run.ts';
import { makeContext, VERSION } from '../cli/world.ts';
import { InvalidError, MissingTokenError, StaleError } from '../model/errors.ts';
import { isComparison, type Report } from '../model/report.ts';
import { reporters } from '../report/index.ts';
import { redact } from '../report/voice/redact.ts';
import { title } from '../report/words/summary.ts';
import { judgeReport } from '../steps/judge.ts';
import { differs } from '../steps/outcome.ts';
import { keepIssue } from './drift-issue.ts';
import { type GitHub, openGitHub } from './github.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { reviewedPlan, showInComment } from './plan-comment.ts';

const SUMMARY = 300_000; // characters of at most 3 bytes: below the 1 MiB that a step may say

/** The runner hides whatever is added here in all logs of the job, too. */
class Secrets extends Set<string> {
  override add(secret: string): this {
    if (secret !== '') setSecret(secret);
    return super.add(secret);
  }
}

const { env } = process;
const secrets = new Secrets();
const stop = new AbortController();
setMaxListeners(0, stop.signal);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort());

const { stdout, stderr } = process;
// Logs are read by more people than the lists are for: numbers are masked, whatever the options say.
const output = makeOutput(
  { format: 'text', numbers: 'masked', color: false },
  { env, stdout, stderr, secrets, stdoutClosed: false },
);

let opened: GitHub | undefined;
function gitHub(): GitHub {
  const token = getInput('github-token');
  secrets.add(token);
  opened ??= openGitHub(token, event.repo);
  return opened;
}

/** The command that a command line stands for. */
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
    await program.parseAsync(settleOptionalValues(args), { from: 'user' });
  } catch (error) {
    throw new InvalidError((error as Error).message.replace(/^error: /, ''));
  }
  if (!found) throw new InvalidError('arguments: name no command to run');
  return found;
}

/** What the inputs ask for. Where a stranger's pull request is given no tokens, the files are checked offline. */
async function invocationOf({ args, environment, offline, reviewed }: Inputs): Promise<Invocation> {
  const approved = reviewed ? [`--approve=${await reviewedFingerprint(environment)}`] : [];
  const [command = '', ...rest] = args;
  const invocation = await parse([command, ...approved, ...rest]);
  return {
    ...invocation,
    async run(context) {
      try {
        return await invocation.run(context);
      } catch (error) {
        if (!(error instanceof MissingTokenError && isForeign())) throw error;
        const checked = await (await parse(offline)).run(context);
        const warnings = [...checked.warnings, { code: 'W-NO-TOKENS' } as const];
        return judgeReport({ ...checked, warnings }, invocation.rules);
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

function isForeign(): boolean {
  const { pull_request: pull, repository } = event.payload;
  return Boolean(pull) && (pull!.head?.repo?.full_name !== repository?.full_name || event.actor === 'dependabot[bot]');
}

/** Says it where people look: the log and its annotations first, then the outputs, the summary, the comment, the issue. */
async function tell(report: Report, inputs: Inputs | null, code: number): Promise<boolean> {
  await output.report(report);
  await output.report(report, stdout, 'github');
  // One that fails keeps no other from being told: the run may have written.
  const said = [
    await attempt('the outputs could not be set', async () => setOutputs(report, inputs, code)),
    await attempt('the summary could not be written', async () => {
      if (env.GITHUB_STEP_SUMMARY) await summary.addRaw(await output.text(report, 'markdown', SUMMARY)).write();
    }),
  ];
  if (inputs) {
    const run = { environment: inputs.environment, commit: headCommit(), url: runUrl() };
    const { command, outcome } = report;
    const told = { title: title(report), markdown: await output.text(report, 'markdown') };
    const shown = { command, outcome, fingerprint: fingerprintOf(report), ...told };
    said.push(
      await attempt('GitHub could not be told', async () => {
        const pull = inputs.comment ? await pullRequest(report) : null;
        if (pull !== null) await showInComment(gitHub(), pull, shown, run);
      }),
      await attempt('GitHub could not be told', async () => {
        const drift = { ...shown, drifted: hasDrifted(report) };
        if (inputs.issue) info(await keepIssue(gitHub(), drift, inputs.environment));
      }),
    );
  }
  return said.every(Boolean);
}

/** @returns whether it went well, or failed where a stranger's pull request may not write anyway. */
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

/** Beside a bot that could not be read, or a warning that is an error, the outcome does not tell whether bots have drifted. */
function hasDrifted(report: Report): boolean {
  if (report.kind !== 'drift') return false;
  const { outcome, bots } = report;
  return outcome === 'changes' || (['failed', 'invalid'].includes(outcome) && bots.some((bot) => differs(bot)));
}

const headCommit = (): string => event.payload.pull_request?.head?.sha ?? event.sha ?? '';

const runUrl = () => `${event.serverUrl}/${env.GITHUB_REPOSITORY ?? ''}/actions/runs/${event.runId}`;

/** The pull request whose plan this is, or whose merge. */
async function pullRequest({ command }: Report): Promise<number | null> {
  const shown = command === 'plan' || command === 'apply';
  if (event.payload.pull_request) return shown ? event.payload.pull_request.number : null;
  return command === 'apply' ? gitHub().mergedPull(event.sha) : null;
}

const fingerprintOf = (report: Report) => (isComparison(report) ? report.fingerprint : null);

function setOutputs(report: Report, inputs: Inputs | null, code: number): void {
  const bots = isComparison(report) ? report.bots : [];
  const sum = (side: 'add' | 'remove') => bots.reduce((total, bot) => total + bot[side].size, 0);
  setOutput('changed', sum('add') + sum('remove') > 0);
  setOutput('to-add', sum('add'));
  setOutput('to-remove', sum('remove'));
  setOutput('fingerprint', fingerprintOf(report) ?? '');
  setOutput('outcome', report.outcome);
  const saved = report.kind === 'plan' && report.command === 'plan' && report.outcome !== 'invalid';
  setOutput('plan-file', saved ? inputs?.planFile : '');
  setOutput('exit-code', code);
}

async function main(): Promise<void> {
  const context = makeContext({
    env,
    stdin: process.stdin,
    clock: systemClock,
    packageRoot: new URL('../..', import.meta.url), // this file is built into dist/action/
    stop: stop.signal,
    secrets,
    progress: makeProgress({
      terminal: false,
      columns: 80,
      clock: systemClock,
      write: (text) => void stderr.write(redact(text, secrets)),
    }),
    onHttp() {},
    async present() {},
    confirm: null,
    ask: null,
  });
  let inputs: Inputs | null = null;
  let invocation: Pick<Invocation, 'command' | 'run' | 'records'>;
  try {
    inputs = readInputs(getInput, env.RUNNER_TEMP ?? tmpdir());
    invocation = await invocationOf(inputs);
  } catch (error) {
    invocation = { command: getInput('command'), records: null, run: () => Promise.reject(error) };
  }
  const report = await runToReport(invocation, context);
  const code = codeOf(report, report.command === 'drift');
  const told = await tell(report, inputs, code);
  const drift = code === 2 && !inputs?.failOnDrift;
  process.exitCode = (drift ? 0 : code) || (told ? 0 : 1);
}

await main();
