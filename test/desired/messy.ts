/**
 * Makes files of desired state in many styles: every form that YAML has, with comments and blanks in every
 * place.
 */
import { type ParsedFile, parseYaml } from '../../src/desired/yaml/parse.ts';
import { parseWritten } from '../../src/numbers/written.ts';
import * as fc from '../fast-check.ts';
import { loadDesired } from './load.ts';

/** The next choice of this many, in an order of fast-check. */
export type Pick = (choices: number) => number;

export const pick = fc.infiniteStream(fc.nat()).map(
  (stream): Pick =>
    (choices) =>
      stream.next().value % choices,
);

export interface MessyBot {
  readonly id: string;
  readonly numbers: readonly number[];
}

const number = fc.oneof(
  fc.integer({ min: 447_700_900_000, max: 447_700_900_020 }), // a small range, so that bots share numbers
  fc.integer({ min: 1_000_000, max: 999_999_999_999_999 }),
);
const id = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,12}$/),
  fc.constantFrom('__proto__', 'constructor', '0123', '1e3', 'null', 'true', '10', '9', '-', '.a'),
);
export const numbers = fc.uniqueArray(number, { maxLength: 12 });
export const bots = fc.uniqueArray(fc.record({ id, numbers }), { selector: (bot) => bot.id, maxLength: 5 });

export const TODAY = '2026-06-15';

/** Files without errors. */
export const messyFiles = fc
  .tuple(bots, pick)
  .map(([list, choice]) => writeMessy(list, choice))
  .filter((text) => loadDesired([{ name: 'f', text }], TODAY).faults.length === 0);

/** The values of a file, with the numbers of its long runs in their places. */
export function valuesIn(text: string): unknown {
  const { value, parts } = parseYaml({ name: 'f', text }) as ParsedFile;
  const lists = new Map(parts.all.map(({ numbers: { path, items } }) => [path.join('/'), items]));
  const whole = (part: unknown, ...path: readonly string[]): unknown => {
    if (Array.isArray(part)) {
      const items = lists.get(path.join('/'));
      return part.flatMap((item, at) => {
        const run = items?.[at]?.run;
        return run ? Array.from(run.numbers, (number) => `+${number}`) : [whole(item, ...path, String(at))];
      });
    }
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, whole(each, ...path, key)]));
  };
  return whole(value);
}

/** Returns all values of a file, with numbers as numbers. */
export function meaningOf(text: string): unknown {
  return JSON.parse(JSON.stringify(valuesIn(text)), function (this: unknown, key, item) {
    if (typeof item !== 'string' || !(key === 'number' || key === 'waId' || Array.isArray(this))) return item;
    const number = parseWritten(item);
    return typeof number === 'number' ? number : item;
  });
}

