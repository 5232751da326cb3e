import { plain } from '../desired/edit/text.ts';
import { InvalidError } from '../model/errors.ts';
import type { InitReport } from '../model/report.ts';
import type { Context } from '../steps/context.ts';
import type { NewFile } from '../steps/files.ts';

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
/** What the packaged workflows call the variable. */
const TOKEN_ENV = 'SINCH_WHATSAPP_TOKEN';

/** Writes the first files, or none if one exists, as cargo and tsc do: half of them would not fit the user's own. */
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
  const [verb, it] = taken.length === 1 ? ['exists', 'it'] : ['exist', 'them'];
  const why = `${verb} already; init overwrites nothing and wrote nothing; move ${it} away, or start in another folder`;
  throw new InvalidError(`${taken.join(', ')}: ${why}`);
}

// ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Question {
  readonly flag: string;
  readonly words: string;
  readonly fallback?: string;
  /** @returns what is wrong with an answer. */
  check(text: string): string | null;
}

/** The first choice is the fallback. */
const oneOf = (...choices: readonly [string, string]) => ({
  fallback: choices[0],
  check: (text: string) => (choices.includes(text) ? null : `it is one of: ${choices.join(', ')}`),
});
const tokenVariable = { fallback: TOKEN_ENV, check: checkTokenEnv };

const QUESTIONS: Readonly<Record<keyof Answers, Question>> = {
  bots: { flag: '--bot ID', words: 'Bot ids, with spaces between them', check: checkBots },
  region: { flag: '--region eu1|us1', words: 'Region of the bots, eu1 or us1', ...oneOf('eu1', 'us1') },
  tokenEnv: { flag: '--token-env NAME', words: 'Environment variable that holds the token', ...tokenVariable },
  workflows: { flag: '--workflows github|none', words: 'Workflows, github or none', ...oneOf('github', 'none') },
};

function checkBots(text: string): string | null {
  const ids = idsIn(text);
  if (ids.length === 0) return 'at least one bot id is needed';
  return ids.map(checkBot).find((fault) => fault !== null) ?? null;
}

const idsIn = (text: string) => text.split(/\s+/).filter(Boolean);

function checkBot(id: string): string | null {
  const rule = 'a bot id has 1 to 64 of A-Z a-z 0-9 . _ - and is not dots alone';
  return /^(?!\.+$)[A-Za-z0-9._-]{1,64}$/.test(id) ? null : `the bot id "${id}" is not allowed; ${rule}`;
}

function checkTokenEnv(text: string): string | null {
  const ok = /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
  return ok ? null : 'the token variable is the NAME of an environment variable, never a token'; // without the value
}

/** Takes the answers from the options, and asks for the others. */
async function complete({ bots, ...options }: InitOptions, ask: Context['ask']): Promise<Answers> {
  const given = { region: '', tokenEnv: '', workflows: '', ...options, bots: bots.join(' ') };
  const faults = [...bots.map(checkBot), given.tokenEnv && checkTokenEnv(given.tokenEnv)].filter(Boolean);
  if (faults.length > 0) throw new InvalidError(faults.map((message) => ({ message: message! })));
  const missing = (Object.keys(QUESTIONS) as (keyof Answers)[]).filter((key) => given[key] === '');
  for (const key of missing) {
    const flags = missing.map((each) => QUESTIONS[each].flag).join(' ');
    if (!ask) throw new InvalidError(`there is no terminal to ask on; add ${flags}`);
    given[key] = await askUntilRight(QUESTIONS[key], ask);
  }
  return { ...given, bots: [...new Set(idsIn(given.bots))] };
}

async function askUntilRight({ words, fallback = '', check }: Question, ask: NonNullable<Context['ask']>) {
  for (let wrong = ''; ; ) {
    const answer = await ask(`${wrong}${words}${fallback && ` [${fallback}]`}: `);
    if (answer === null) throw new InvalidError('not answered: nothing was written');
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
# The numbers that each bot must block. What is on a live list and not in here, "blacklistctl apply" removes.
version: 1

defaults:
  region: ${region} # eu1 or us1: where the bots live
  tokenEnv: ${tokenEnv} # the NAME of the variable; a token never stands in a file

# "numbers: []" means: block nobody. If a live list is not empty, bring its numbers in here first, with
# "blacklistctl import"; until then apply refuses to empty it.
bots:
${each.join('')}`;
}

function nextSteps({ bots, tokenEnv, workflows }: Answers): readonly string[] {
  const imported = bots.map((id) => `--bot ${id}`).join(' ');
  return [
    `export ${tokenEnv}=…`,
    `blacklistctl import ${imported} # what is live already belongs into ${DESIRED}, or apply would remove it`,
    'blacklistctl plan # what apply would write',
    ...(workflows === 'none' ? [] : [`gh secret set ${tokenEnv} # for the workflows; docs/github.md says more`]),
  ];
}
