/** The options with the settings of new bots. They come from the schema of the files, so that each provider has them. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  choicesOf,
  describeKey,
  isAllowed,
  isRetired,
  ownersOf,
  PLACE_KEYS,
  PROVIDER_KINDS,
} from '../../desired/schema/settings.ts';
import { flagOf, type NewBotOptions, valueNameOf } from '../../steps/options.ts';
import { action } from './arguments.ts';
import { choice, oneOf, repeatable } from './options.ts';

/**
 * @param initial what happens without the options, for the help.
 * @param initialOf the same of a single key.
 */
export function withSettings(command: Command, initial: string, initialOf = (_key: string) => initial): Command {
  const retired = PROVIDER_KINDS.filter(isRetired).join(' and ');
  command.addOption(
    choice('--provider <name>', `Set the API that stores the lists; ${retired} is retired`, PROVIDER_KINDS),
  );
  for (const key of PLACE_KEYS) command.addOption(placeOption(key, initialOf(key)));
  const token = 'Set the NAME of the environment variable that holds the token (repeat for each --bot)';
  return command.addOption(repeatable(`${flagOf('tokenEnv')} <${valueNameOf('tokenEnv')}>`, token, initial));
}

/** Adds the options about the workflows that init writes. */
export function withWorkflows(command: Command): Command {
  const which = 'Choose the CI system to create workflows for';
  return command
    .addOption(choice('--workflows <which>', which, ['github', 'gitlab', 'none']))
    .option('--action <owner/repo@commit>', 'Use this copy of the action in the workflows for GitHub', action);
}

function placeOption(key: string, initial: string): Option {
  const [clause = ''] = /^[^.,:;(]*/.exec(describeKey(key)!)!;
  const what = clause.charAt(0).toLowerCase() + clause.slice(1).trimEnd();
  const words = `Set ${what} (${ownersOf(key).join(', ')}; repeat for each --bot)`;
  const choices = choicesOf(key);
  const option = new Option(`${flagOf(key)} <${valueNameOf(key)}>`, words).default([], initial);
  if (choices) option.choices(choices);
  const parse = choices ? oneOf(choices) : matching(key);
  return option.argParser((text: string, before: readonly string[]) => [...before, parse(text)]);
}

function matching(key: string) {
  return (text: string) => {
    if (isAllowed(key, text)) return text;
    throw new InvalidArgumentError(describeKey(key)!);
  };
}

/** Collects the given settings of new bots. */
export function settingsOf(flags: Readonly<Record<string, unknown>>): NewBotOptions['settings'] {
  const given = [...PLACE_KEYS, 'tokenEnv'].map((key) => [key, flags[key] as readonly string[] | undefined] as const);
  return Object.fromEntries(given.flatMap(([key, values]) => (values?.length ? [[key, values]] : [])));
}