/** Finds the comments of a file in order. Assumes that no text of the file looks like a comment. */
export const commentsOf = (text: string) => [...text.matchAll(/(?<=^|\s)#.*$/gm)].map(([comment]) => comment.trimEnd());

/** Writes one file, with some repeated numbers and expired entries. One file of ten has an error. */
export function writeMessy(list: readonly MessyBot[], pick: Pick): string {
  const lines: string[] = [];
  const some = (max: number) => ' '.repeat(pick(max + 1));
  const tail = () => ['', '', '', ' ', '  ', '\t', ' # note', '   # "+447700900000" ', " # - x: [ { ' "][pick(9)]!;
  const tag = (kind: 'map' | 'seq') => (pick(6) === 0 ? `!!${kind} ` : '');
  /** Adds comments and blank lines, which are allowed between any lines. */
  function noise(kinds = 5): void {
    while (pick(4) === 0) {
      lines.push(['', '  ', '#', `${some(12)}# about`, `${some(12)}#- "+447700900123"  `][pick(kinds)]!);
    }
  }
  function line(text: string): void {
    noise();
    lines.push(text + tail());
  }

  /** Writes a text in one of the YAML styles. `indent` is the column of its key or item; further lines are deeper. */
  function text(words: readonly string[], indent: number, head: string, isNumber = false): void {
    const deep = ' '.repeat(indent + 1 + pick(4));
    const whole = words.join(' ');
    noise();
    switch (pick(words.length > 1 ? 8 : 4)) {
      case 0:
        return void lines.push(`${head}'${whole}'${tail()}`);
      case 1:
        return void lines.push(`${head}"${whole}"${tail()}`);
      case 2:
        lines.push(`${head}${['', '# a note ', ''][pick(3)]!}`.trimEnd());
        noise(2); // not a comment: the parser would read the next item as text, which is refused
        return void lines.push(`${deep}${whole}${tail()}`);
      case 3:
        return void lines.push(`${head}${whole}${tail()}`);
      case 4: // plain, over several lines
        return void lines.push(`${head}${words[0]}${some(1)}`, `${deep}${words.slice(1).join(' ')}${tail()}`);
      case 5:
        lines.push(`${head}"${words[0]}${['', ' ', ' \\'][pick(3)]}`);
        if (pick(3) === 0 && !isNumber) lines.push(['', '  ', `${deep} `][pick(3)]!);
        return void lines.push(`${deep}${some(2)}${words.slice(1).join(' ')}"${tail()}`);
      default:
        block(words, indent, head, isNumber);
    }
  }

  /** Writes a block scalar. Its blanks are part of its text, so a number gets none except between joined lines. */
  function block(words: readonly string[], indent: number, head: string, isNumber = false): void {
    const chomp = isNumber ? '-' : ['', '-', '+'][pick(3)]!;
    const style = isNumber && words.length > 1 ? '>' : '|>'[pick(2)]!;
    const more = 1 + pick(4);
    const column = indent + more;
    const explicit = pick(3) === 0 ? String(more) : '';
    lines.push(`${head}${style}${pick(2) === 0 ? explicit + chomp : chomp + explicit}${tail()}`);
    for (const [at, word] of words.entries()) {
      if (isNumber) {
        lines.push(' '.repeat(column) + word);
        continue;
      }
      if (at > 0 && pick(4) === 0) lines.push(['', ' ', ' '.repeat(column + 2)][pick(3)]!);
      const deeper = at === 0 && explicit === '' ? '' : some(2);
      lines.push(`${' '.repeat(column)}${deeper}${word}${['', '', '  '][pick(3)]}`);
    }
    while (pick(5) === 0) lines.push(['', '', ' '][pick(3)]!);
  }

  function spell(number: number): string {
    const digits = [...String(number)]
      .map((digit, at) => (at > 0 ? ['', '', '', ' ', '-', '.', '(', ') '][pick(8)] : '') + digit)
      .join('');
    const spelled = (pick(2) === 0 ? '+' : '') + digits;
    return parseWritten(spelled) === number ? spelled : `+${number}`;
  }

  /** @param head the text before the number on its line. */
  function numberValue(number: number, indent: number, head: string): void {
    const start = `${head}${pick(8) === 0 ? '!!str ' : ''}`;
    const spelled = spell(number);
    const words = spelled.split(' ');
    if (pick(4) === 0) {
      noise();
      block(pick(2) === 0 ? [spelled] : words, indent, start, true);
    } else text(pick(2) === 0 ? [spelled] : words, indent, start, true);
  }

  function flowEntry(number: number): string {
    const written = [`"+${number}"`, `'${spell(number)}'`, spell(number), `+${number}`][pick(4)]!;
    const gap = ['', ' ', `\n${' '.repeat(12)}`, ` # c\n\n${' '.repeat(13)}`][pick(4)]!;
    switch (pick(5)) {
      case 0:
        return `{ number: ${written},${gap || ' '}reason: "any, thing: [ü]" }`;
      case 1:
        return `{${gap}expires: 9999-12-31 , number: ${written}${gap}, }`;
      case 2:
        return `{ number: "+${number}",${gap}expires: 2001-01-01${gap}}`;
      default:
        return written;
    }
  }

  function entry(number: number, indent: number): void {
    const dash = `${' '.repeat(indent)}-`;
    const gap = ` ${some(3)}`;
    if (pick(3) > 0) return void numberValue(number, indent, dash + gap);
    if (pick(4) === 0) return void line(`${dash}${gap}${flowEntry(number).replaceAll('\n', `\n${some(2)}`)}`);
    const values: ((head: string, column: number) => void)[] = [
      (head, column) => numberValue(number, column, `${head}number: ${some(2)}`),
    ];
    if (pick(2) === 0) values.push((head, column) => reason(column, `${head}reason: ${some(2)}`));
    if (pick(2) === 0) {
      const day = ['2001-01-01', '9999-12-31', '2026-06-15'][pick(3)];
      values.push((head) => line(`${head}"expires" : ${day}`));
    }
    values.push(...moreOfEntry(number).filter(() => pick(4) === 0));
    if (pick(2) === 0) values.reverse();
    const own = pick(3) === 0;
    const column = own ? indent + 1 + pick(4) : indent + 1 + gap.length;
    if (own) line(dash + (pick(3) === 0 ? ` ${tag('map')}` : ''));
    for (const [at, value] of values.entries()) {
      value(at === 0 && !own ? dash + gap : ' '.repeat(column), column);
    }
  }

  function moreOfEntry(number: number): ((head: string, column: number) => void)[] {
    const waId = Number(`9${String(number).padStart(14, '0')}`); // comments of only this number
    return [
      (head, column) => numberValue(waId, column, `${head}waId: ${some(2)}`),
      (head, column) => text(['Trust', 'and', 'Safety'].slice(pick(3)), column, `${head}owner: `),
      (head) => line(`${head}added:  2000-01-01`),
      (head) => line(`${head}'protected': ${['true', 'false'][pick(2)]}`),
      (head, column) => labels(column, head),
    ];
  }

  function labels(column: number, head: string): void {
    if (pick(2) === 0) return void line(`${head}labels: ${tag('map')}{ ticket: "4711", "#": '# x' }`);
    const deep = ' '.repeat(column + 1 + pick(4));
    line(`${head}labels:`);
    line(`${deep}ticket:   4711`);
    noise();
    block(['one', '# two'], deep.length, `${deep}number: `);
  }

  function reason(column: number, head: string): void {
    const words = ['Threats', ...['ticket 4711', 'a-b', '- c', 'x # y', 'd'].slice(0, pick(6))];
    if (pick(2) === 0) {
      noise();
      block([...words, '# no comment', '- "+447700900999"'].slice(0, 1 + pick(7)), column, head);
    } else
      text(
        words.filter((word) => !/^-|#/.test(word)),
        column,
        head,
      );
  }

  function numberList(bot: MessyBot, indent: number): void {
    const name = ['numbers', '"numbers"', "'numbers'"][pick(3)]!;
    const key = `${' '.repeat(indent)}${name}:`;
    const twins = [...bot.numbers, ...bot.numbers.filter(() => pick(8) === 0)];
    if (twins.length === 0 || pick(4) === 0) {
      const items = twins.map(flowEntry);
      const deep = ' '.repeat(indent + 1 + pick(6));
      const comma = [', ', ',', ` ,\n${deep}`, `, # "x\n${deep}`][pick(4)]!;
      const [open, close] = [
        ['[', ']'],
        ['[ ', ' ]'],
        [`[\n${deep}`, `\n${deep}]`],
        [`[ # c\n${deep}`, `${items.length > 0 ? [',', ''][pick(2)] : ''}\n\n${some(2)}# c\n${deep}]`],
      ][pick(4)]!;
      return void line(`${key} ${some(2)}${tag('seq')}${open}${items.join(comma)}${close}`);
    }
    const explicit = pick(10) === 0; // its first dash is after the colon
    const column = indent + (explicit ? 2 : pick(5));
    if (explicit) line(`${' '.repeat(indent)}? ${name}`);
    else line(key + (pick(4) === 0 ? ` ${tag('seq')}` : ''));
    for (const [at, number] of twins.entries()) {
      const start = lines.length;
      entry(number, column);
      if (!explicit || at > 0) continue;
      const first = lines.findIndex((each, below) => below >= start && each.startsWith(`${' '.repeat(column)}-`));
      lines[first] = `${' '.repeat(indent)}: ${lines[first]!.slice(column)}`;
    }
    // Long enough for folding, with lines that are foldable or almost foldable.
    if (pick(3) === 0) {
      for (let at = 0; at < 5; at++)
        lines.push(`${' '.repeat(column)}- ${['"+', '+', '', '"'][pick(4)]}44770090010${at}`);
      const ends = lines.splice(-5).map((item) => item + (item.includes('"') ? '"' : '') + ['', ' ', ' # x '][pick(3)]);
      lines.push(...ends);
    }
  }

  /** Numbers that no bot declares, and other rules. */
  function ignoreList(indent: number): void {
    const numbers = Array.from({ length: pick(4) }, () => 447_700_910_000 + pick(9));
    const rules = ['{ prefix: "+1202", reason: x }', '{until: 9999-12-31,prefix: +1203 }'].slice(pick(3));
    const key = `${' '.repeat(indent)}ignore:`;
    if (numbers.length + rules.length === 0 || pick(3) === 0) {
      const items = [...numbers.map((one) => [`+${one}`, `{ number: ${one}, until: 2001-01-01 }`][pick(2)]), ...rules];
      return void line(`${key} [${some(1)}${items.join(', ')}]`);
    }
    line(key);
    const column = indent + pick(4);
    for (const one of numbers) numberValue(one, column, `${' '.repeat(column)}-${['  ', ' number: '][pick(2)]}`);
    for (const rule of rules) line(`${' '.repeat(column)}- ${rule}`);
  }

  function sharedLists(root: number): string[] {
    const step = root + 1 + pick(4);
    const shared = list.filter(() => pick(3) === 0);
    if (shared.length === 0) return [];
    line(`${' '.repeat(root)}lists:`);
    for (const [at, { numbers }] of shared.entries()) {
      const column = step + 1 + pick(4);
      line(`${' '.repeat(step)}list-${at}:`);
      if (pick(2) === 0) line(`${' '.repeat(column)}owner:  Team`);
      numberList({ id: '', numbers }, column);
    }
    return shared.map((_, at) => `list-${at}`);
  }

  const ends = ['\n', '\n', '\r\n', 'mixed'][pick(4)]!;
  const start = pick(8);
  if (start === 1) lines.push('%YAML 1.2', `---${tail()}`);
  if (start === 2) lines.push(`--- ${tag('map')}`);
  const root = [0, 0, 1, 3][pick(4)]!;
  const margin = ' '.repeat(root);
  line(`${margin}version: ${['1', '"1"'][pick(2)]}`);
  const inside = ' '.repeat(root + 1 + pick(4));
  if (pick(2) === 0) line(`${margin}defaults: { region: eu1,${['', `\n${inside}`][pick(2)]} tokenEnv: T }`);
  else {
    line(`${margin}defaults:`);
    line(`${inside}region: eu1`);
    line(`${inside}tokenEnv:   "T"`);
    const guard = pick(3);
    if (guard === 1) line(`${inside}guard: { percent: 30 }`);
    if (guard === 2) {
      line(`${inside}guard:`);
      line(`${inside} floor: 3`);
    }
    if (pick(2) === 0) ignoreList(inside.length);
  }
  const shared = pick(2) === 0 ? sharedLists(root) : [];
  if (list.length === 0) line(`${margin}bots: {}`);
  else {
    const step = root + 1 + pick(4);
    line(`${margin}bots:`);
    for (const bot of list) {
      const key = [`"${bot.id}"`, `'${bot.id}'`, `"${bot.id}" `][pick(3)]!;
      const column = step + 1 + pick(4);
      const pad = ' '.repeat(step);
      if (pick(8) === 0) {
        const items = bot.numbers.map(flowEntry).join(', ');
        line(`${pad}${key}: ${tag('map')}{ policy: sync, numbers: [${items}]${some(1)}}`);
        continue;
      }
      if (pick(8) === 0) {
        line(`${pad}? ${some(2)}${key}`);
        const gap = ` ${some(3)}`;
        line(`${pad}:${gap}region: us1`);
        numberList(bot, step + 1 + gap.length);
        continue;
      }
      line(`${pad}${key}:${pick(4) === 0 ? ` ${tag('map')}` : ''}`);
      if (pick(3) === 0) line(`${' '.repeat(column)}region:   us1`);
      const used = shared.filter(() => pick(2) === 0);
      if (used.length > 0) line(`${' '.repeat(column)}lists:  [${used.join(' , ')}]`);
      if (used.length === 0 || pick(2) === 0) numberList(bot, column);
      if (pick(4) === 0) line(`${' '.repeat(column)}policy: add-only`);
      if (pick(4) === 0) ignoreList(column);
    }
  }
  noise();
  if (pick(8) === 0) lines.push('...');
  const end = ['', '\n', '\n', '\n\n', ' \n\n'][pick(5)]!;
  const whole = lines.join('\n') + end;
  if (ends !== 'mixed') return whole.replaceAll('\n', ends);
  return whole.replace(/\n/g, () => ['\n', '\r\n'][pick(2)]!);
}
