/** Warnings in words. Numbers and foreign text are made safe one by one, so that nothing else is masked. */
import type { Fault } from '../../model/fault.ts';
import type { Sample, Warning, WarningCode, WarningOf } from '../../model/warnings.ts';
import type { Sanitizer } from '../voice/index.ts';
import { plural } from './text.ts';

/** A warning, or what was worded where it was found. */
export function warningWords(warning: Warning | Fault, clean: Sanitizer): string {
  const end = warning.decrypted ? ' (decrypted)' : '';
  if ('message' in warning) {
    const number = warning.number === undefined ? '' : `${clean.number(warning.number)} `;
    return number + clean.text(warning.message) + end;
  }
  const words = WORDS[warning.code] as (warning: Warning, clean: Sanitizer) => string; // each by its own code
  return (warning.bot === undefined ? '' : `${clean.text(warning.bot)}: `) + words(warning, clean) + end;
}

const WORDS: { readonly [Code in WarningCode]: (warning: WarningOf<Code>, clean: Sanitizer) => string } = {
  'W-DUPLICATE': repeatWords,
  'W-EMPTY-FILE': () => 'this file holds no number',
  'W-QUOTED-ROW': ({ count, opens }) => {
    const more = count === 1 ? 'looks like a row, and stands' : `and ${count - 1} more look like rows, and stand`;
    const its = count === 1 ? 'its number is' : 'their numbers are';
    return `this line ${more} in quotes, which open in line ${opens}: ${its} not read; is a quote missing?`;
  },
  'W-NO-PLUS': ({ count, callingCode, country }) => {
    const code = callingCode === null ? 'with a country code that does not exist' : `(+${callingCode})`;
    const land = country === null ? '' : `of ${new Intl.DisplayNames(['en'], { type: 'region' }).of(country)} `;
    const read = `read as a number ${land}${code}; write`;
    return count === 1
      ? `this number has no +, and is ${read} it with + and its country code`
      : `this number and ${count - 1} more have no +, and this one is ${read} each with + and its country code`;
  },
  'W-IMPOSSIBLE-NUMBER': doubtWords(
    'of a length that no number of their country has, or with a 0 too many behind the country code,',
  ),
  'W-INVALID-NUMBER': doubtWords('not valid'),
  'W-EXPIRED': (dated, clean) => {
    if ('more' in dated) return `${othersOf(dated.what, dated.more)} have expired`;
    const then = dated.what === 'entry' ? '' : '; it leaves nothing alone any more';
    return `the ${dated.what} has expired: its last day was ${clean.text(dated.last)}${then}`;
  },
  'W-EXPIRING': (dated, clean) => {
    if ('more' in dated) return `${othersOf(dated.what, dated.more)} expire`;
    const { what, last, days } = dated;
    const soon = days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;
    return `the ${what} expires: its last day is ${clean.text(last)}, ${soon}`;
  },
  'W-UNUSED-LIST': ({ list }, clean) => `no bot takes the list "${clean.text(list)}", so its numbers block nobody`,
  'W-SAME-USER': ({ count }) => {
    const remedy = 'correct the waId if they are two people, as one of them may never be blocked';
    return count === 1
      ? `this waId is the number of another entry, so both count as one user; ${remedy}`
      : `this waId and ${count - 1} more are numbers of other entries, so each two count as one user; ${remedy}`;
  },
  'W-PROTECTED': (kept, clean) => {
    const stay = kept.count === 1 ? 'stays because it is' : 'stay because they are';
    return `${numbersAre(kept)} live and not desired, and ${stay} protected, ${suchAs(kept, clean)}`;
  },
  'W-LIVE-REPEATS': ({ count, of }) =>
    of === 'entries'
      ? `the live list repeats ${entries(count)}; each number counts once`
      : `the live list holds ${plural(count, 'number')} twice; each counts once`,
  'W-LIVE-FOREIGN': ({ count }) =>
    `the live list holds ${entries(count)} without a phone number; they are never removed`,
  'W-OTHER-WRITER': (strange, clean) =>
    `after the writes the live list differs from the plan in ${plural(strange.count, 'number')}, ${suchAs(strange, clean)}; another run or a person may have written to it, or it is an older copy: run plan to check`,
  'W-NOT-LIVE': (absent, clean) => {
    const [number, examples] = [plural(absent.count, 'number'), suchAs(absent, clean)];
    const [are, them] = absent.count === 1 ? ['is', 'it'] : ['are', 'them'];
    if ('from' in absent)
      return `of ${clean.text(absent.from)}: ${number} that the files give it ${are} not live there, and not imported, ${examples}`;
    const then = absent.adds ? `the next apply adds ${them}` : `the policy remove-only leaves ${them} so`;
    return `${number} of the files ${are} not live, ${examples}: ${then}`;
  },
  'W-EXPIRED-LIVE': (live, clean) => {
    const which = live.count === 1 ? 'number of 1 expired entry is' : `numbers of ${live.count} expired entries are`;
    const then = live.removes ? '; the next apply removes what has expired' : '';
    return `the ${which} still live, and not imported again, ${suchAs(live, clean)}${then}`;
  },
  'W-IGNORED-IMPORT': (left, clean) => {
    const by = left.rulesOf === undefined ? '' : ` by the rules of ${clean.text(left.rulesOf)}`;
    return `${numbersAre(left, 'live ')} ignored${by}, and not imported, ${suchAs(left, clean)}`;
  },
  'W-BARE-IMPORT': (bare, clean) => {
    const come = `${plural(bare.count, 'number')} ${bare.count === 1 ? 'comes' : 'come'}`;
    return `of ${clean.text(bare.from)}: ${come} without what the files say there (${bare.keys.join(', ')}), ${suchAs(bare, clean)}; to keep that, undo this import, and give the bot the same lists and entries first`;
  },
  'W-BASE-ABSENT': ({ ref, paths }, clean) =>
    `--base ${clean.text(ref)}: that commit has nothing at ${paths.map(clean.file).join(', ')} (a link or a submodule on the way is not followed), so all changes there count as config`,
  'W-BASE-INVALID': ({ ref, fault }, clean) => {
    const where = fault.place ? `${clean.file(fault.place.file)}:${fault.place.line}: ` : '';
    return `--base ${clean.text(ref)}: the files were not valid then (${where}${warningWords(fault, clean)}), so config and drift are not told apart, and no changed setting is shown`;
  },
  'W-SINCE-ABSENT': ({ file }, clean) =>
    `${clean.file(file)}: there is no earlier report, so this is the first run: every difference is new`,
  'W-SINCE-LEFT-OUT': ({ file, bots }, clean) =>
    `${clean.file(file)}: also contains differences or live numbers of ${bots.map(clean.text).join(', ')}, which this run does not read; its report omits them`,
  'W-NOT-VERIFIED': () => 'not verified: the tokens of its bots are not in the environment',
  'W-NO-TOKENS': ({ encrypted }, clean) => {
    const files = encrypted.map(clean.file).join(', ');
    const but = encrypted.length > 0 ? ` except the encrypted ${files}` : '';
    return `this pull request comes from a fork or from Dependabot and gets no secrets: the files were checked${but}, and nothing was planned`;
  },
  'W-ENCRYPTED-SKIPPED': ({ file }, clean) => `${clean.file(file)}: is encrypted and was left as it is`,
};

