/** Words warnings. Masks each number and foreign text on its own, so that no other digits are masked. */
import type { Fault } from '../../model/fault.ts';
import type { Sample, Warning, WarningCode, WarningOf } from '../../model/warnings.ts';
import type { Sanitizer } from '../voice/index.ts';
import { placeWords, plural } from './text.ts';

/** Words a warning, or a fault that already has a message. */
export function warningWords(warning: Warning | Fault, clean: Sanitizer): string {
  const end = warning.decrypted ? ' (decrypted)' : '';
  if ('message' in warning) {
    const number = warning.number === undefined ? '' : `${clean.number(warning.number)} `;
    return number + clean.text(warning.message) + end;
  }
  const words = WORDS[warning.code] as (warning: Warning, clean: Sanitizer) => string; // each by its own code
  return (warning.bot === undefined ? '' : `${clean.name(warning.bot)}: `) + words(warning, clean) + end;
}

const WORDS: { readonly [Code in WarningCode]: (warning: WarningOf<Code>, clean: Sanitizer) => string } = {
  'W-DUPLICATE': repeatWords,
  'W-EMPTY-FILE': () => 'this file contains no numbers; check that it is complete',
  'W-QUOTED-ROW': ({ count, opens }) => {
    const [more, its] =
      count === 1
        ? ['looks like a row but is', 'its number is']
        : [`and ${count - 1} more look like rows but are`, 'their numbers are'];
    return `this line ${more} in quotes that open on line ${opens}, so ${its} not read; check for a missing quote`;
  },
  'W-NO-PLUS': ({ count, callingCode, country }) => {
    const code = callingCode === null ? 'with a country code that does not exist' : `(+${callingCode})`;
    const land = country === null ? '' : `of ${new Intl.DisplayNames(['en'], { type: 'region' }).of(country)} `;
    const read = `read as a number ${land}${code}; write`;
    return count === 1
      ? `this number has no + and is ${read} it with + and its country code`
      : `this number and ${count - 1} more have no +, and this one is ${read} each with + and its country code`;
  },
  'W-IMPOSSIBLE-NUMBER': doubtWords(
    'not valid according to libphonenumber, because of the length or a 0 after the country code',
  ),
  'W-INVALID-NUMBER': doubtWords('not valid according to libphonenumber'),
  'W-EXPIRED': (dated, clean) => {
    if ('more' in dated) return `${othersOf(dated.what, dated.more)} ${dated.more === 1 ? 'has' : 'have'} expired`;
    const then = dated.what === 'entry' ? '' : ', so it no longer ignores numbers';
    return `the ${dated.what} has expired (last day ${clean.name(dated.last)})${then}; remove it, or give it a later day`;
  },
  'W-EXPIRING': (dated, clean) => {
    if ('more' in dated) return `${othersOf(dated.what, dated.more)} ${dated.more === 1 ? 'expires' : 'expire'} soon`;
    const { what, last, days } = dated;
    const soon = days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;
    return `the ${what} expires ${soon} (last day ${clean.name(last)}); give it a later day to keep it`;
  },
  'W-UNUSED-LIST': ({ list }, clean) =>
    `no bot uses the list "${clean.name(list)}", so it blocks no number; add it to the "lists" of a bot, or remove it`,
  'W-NUMBER-NAME': ({ what, name }, clean) =>
    `the ${what} "${clean.name(name)}" has a name that may be a phone number, and reports never mask names; give it another name`,
  'W-SAME-USER': ({ count }) => {
    const remedy = 'if they are two people, correct the waId, or one of them may never be blocked';
    return count === 1
      ? `this waId is the number of another entry, so both entries count as one user; ${remedy}`
      : `this waId and ${count - 1} more are numbers of other entries, so each pair of entries counts as one user; ${remedy}`;
  },
  'W-API-VERSION': ({ version, newer, last, days }, clean) => {
    const name = clean.text(version);
    const when = last === null ? '' : ` (last day ${last})`;
    const remedy = `set "apiVersion" to a newer one, such as ${newer}`;
    if (last === null || days < 0) return `the Graph API no longer has the version ${name}${when}; ${remedy}`;
    const soon = days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;
    return `the version ${name} of the Graph API ends ${soon} (last day ${last}); ${remedy}`;
  },
  'W-PROTECTED': (kept, clean) => {
    const stay =
      kept.count === 1 ? 'is not declared but stays, because it is' : 'are not declared but stay, because they are';
    const which = `${plural(kept.count, 'live number')} ${stay} protected (${samples(kept, clean)})`;
    return `${which}; to remove ${kept.count === 1 ? 'it' : 'them'}, first remove "protected" from the entry`;
  },
  'W-LIVE-REPEATS': ({ count, of }) =>
    of === 'entries'
      ? `the live list repeats ${entries(count)}; each number counts once`
      : `the live list contains ${plural(count, 'number')} more than once; each counts once`,
  'W-LIVE-FOREIGN': ({ count }) =>
    `the live list contains ${entries(count)} without a phone number; ${count === 1 ? 'it is' : 'they are'} never removed`,
  'W-OTHER-WRITER': (strange, clean) =>
    `after the writes, the live list differs from the plan in ${plural(strange.count, 'number')} (${samples(strange, clean)}). Another run or a person may have changed the list, or the API returned an older copy. Run plan to check.`,
  'W-NOT-LIVE': (absent, clean) => {
    const [are, them] = absent.count === 1 ? ['is', 'it'] : ['are', 'them'];
    if ('from' in absent) {
      const which = `${plural(absent.count, 'number')} declared for ${clean.name(absent.from)}`;
      const so = absent.count === 1 ? 'so it was' : 'so they were';
      return `${which} ${are} not live, ${so} not imported (${samples(absent, clean)})`;
    }
    const then = absent.adds ? `the next apply adds ${them}` : `the policy remove-only never adds ${them}`;
    return `${plural(absent.count, 'declared number')} ${are} not live (${samples(absent, clean)}); ${then}`;
  },
  'W-EXPIRED-LIVE': (live, clean) => {
    const one = live.count === 1;
    const which = one ? 'number of 1 expired entry is' : `numbers of ${live.count} expired entries are`;
    const then = live.removes ? `; the next apply removes ${one ? 'it' : 'them'}` : '';
    return `the ${which} still live but not imported again (${samples(live, clean)})${then}`;
  },
  'W-IGNORED-IMPORT': (left, clean) => {
    const by = left.rulesOf === undefined ? '' : ` by the rules of ${clean.name(left.rulesOf)}`;
    return `${numbersAre(left, 'live ')} ignored${by} and not imported (${samples(left, clean)})`;
  },
  'W-BARE-IMPORT': (bare, clean) => {
    const which = `${numbersAre(bare)} imported from ${clean.name(bare.from)} (${samples(bare, clean)})`;
    const remedy = 'to keep the details, undo the import and first give this bot the same lists and entries';
    return `${which} without the details that the files declare (${bare.keys.join(', ')}); ${remedy}`;
  },
  'W-BASE-ABSENT': ({ ref, paths }, clean) => {
    const shown = paths.map((path) => `"${clean.file(path)}"`).join(', ');
    return `--base ${clean.name(ref)}: the commit does not contain ${shown} (links and submodules are not followed), so the plan cannot mark drift for the bots in ${shown}`;
  },
  'W-BASE-INVALID': ({ ref, fault }, clean) => {
    const where = fault.place ? `${clean.file(fault.place.file)}:${fault.place.line}: ` : '';
    return `--base ${clean.name(ref)}: the files of that commit are not valid (${where}${warningWords(fault, clean)}), so the plan shows neither which changes are drift nor which settings changed`;
  },
  'W-SINCE-ABSENT': ({ file }, clean) =>
    `${clean.file(file)}: no earlier report exists, so this first run cannot mark what is new`,
  'W-SINCE-LEFT-OUT': ({ file, bots }, clean) =>
    `${clean.file(file)}: contains differences or live numbers of ${bots.map(clean.name).join(', ')}, which this run does not read, so the new report omits them; use a separate file for each --bot or --shard`,
  'W-NOT-VERIFIED': () =>
    'the plan was not verified, because the tokens of its bots are not set; set them to verify the plan',
  'W-NO-TOKENS': ({ encrypted }, clean) => {
    const files = encrypted.map(clean.file).join(', ');
    const but = encrypted.length > 0 ? ` except the encrypted ${files}` : '';
    return `this pull request is from a fork or Dependabot and gets no secrets, so nothing was planned; the files were checked${but}`;
  },
  'W-ENCRYPTED-SKIPPED': ({ file }, clean) => `${clean.file(file)}: is encrypted, so it was not formatted`,
};

