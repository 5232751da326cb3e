/** Fills in the packaged workflows: the action, and the variables that hold tokens. */
import type { NewFile } from '../../steps/files.ts';

/** The name of the action in the examples until it is published. No user can register it. */
export const UNPUBLISHED = '_OWNER_/_REPOSITORY_@_COMMIT_';

/** The workflows that init can write. */
export const CHOICES = ['github', 'gitlab', 'none'];

/** The packaged file of each workflow, and the file that init writes. */
const FILES: Readonly<Record<string, readonly (readonly [example: string, name: string])[]>> = {
  github: ['pull-request', 'merge', 'drift'].map((name) => [
    `examples/github/${name}.yml`,
    `.github/workflows/blacklist-${name}.yml`,
  ]),
  gitlab: [['examples/gitlab/blacklist.gitlab-ci.yml', '.gitlab-ci.yml']],
  none: [],
};

/** The variable with a token in the packaged workflows: the usual one of the first provider that init offers. */
const EXAMPLE = 'WHATSAPP_CLOUD_TOKEN';
const EXAMPLE_LINE = new RegExp(`^( *)${EXAMPLE}: .*$`, 'gm');

/** A step that uses our action: its indentation, and its other lines. The examples use no other one but GitHub's. */
const STEP = /^( *)- uses: (?!actions\/)(\S+@\S+)(?: # v\S+)?\n((?:\1 .*\n)*)/gm;

/** Reports whether users must name an action, as the packaged workflows name none. */
export function lacksAction(readPackaged: (path: string) => string): boolean {
  return FILES.github!.some(([example]) => readPackaged(example).includes(UNPUBLISHED));
}

/**
 * Returns the workflows for one kind of CI.
 *
 * @param action OWNER/REPO@COMMIT; undefined for the published one. Without either, the steps fail, and say what to fill
 *   in: the first user who registers a name in them would receive the tokens.
 * @param variables the names of the variables with tokens
 */
export function workflowsFor(
  which: string,
  action: string | undefined,
  variables: readonly string[],
  readPackaged: (path: string) => string,
): readonly NewFile[] {
  return FILES[which]!.map(([example, name]) => {
    const text = withVariables(readPackaged(example), variables);
    const filled = text.replace(STEP, (step: string, indent: string, uses: string, rest: string) => {
      if (action !== undefined) return `${indent}- uses: ${action}\n${rest}`;
      return uses === UNPUBLISHED ? failingStep(indent, rest) : step;
    });
    return { name, text: filled };
  });
}

/** Replaces the variable of the examples: a line of GitHub's that sets it, and a condition of GitLab. */
function withVariables(text: string, variables: readonly string[]): string {
  return text
    .replace(EXAMPLE_LINE, (_, indent: string) =>
      variables.map((name) => `${indent}${name}: \${{ secrets.${name} }}`).join('\n'),
    )
    .replaceAll(`$${EXAMPLE}`, () => variables.map((name) => `$${name}`).join(' && '));
}

/** The words by which users find the steps that they must complete. */
const FILL_IN =
  'fill in the action: replace this step by the commented one below it, with OWNER/REPO@COMMIT of your copy';

function failingStep(indent: string, rest: string): string {
  const lines = [
    '- uses: OWNER/REPO@COMMIT',
    ...rest
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(indent.length)),
  ];
  const commented = lines.map((line) => `${indent}# ${line}\n`).join('');
  const script = [`echo "::error title=blacklistctl::${FILL_IN}"`, 'exit 1'];
  return `${indent}- run: |\n${script.map((line) => `${indent}    ${line}\n`).join('')}${commented}`;
}
