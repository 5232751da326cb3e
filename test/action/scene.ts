/** Sets up a story of the action: one bot, its API, the files of a checkout, and a repository on GitHub. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Api, type ApiOptions, makeDesired, startApi, uk, yamlOf } from '../stories/harness.ts';
import { type StandIn, startGitHub } from './github.ts';
import type { Issue } from './repository.ts';
import { type Ran, type Running, runStep, type Step, startStep } from './runner.ts';

export const BOT = 'support-bot';

export interface Scene {
  readonly api: Api;
  readonly github: StandIn;
  readonly cwd: string;
  /** Changes the files of the checkout. */
  desire(...numbers: string[]): void;
  /** The live list of the bot. */
  live(): string[];
  run(command: string, event: Step['event'], inputs?: Step['inputs'], rest?: Partial<Step>): Promise<Ran>;
  start(command: string, event: Step['event'], inputs?: Step['inputs'], rest?: Partial<Step>): Running;
  /** Plans a pull request, optionally after a push to it. */
  plan(pull: Issue, inputs?: Step['inputs'], push?: boolean): Promise<Ran>;
  /** Applies with `approve: reviewed`. */
  apply(event: Step['event'], rest?: Partial<Step>): Promise<Ran>;
}

/** Declares three numbers for an empty list. */
export async function openScene(options?: ApiOptions): Promise<Scene> {
  const [api, github] = [await startApi(options), await startGitHub()];
  const cwd = makeDesired({ [BOT]: uk(3) });
  const stepOf = (command: string, event: Step['event'], inputs: Step['inputs'] = {}, rest: Partial<Step> = {}) => {
    return { cwd, api, github, event, ...rest, inputs: { command, ...inputs, ...rest.inputs } };
  };
  const run: Scene['run'] = (...given) => runStep(stepOf(...given));
  return {
    api,
    github,
    cwd,
    desire: (...numbers) => writeFileSync(join(cwd, 'blacklist.yaml'), yamlOf({ [BOT]: numbers })),
    live: () => api.list(BOT),
    run,
    start: (...given) => startStep(stepOf(...given)),
    plan: (pull, inputs, push) => run('plan', github.repository.pullEvent(pull, push), inputs),
    apply: (event, rest) => run('apply', event, { approve: 'reviewed' }, rest),
  };
}
