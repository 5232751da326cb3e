import { Command, type ErrorOptions } from 'commander';
import { nearest } from '../../model/did-you-mean.ts';
import { mayHaveNumber } from '../../numbers/hidden.ts';
import { COMMAND_ANSWERS, COMMAND_HABITS, OPTION_ANSWERS, OPTION_HABITS } from './habits.ts';

/** A command whose errors suggest what the user may have meant, and name the command that prints the help. */
export class HelpfulCommand extends Command {
  override createCommand(name?: string): HelpfulCommand {
    return new HelpfulCommand(name);
  }

  /** Prints an error and throws a CommanderError. All errors of commander pass through here. */
  override error(message: string, options: ErrorOptions = {}): never {
    this.showHelpAfterError(`See "${pathOf(this)} --help".`);
    return super.error(`error: ${worded(this, message.replace(/^error: /, ''), options.code)}`, options);
  }

  unknownWord(word: string): never {
    const isFirst = this.parent === null;
    const answer = isFirst ? COMMAND_ANSWERS[word.toLowerCase()] : undefined;
    const habit = isFirst ? COMMAND_HABITS[word.toLowerCase()] : undefined;
    const meant = habit ?? nearest(word, [...this.commands.map(nameOf), ...(isFirst ? ['help'] : [])]);
    const typed = isFirst ? word : `${this.name()} ${word}`;
    return this.error(`unknown command "${typed}"${answer ? `; ${answer}` : suggestion(meant)}`);
  }
}

const nameOf = (command: Command) => command.name();

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

const suggestion = (meant: string | null | undefined) => (meant ? `; did you mean ${meant}?` : '');

/** Rewords the messages of commander. */
function worded(command: Command, message: string, code = ''): string {
  const quoted = Array.from(message.matchAll(/'([^']*)'/g), ([, text]) => text!);
  const [first = '', value = ''] = quoted;
  if (code === 'commander.unknownOption') return unknownOption(command, first.split('=')[0]!);
  if (code === 'commander.optionMissingArgument') return `${first} needs a value`;
  if (code === 'commander.missingArgument') {
    const { description = '', argChoices } = command.registeredArguments.find((one) => one.name() === first) ?? {};
    const words = argChoices ? `one of ${argChoices.join(', ')}` : lowerFirst(description);
    return `missing argument <${first}>: ${words}`;
  }
  if (code === 'commander.excessArguments') {
    const [, most = '0', given = ''] = /Expected (\d+) .* got (\d+)/.exec(message) ?? [];
    const [word = ''] = command.args;
    if (command.commands.length > 0) {
      return `unknown command "${command.name()} ${word}"${suggestion(nearest(word, command.commands.map(nameOf)))}`;
    }
    if (most === '0') return `${command.name()} takes no arguments`;
    return `${command.name()} takes at most ${most} ${most === '1' ? 'argument' : 'arguments'}, not ${given}`;
  }
  if (code !== 'commander.invalidArgument') return message;
  const option = command.options.find(({ flags }) => flags === first);
  const [name, wrong] = option ? [option.long ?? first, value] : [`<${value}>`, first];
  const [, takes = message, hint = ''] = /is invalid(?: for argument '[^']*')?\. (.*?)(; .*)?$/s.exec(message) ?? [];
  const given = mayBeMasked(wrong) ? '' : `, not "${wrong}"`;
  return `${name} takes ${takes.replace(/^Allowed choices are (.*)\.$/, 'one of $1')}${given}${hint}`;
}

/**
 * Reports whether output may mask a value as a phone number: the message would quote what the user did not type. Output
 * masks no day, but the rest of a text that only begins with one.
 */
function mayBeMasked(value: string): boolean {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(value);
  return !isDay && (mayHaveNumber(value) || mayHaveNumber(value.replaceAll('-', '')));
}

function unknownOption(command: Command, flag: string): string {
  const name = flag.replace(/^-+/, '');
  const known = command.options.map(({ long }) => long ?? '');
  const has = (option: string) => known.includes(option.split(' ')[0]!);
  const near = nearest(name, [...known.map((long) => long.slice(2)), 'help']);
  const meant = OPTION_HABITS[name]?.find(has) ?? (near === null ? null : `--${near}`);
  const answer = OPTION_ANSWERS[name];
  return `unknown option ${flag}${meant || !answer ? suggestion(meant) : `; ${answer}`}`;
}
