import { InvalidError } from '../../model/errors.ts';
import type { InitReport } from '../../model/report.ts';
import type { Context } from '../../steps/context.ts';
import type { NewFile } from '../../steps/files.ts';
import { type Answers, complete, type InitOptions } from './answers.ts';
import { DESIRED, desiredText, IGNORED, ignoreText, SCHEMA } from './texts.ts';
import { lacksAction, workflowsFor } from './workflows.ts';

const GITIGNORE = '.gitignore';

/** Creates the first files, or none if one exists, as the others may contradict it. */
export async function init(options: InitOptions, context: Context): Promise<InitReport> {
  const { files: disk } = context;
  refuseToOverwrite([{ name: DESIRED }, { name: SCHEMA }], disk); // before any question
  const answers = await complete(options, context.ask, () => lacksAction(disk.readPackaged));
  const files = filesFor(answers, disk);
  refuseToOverwrite(files, disk);
  const ignoring = ignoringStep(disk);
  const created = disk.exists(GITIGNORE) ? files : [...files, { name: GITIGNORE, text: ignoreText() }];
  disk.createAll(created);
  return {
    kind: 'init',
    command: 'init',
    outcome: 'written',
    interrupted: false,
    files: created.map(({ name }) => ({ name })),
    next: [...(ignoring === null ? [] : [ignoring]), ...nextSteps(answers), ...workflowSteps(answers, disk)],
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

function filesFor(answers: Answers, files: Context['files']): readonly NewFile[] {
  const desired = { name: DESIRED, text: desiredText(answers) };
  const schema = { name: SCHEMA, text: files.readPackaged(SCHEMA) };
  const { workflows, action } = answers;
  return [desired, schema, ...workflowsFor(workflows, action, variablesOf(answers), files.readPackaged)];
}

/** The variables with the tokens of all bots. */
function variablesOf({ shared, own }: Answers): readonly string[] {
  return [...new Set([shared, ...own.values()].flatMap(({ tokenEnv }) => tokenEnv ?? []))];
}

/**
 * Makes the command that adds the lines that .gitignore lacks; null if it has all. An existing file belongs to the user, so
 * init does not change it.
 */
function ignoringStep({ exists, readIfThere }: Context['files']): string | null {
  if (!exists(GITIGNORE)) return null;
  const text = readIfThere(GITIGNORE) ?? '';
  const there = new Set(text.split('\n').map((line) => line.trim()));
  const missing = IGNORED.filter((line) => !there.has(line));
  if (missing.length === 0) return null;
  const lines = /[^\n]$/.test(text) ? ['', ...missing] : missing; // ends the last line of the file first
  const words = lines.map((line) => `'${line}'`).join(' ');
  return `printf '%s\\n' ${words} >> ${GITIGNORE} # keeps files with phone numbers out of Git`;
}

function nextSteps(answers: Answers): readonly string[] {
  const imported = [...answers.own.keys()].map((id) => `--bot ${id}`).join(' ');
  const variables = variablesOf(answers);
  return [
    ...variables.map((name) => `export ${name}=…`),
    `blacklistctl import ${imported} # copies the live numbers into ${DESIRED}, so that apply keeps them`,
    'blacklistctl plan # shows what apply would change',
  ];
}

/** The steps that make the workflows run. */
function workflowSteps(answers: Answers, { readPackaged }: Context['files']): readonly string[] {
  const { workflows, action } = answers;
  const variables = variablesOf(answers);
  if (workflows === 'none') return [];
  if (workflows === 'gitlab') {
    const reason =
      '# lets the pipelines of protected branches use the token; see docs/gitlab.md in the package blacklistctl';
    return [
      'glab variable set BLACKLISTCTL_IMAGE … # the image that the jobs run in; to build it, see docs/gitlab.md in the clone of blacklistctl',
      ...variables.map((name) => `printf %s "$${name}" | glab variable set ${name} --masked --protected ${reason}`),
    ];
  }
  const fillIn = `"\${EDITOR:-vi}" .github/workflows/blacklist-*.yml # fill in the action; see docs/github.md in the package blacklistctl`;
  return [
    ...(action === undefined && lacksAction(readPackaged) ? [fillIn] : []),
    ...variables.map(
      (name) =>
        `gh secret set ${name} # lets the workflows use the token; see docs/github.md in the package blacklistctl`,
    ),
  ];
}
