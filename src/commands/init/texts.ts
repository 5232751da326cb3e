/** The texts of the files that init writes. */
import { scalar } from '../../desired/edit/text.ts';
import { choicesOf, describeProvider } from '../../desired/schema/settings.ts';
import type { Answers } from './answers.ts';

export const DESIRED = 'blacklist.yaml';
export const SCHEMA = 'schemas/blacklist.schema.json';

/** The lines of .gitignore, with the names that the documentation uses for plans, reports, metrics and states. */
export const IGNORED: readonly string[] = [
  ...['plan*.json', '*.plan.json', 'report*.json', '*.report.json', 'report*.html', 'drift*.json', '*.drift.json'],
  ...['apply*.json', 'list*.json', 'state*.json', '*.prom', '.*.tmp'],
];

export function ignoreText(): string {
  const head = '# These output files of blacklistctl contain phone numbers. Do not commit them.';
  return [head, ...IGNORED, ''].join('\n');
}

export function desiredText({ provider, shared, own }: Answers): string {
  const defaults = Object.entries(shared).map(([key, value]) => `  ${key}: ${scalar(value)}${commentOn(key)}\n`);
  const bots = Array.from(own, ([id, settings]) => {
    const lines = Object.entries(settings).map(([key, value]) => `    ${key}: ${scalar(value)}\n`);
    return `  ${scalar(id)}:\n${lines.join('')}    numbers: []\n`;
  });
  return `# yaml-language-server: $schema=${SCHEMA}
#
# The numbers that each bot blocks. "blacklistctl apply" adds them to the live lists, and removes all other numbers.
version: 1

# ${describeProvider(provider)}
defaults:
  provider: ${scalar(provider)}
${defaults.join('')}
# "numbers: []" blocks no number. If a live list is not empty, run "blacklistctl import" first, which copies its numbers
# into this file. Until then, the guard refuses to empty the list.
bots:
${bots.join('')}`;
}

function commentOn(key: string): string {
  if (key === 'tokenEnv') return ' # the NAME of the environment variable; never write a token into a file';
  const choices = choicesOf(key);
  return choices ? ` # ${choices.join(' or ')}` : '';
}
