/**
 * Runs one step of a GitHub workflow, from its inputs to its exit code. `index.ts` passes the real process;
 * the stories pass streams, signals and a clock of their own.
 *
 * 1. The event and the inputs become a command line (`event`, `inputs`).
 * 2. An apply checks with GitHub that its commit may be applied and that a merge approved the plan (`apply`,
 *    `decide`).
 * 3. A pull request that gets no secrets is checked offline (`fork`).
 * 4. The report is published (`publish`), and decides the exit code.
 */
import { tmpdir } from 'node:os';
import { makeProgram } from '../cli/program/index.ts';
import type { Invocation } from '../cli/program/options.ts';
import { parseArguments } from '../cli/program/parse.ts';
import { runToReport } from '../cli/run-to-report.ts';
import { InvalidError } from '../model/errors.ts';
import { judgeReport } from '../steps/outcome.ts';
import { applyReviewed, checkPlace } from './apply.ts';
import { commitOf, refuseEvent } from './event.ts';
import { checkWithoutSecrets, lacksSecrets } from './fork.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { publish } from './publish.ts';
import { type ActionHost, OUTPUT, openStep, type Step } from './step.ts';

/** Runs a step. @returns the exit code. */
export async function runAction(host: ActionHost): Promise<number> {
  const over = new AbortController();
  try {
    const step = openStep(host, over.signal);
    const code = await runStep(step);
    await step.finish();
    return code;
  } finally {
    over.abort();
  }
}

async function runStep(step: Step): Promise<number> {
  const { event, runner, host, contextOf } = step;
  const command = runner.input('command');
  let inputs: Inputs | null = null;
  let invocation: Invocation;
  try {
    refuseEvent(event, command);
    inputs = readInputs(runner.input, host.env.RUNNER_TEMP ?? tmpdir());
    invocation = await invocationOf(inputs, step);
  } catch (error) {
    invocation = { command, paths: [], options: OUTPUT, run: () => Promise.reject(error) };
  }
  // A merge applies the plan, so the comment shows no command that would apply it earlier.
  const report = await runToReport(
    invocation,
    contextOf({ debug: invocation.options.debug }),
    commitOf(event, command),
  );
  return publish(report.kind === 'plan' ? { ...report, next: undefined } : report, inputs, step);
}

/** Parses the inputs into the command that this step may run. */
async function invocationOf(inputs: Inputs, step: Step): Promise<Invocation> {
  const { event, host, contextOf } = step;
  const { command, args, scope, reviewed, issue, offline } = inputs;
  const { run, ...invocation } = await parse([command, ...args], step);
  const path = invocation.paths.find((each) => !scope.paths.includes(each));
  if (path !== undefined) throw new InvalidError(`arguments: remove ${path}, and set the input paths`);
  const given = invocation.options as { readonly yes?: boolean; readonly approve?: string; readonly plan?: string };
  if (reviewed && (given.yes || given.approve || given.plan)) {
    throw new InvalidError('approve: reviewed cannot be used with --yes, --approve or --plan; remove one of them');
  }
  return {
    ...invocation,
    async run(context) {
      if (command === 'apply') await checkPlace(scope, step);
      // Before the lists are read: a push during the run must not hide a drift.
      if (issue) await step.wasNewest().catch(() => {}); // reported when the issue is written
      if (reviewed) return applyReviewed(run, context, scope, step);
      try {
        return await run(context);
      } catch (error) {
        if (!event.foreign || !lacksSecrets(error, host.env)) throw error;
        const check = await parse(offline, step);
        const report = await checkWithoutSecrets(check.run, (decrypt) => contextOf({ decrypt }));
        return judgeReport(report, invocation.options);
      }
    },
  };
}

/** Parses a command line. @throws InvalidError with the message of the parser. */
async function parse(args: readonly string[], { host, output }: Step): Promise<Invocation> {
  let found: Invocation | undefined;
  const handlers = {
    async invoke(invocation: Invocation) {
      found = invocation;
    },
    async sandbox() {},
    async completion() {},
  };
  const program = makeProgram(host.env, handlers, {
    outputError: (text, write) => write(`${output.clean.text(text.trimEnd())}\n`),
  });
  try {
    await parseArguments(program, args);
  } catch (error) {
    throw new InvalidError((error as Error).message.replace(/^error: /, ''));
  }
  if (!found) throw new InvalidError('arguments: contain no command to run');
  return found;
}
