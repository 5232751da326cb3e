import { plain } from '../../desired/edit/text.ts';
import { botIdError, tokenEnvError } from '../../desired/schema/settings.ts';
import { InvalidError } from '../../model/errors.ts';
import type { InitReport } from '../../model/report.ts';
import type { Context } from '../../steps/context.ts';
import type { NewFile } from '../../steps/files.ts';

interface Answers {
  /** Bot ids. */
  readonly bots: readonly string[];
  readonly region: string;
  /** The name of the environment variable that holds the token. */
  readonly tokenEnv: string;
  readonly workflows: string;
}

export type InitOptions = Pick<Answers, 'bots'> & Partial<Answers>;

const DESIRED = 'blacklist.yaml';
const SCHEMA = 'schemas/blacklist.schema.json';
const WORKFLOWS = ['pull-request', 'merge', 'drift'];
/** The variable in the packaged workflows. */
const TOKEN_ENV = 'SINCH_WHATSAPP_TOKEN';

/** Creates the first files, or none if one exists, as the others may contradict it. */
export async function init(options: InitOptions, context: Context): Promise<InitReport> {
  refuseToOverwrite([{ name: DESIRED }, { name: SCHEMA }], context.files); // before any question
  const answers = await complete(options, context.ask);
  const files = filesFor(answers, context.files);
  refuseToOverwrite(files, context.files);
  context.files.createAll(files);
  const created = { files: files.map(({ name }) => ({ name })), next: nextSteps(answers) };
  return {
    kind: 'init',
    command: 'init',
    outcome: 'written',
    interrupted: false,
    ...created,
    warnings: [],
    errors: [],
  };
}

function refuseToOverwrite(wanted: readonly Pick<NewFile, 'name'>[], { exists }: Context['files']): void {
  const taken = wanted.map(({ name }) => name).filter((name) => exists(name));
  if (taken.length === 0) return;
  const [exist, them] = taken.length === 1 ? ['exists', 'it'] : ['exist', 'them'];
  const remedy = `move ${them}, or run init in another folder`;
  throw new InvalidError(`${taken.join(', ')}: already ${exist}, and init overwrites no file; ${remedy}`);
}

// ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Question {
  readonly flag: string;
  readonly words: string;
  readonly fallback?: string;
  /** Returns the error of an answer; null if it is right. */
  check(text: string): string | null;
}

/** Takes one of two answers. The first is the default. */
const oneOf = (...choices: readonly [string, string]) => ({
  fallback: choices[0],
  check: (text: string) => (choices.includes(text) ? null : `answer ${choices.join(' or ')}`),
});
const tokenVariable = { fallback: TOKEN_ENV, check: tokenEnvError };

const REGION = 'Region of the bots (eu1 or us1; for the Cloud API, accept eu1 and edit the file as it describes)';

const QUESTIONS: Readonly<Record<keyof Answers, Question>> = {
  bots: { flag: '--bot ID', words: 'Bot ids, separated by spaces', check: checkBots },
  region: { flag: '--region eu1|us1', words: REGION, ...oneOf('eu1', 'us1') },
  tokenEnv: { flag: '--token-env NAME', words: 'Environment variable that holds the token', ...tokenVariable },
  workflows: {
    flag: '--workflows github|none',
    words: 'Workflows to create (github or none)',
    ...oneOf('github', 'none'),
  },
};

function checkBots(text: string): string | null {
  const ids = idsIn(text);
  if (ids.length === 0) return 'enter at least one bot id';
  return ids.map(botIdError).find((fault) => fault !== null) ?? null;
}

const idsIn = (text: string) => text.split(/\s+/).filter(Boolean);

/** Takes answers from the options, and asks for the rest. */
async function complete({ bots, ...options }: InitOptions, ask: Context['ask']): Promise<Answers> {
  const given = { region: '', tokenEnv: '', workflows: '', ...options, bots: bots.join(' ') };
  const faults = [...bots.map(botIdError), given.tokenEnv && tokenEnvError(given.tokenEnv)].filter(Boolean);
  if (faults.length > 0) throw new InvalidError(faults.map((message) => ({ message: message! })));
  const missing = (Object.keys(QUESTIONS) as (keyof Answers)[]).filter((key) => given[key] === '');
  for (const key of missing) {
    const flags = missing.map((each) => QUESTIONS[each].flag).join(' ');
    if (!ask) throw new InvalidError(`cannot ask questions without a terminal; pass ${flags}`);
    given[key] = await askUntilRight(QUESTIONS[key], ask);
  }
  return { ...given, bots: [...new Set(idsIn(given.bots))] };
}

async function askUntilRight({ words, fallback = '', check }: Question, ask: NonNullable<Context['ask']>) {
  for (let wrong = ''; ; ) {
    const answer = await ask(`${wrong}${words}${fallback && ` [${fallback}]`}: `);
    if (answer === null) throw new InvalidError('no answer, so nothing was written; run init again');
    const text = answer || fallback;
    const fault = check(text);
    if (fault === null) return text;
    wrong = `${fault}\n`;
  }
}

// ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function filesFor(answers: Answers, files: Context['files']): readonly NewFile[] {
  const desired = { name: DESIRED, text: desiredText(answers) };
  const schema = { name: SCHEMA, text: files.readPackaged(SCHEMA) };
  if (answers.workflows === 'none') return [desired, schema];
  const workflows = WORKFLOWS.map((name) => ({
    name: `.github/workflows/blacklist-${name}.yml`,
    text: files.readPackaged(`examples/github/${name}.yml`).replaceAll(TOKEN_ENV, answers.tokenEnv),
  }));
  return [desired, schema, ...workflows];
}

function desiredText({ bots, region, tokenEnv }: Answers): string {
  const each = bots.map((id) => `  ${plain(id)}:\n    numbers: []\n`);
  return `# yaml-language-server: $schema=${SCHEMA}
#
# The numbers that each bot blocks. "blacklistctl apply" adds them to the live lists, and removes all other numbers.
version: 1

# These bots use Sinch's API, which was retired in 2023. For the WhatsApp Cloud API, replace the line of the region with
# "provider: whatsapp-cloud", and give each bot its "phoneNumberId".
defaults:
  region: ${region} # the region of the bots: eu1 or us1
  tokenEnv: ${tokenEnv} # the NAME of the environment variable; never write a token into a file

# "numbers: []" blocks no number. If a live list is not empty, run "blacklistctl import" first, which copies its numbers
# into this file. Until then, the guard refuses to empty the list.
bots:
${each.join('')}`;
}

function nextSteps({ bots, tokenEnv, workflows }: Answers): readonly string[] {
  const imported = bots.map((id) => `--bot ${id}`).join(' ');
  return [
    `export ${tokenEnv}=…`,
    `blacklistctl import ${imported} # copies the live numbers into ${DESIRED}, so that apply keeps them`,
    'blacklistctl plan # shows what apply would change',
    ...(workflows === 'none'
      ? []
      : [`gh secret set ${tokenEnv} # lets the workflows use the token; see docs/github.md`]),
  ];
}