function repeatWords(repeats: WarningOf<'W-DUPLICATE'>, clean: Sanitizer): string {
  if ('count' in repeats) {
    const { count, first } = repeats;
    const which = count === 1 ? 'the number stands' : `this number and ${count - 1} more stand`;
    return `${which} more than once in this file, first in line ${first}; ${count === 1 ? 'it' : 'each'} counts once`;
  }
  const name = clean.text(repeats.name);
  return 'more' in repeats
    ? `from here on, ${repeats.more} more of the entries of "${name}" repeat numbers; each counts once`
    : `the number stands twice for "${name}", first in line ${repeats.first}; it counts once`;
}

const othersOf = (what: string, more: number) =>
  `from here on, ${more} more of the ${what === 'entry' ? 'entries' : 'ignore rules'} of this file`;

function doubtWords(what: string) {
  return (sample: Sample, clean: Sanitizer) =>
    `${numbersAre(sample)} ${what} to libphonenumber, ${suchAs(sample, clean)}; the server may reject them`;
}

/** `1 number is`. */
const numbersAre = ({ count }: Sample, kind = '') => `${plural(count, `${kind}number`)} ${count === 1 ? 'is' : 'are'}`;

const suchAs = ({ numbers }: Sample, clean: Sanitizer) => `such as ${numbers.map(clean.number).join(', ')}`;

const entries = (count: number) => `${count} ${count === 1 ? 'entry' : 'entries'}`;