function repeatWords(repeats: WarningOf<'W-DUPLICATE'>, clean: Sanitizer): string {
  if ('count' in repeats) {
    const { count, first } = repeats;
    const which = count === 1 ? 'the number appears' : `this number and ${count - 1} more appear`;
    return `${which} more than once in this file, first on line ${first}; ${count === 1 ? 'it' : 'each'} counts once`;
  }
  if ('spellings' in repeats) {
    const { spellings } = repeats;
    const repeat = spellings === 1 ? 'repeats a WhatsApp user' : 'repeat WhatsApp users';
    return `from this line on, ${plural(spellings, 'more number')} of this file ${repeat} in another spelling; remove one spelling of each`;
  }
  if ('spelling' in repeats) {
    const [number, other] = [clean.number(repeats.spelling), clean.number(repeats.of)];
    return `${number} is the same WhatsApp user as ${other} at ${placeWords(repeats.at, clean)}; remove one of the two`;
  }
  const name = clean.name(repeats.name);
  return 'more' in repeats
    ? `from this line on, ${repeats.more} more ${entryNoun(repeats.more)} of "${name}" ${repeats.more === 1 ? 'repeats a number' : 'repeat numbers'}; each number counts once`
    : `the number appears twice in "${name}", first on line ${repeats.first}; it counts once`;
}

const othersOf = (what: string, more: number) =>
  `from this line on, ${more} more ${what === 'entry' ? entryNoun(more) : more === 1 ? what : `${what}s`} of this file`;

function doubtWords(what: string) {
  return (sample: Sample, clean: Sanitizer) =>
    `${numbersAre(sample)} ${what} (${samples(sample, clean)}); check for a missing or wrong digit, because the server may reject ${sample.count === 1 ? 'it' : 'them'}`;
}

/** Words a count with its verb: `1 number is`. */
const numbersAre = ({ count }: Sample, kind = '') => `${plural(count, `${kind}number`)} ${count === 1 ? 'is' : 'are'}`;

/** Lists all numbers of a sample, or `such as` its first ones. */
function samples({ count, numbers }: Sample, clean: Sanitizer): string {
  return (count > numbers.length ? 'such as ' : '') + Array.from(clean.order(numbers), clean.number).join(', ');
}

const entries = (count: number) => `${count} ${entryNoun(count)}`;

const entryNoun = (count: number) => (count === 1 ? 'entry' : 'entries');
