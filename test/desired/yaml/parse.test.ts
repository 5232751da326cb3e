import { describe, expect, test } from 'vitest';
import { type ParsedFile, parseYaml } from '../../../src/desired/yaml/parse.ts';
import { loadDesired } from '../load.ts';

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots:\n';
/** A file with one bot; its first number is on line 6, column 9. */
const list = (...items: string[]) => `${HEAD}  a:\n    numbers:\n${items.map((item) => `      - ${item}\n`).join('')}`;

/** Formats every error, after a check that its source line is the line of its place. */
function faultsOf(text: string): string[] {
  const { bots, faults, warnings } = loadDesired([{ name: 'f.yaml', text }], '2026-06-15');
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  for (const { place, source } of [...faults, ...warnings]) {
    expect(source).toBe(lines[place!.line - 1]);
    expect(place!.column).toBeLessThanOrEqual(source!.length + 1);
  }
  if (faults.length === 0) expect(bots, 'a file without faults has bots').not.toEqual([]);
  return faults.map(({ message, place }) => `${place!.file}:${place!.line}:${place!.column}: ${message}`);
}

type Row = readonly [name: string, text: string, ...faults: RegExp[]];

function holds(rows: readonly Row[]): void {
  test.each(rows.map(([name, text, ...faults]) => ({ name, text, faults })))('$name', ({ text, faults }) => {
    expect(faultsOf(text)).toEqual(faults.map((fault) => expect.stringMatching(fault)));
  });
}

const EMPTY = /^f\.yaml:1:1: the file is empty; add at least "version: 1" and "bots:"/;

describe('a file without content', () => {
  holds([
    ['empty', '', EMPTY],
    ['blank lines', '\n  \n\n', EMPTY],
    ['only comments', '# yaml-language-server: x\n# nothing yet\n', EMPTY],
    ['only a byte order mark', '\ufeff', EMPTY],
    ['only the start of a document', '---\n', EMPTY],
    ['only a start and an end', '---\n...\n', EMPTY],
    ['a start and a comment', '---\n# nothing yet\n', EMPTY],
    ['null', 'null\n', /^f\.yaml:1:1: the file must be a mapping of keys to values/],
    ['a tilde', '~\n', /^f\.yaml:1:1: the file must be a mapping of keys to values/],
    ['empty quotes', '""\n', /^f\.yaml:1:1: the file must be a mapping of keys to values/],
  ]);
});

describe('several documents', () => {
  const SECOND = 'a second YAML document starts here; put each document into its own file';
  holds([
    ['two', `${list('+46732001122')}---\n${list('+46732001122')}`, new RegExp(`^f.yaml:7:1: ${SECOND}`)],
    ['the first is empty', `---\n---\n${list('+46732001122')}`, new RegExp(`^f.yaml:2:1: ${SECOND}`)],
    ['both are empty', '---\n---\n', new RegExp(`^f.yaml:2:1: ${SECOND}`)],
    ['nothing after the line', `${list('+46732001122')}---\n`, new RegExp(`^f.yaml:7:1: ${SECOND}`)],
    ['three', 'version: 1\nbots: {}\n---\na: 1\n---\nb: 1\n', new RegExp(`^f.yaml:3:1: ${SECOND}`)],
    [
      'the first has faults of its own',
      `${list('12')}---\na: 1\n`,
      /^f.yaml:6:9: .*2 digits/,
      new RegExp(`^f.yaml:7:1: ${SECOND}`),
    ],
    ['a syntax error in the second', 'version: 1\nbots: {}\n---\na: "\n', /^f\.yaml:4:4: the quote that opens here/],
    ['one, with its start and end', `# first\n---\n${list('+46732001122')}...\n`],
  ]);
});

describe('characters and line ends', () => {
  const TAB = 'this line is indented with a tab; use spaces';
  holds([
    [
      'a tab before a key',
      'version: 1\nbots:\n\ta:\n\t\tnumbers: []\n',
      new RegExp(`^f.yaml:3:1: ${TAB}`),
      new RegExp(`^f.yaml:4:1: ${TAB}`),
    ],
    ['a tab before a dash', `${HEAD}  a:\n    numbers:\n\t- "+46732001122"\n`, new RegExp(`^f.yaml:6:1: ${TAB}`)],
    ['a tab after a dash, which is not indentation', list('\t+46732001122').replace('- ', '-')],
    ['a tab before a comment', list('+46732001122\t# spam')],
    ['CRLF', list('+46732001122').replaceAll('\n', '\r\n')],
    ['CRLF and an error', list('+46732001122', '12').replaceAll('\n', '\r\n'), /^f\.yaml:7:9: the number has 2 digits/],
    [
      'CRLF and a syntax error',
      list('+46732001122', '"12').replaceAll('\n', '\r\n'),
      /^f\.yaml:7:9: the quote that opens/,
    ],
    [
      'only CR',
      list('12').replaceAll('\n', '\r'),
      /^f\.yaml:1:11: this carriage return has no line feed after it; save the file with LF or CRLF/,
    ],
    // The parser takes the second number for a part of the comment.
    [
      'one CR, after a comment',
      list('+46732001122 # spam\r      - +46732002244'),
      /^f\.yaml:6:28: this carriage return has no line feed after it/,
    ],
    ['a byte order mark', `\ufeff${list('+46732001122')}`],
    ['NUL in quotes', list('"+46732001122\0"'), /^f\.yaml:6:9: the number has the character U\+0000 at position 13/],
    ['NUL without quotes', list('+46732001122\0'), /^f\.yaml:6:9: .*U\+0000 at position 13/],
    ['NUL in a key', 'version: 1\nbots: {}\nx\0: 1\n', /^f\.yaml:3:1: unknown key "x\0"/],
    ['a zero-width space', list('+46732\u200b001122'), /^f\.yaml:6:9: .*U\+200B at position 7/],
    [
      'a zero-width space in a key',
      'version: 1\nbots\u200b: {}\n',
      /^f\.yaml:1:1: the file needs "bots"/,
      /^f\.yaml:2:1: unknown key "bots\u200b"/,
    ],
    [
      'a no-break space as indentation',
      `${HEAD}\u00a0\u00a0a: { numbers: [] }\n`,
      /^f\.yaml:3:1: "bots" must be a mapping/,
      /^f\.yaml:4:1: unknown key/,
    ],
    ...['\u0085', '\u2028', '\u2029'].map((end): [string, string, RegExp] => [
      `U+${end.codePointAt(0)!.toString(16)} in a comment, which hides a number from the parser or from people`,
      list(`+46732001122 # spam${end}      - +46732002244`),
      /^f\.yaml:6:28: the character U\+(?:0085|2028|2029) ends a line in some editors only; replace it with a line feed/,
    ]),
    ['a line separator in quotes', list('"+46732001122\u2028"', '12'), /^f\.yaml:6:22: the character U\+2028/],
    [
      'an escaped line separator is no character of the file',
      `${HEAD}  a: { numbers: [{ reason: "a\\u2028b", number: 12 }] }\n`,
      /^f\.yaml:4:\d+: the number has 2 digits/,
    ],
    [
      'wide characters before the error',
      `${HEAD}  a: { numbers: [{ reason: "😀é", number: 12 }] }\n`,
      /^f\.yaml:4:43: .*2 digits/,
    ],
  ]);

  test('do not count a byte order mark as a column', () => {
    // readFiles removes it; one that is left is a character of the text.
    expect(faultsOf('varsion: 1\nbots: {}\n')[0]).toMatch(/^f\.yaml:1:1: /);
  });
});

describe('quotes and brackets', () => {
  const OPEN = 'the quote that opens here is never closed';
  holds([
    ['a double quote, before more lines', list('"+46732001122', '"+46732002244"'), new RegExp(`^f.yaml:6:9: ${OPEN}`)],
    ['a double quote, at the end', list('+46732001122', '"+46732002244'), new RegExp(`^f.yaml:7:9: ${OPEN}`)],
    ['a single quote', list("'+46732001122"), new RegExp(`^f.yaml:6:9: ${OPEN}`)],
    [
      'an escaped quote within',
      list('{ number: +46732001122, reason: "say \\"no }'),
      new RegExp(`^f.yaml:6:41: ${OPEN}`),
    ],
    ['a doubled quote within', list("{ number: +46732001122, reason: 'it''s }"), new RegExp(`^f.yaml:6:41: ${OPEN}`)],
    ['a key', 'version: 1\n"bots: {}\n', new RegExp(`^f.yaml:2:1: ${OPEN}`)],
    ['two of them', list('"a', '"b'), new RegExp(`^f.yaml:6:9: ${OPEN}`), new RegExp(`^f.yaml:7:9: ${OPEN}`)],
    ['an invalid escape', list('"\\q46732001122"'), /^f\.yaml:6:10: Invalid escape sequence \\q/],
    [
      'a list that is not closed',
      `${HEAD}  a: { numbers: [+46732001122 }\n`,
      /^f\.yaml:4:31: an earlier bracket is not closed/,
    ],
    ['a bracket too many', `${HEAD}  a: { numbers: [] }]\n`, /^f\.yaml:4:21: the value before this has ended; /],
    ['a colon too many', list('+46732001122').replace('a:', 'a: b:'), /^f\.yaml:4:6: /],
    [
      'no space after a colon',
      list('+46732001122').replace('  a:', '  a'),
      /^f\.yaml:4:3: a key needs a colon and a space after it/,
    ],
    [
      'a dash that is too far left',
      list('+46732001122').concat('     - +46732002244\n'),
      /^f\.yaml:7:1: a list cannot start here; indent it like the other items/,
    ],
    ['a character that YAML reserves', list('@spam'), /^f\.yaml:6:9: text cannot begin with @; put it in quotes/],
    ['two of these in one line', `${HEAD}  a: { numbers: [@x, @y] }\n`, /^f\.yaml:4:18: /, /^f\.yaml:4:22: /],
  ]);

  test.each([
    ['a tab', '\tnumbers: []', '5:1: this line is indented with a tab; use spaces'],
    ['no space after a colon', '    policy:sync\n    numbers: []', '5:5: a key needs a colon and a space after it'],
    ['the same at the end', '    numbers: []\n    policy:sync', '6:5: a key needs a colon and a space after it'],
    [
      'the same in braces',
      '    numbers: [{ number:+46732001122 }]',
      '5:17: unknown key "number:+46732001122"; write "number: " with a space',
    ],
    ['a colon too few', '    policy sync\n    numbers: []', '5:5: a key needs a colon and a space after it'],
    ['a key too far left', '    policy: sync\n   numbers: []', '6:1: this line is not aligned with the lines above it'],
    [
      'a key too far right',
      '    policy: sync\n     numbers: []',
      '5:13: this line has a second key, or the next line is',
    ],
    [
      'an item too far right',
      '    numbers:\n      - "1"\n        - "2"',
      '7:9: this line is not aligned with the lines above it',
    ],
    [
      'no space after a dash',
      '    numbers:\n      - "1"\n      -"2"',
      '7:1: this line is not aligned with the lines above it',
    ],
    [
      'a key of an entry too far left',
      '    numbers:\n      - number: "1"\n       reason: x',
      '7:1: this line is not aligned',
    ],
    ['an item on the line of its key', '    numbers: - "1"', '5:14: a list cannot start on the line of its key'],
    ['two keys on a line', '    policy: sync numbers: []', '5:13: this line has a second key'],
    [
      'the same after brackets',
      '    numbers: [] policy: sync',
      '5:17: the value before this has ended; write the next key',
    ],
    [
      'a text that holds ": "',
      '    numbers: []\n    policy: a: b',
      '6:13: this line has a second key, or the next line',
    ],
    ['quotes in quotes', '    numbers: []\n    policy: "a "b" c"', '6:17: the value before this has ended; '],
    ['no comma', '    numbers: ["1" "2"]', '5:19: a comma is missing here'],
    ['no space before a comment', '    numbers: ["1"]# x', '5:19: a comment needs a space before its #'],
    ['a bracket that stays open', '    numbers: ["1"\n    policy: sync', '6:5: an earlier bracket is not closed'],
    [
      'an unresolved merge',
      '<<<<<<< HEAD\n    numbers: []\n=======\n    numbers: ["1"]\n>>>>>>> x',
      '5:1: this is a conflict marker of a merge; ',
    ],
  ])('%s is reported once, with the remedy', (_, lines, fault) => {
    const said = faultsOf(`${HEAD}  a:\n${lines}\n`).filter((each) => !/needs "number"/.test(each));
    expect(said).toEqual([expect.stringContaining(`f.yaml:${fault}`)]);
  });

  test('a place is reported once', () => {
    expect(faultsOf(`${HEAD}  a: ${'['.repeat(50)}`)).toHaveLength(1);
  });
});

describe('keys', () => {
  holds([
    [
      'twice',
      `${list('12345')}    numbers: []\n`,
      /^f\.yaml:7:5: the key "numbers" appears twice, first on line 5; remove one of the two/,
    ],
    [
      'twice, quoted otherwise',
      `${list('+46732001122')}    "numbers": []\n`,
      /^f\.yaml:7:5: the key "numbers" appears twice/,
    ],
    [
      'three times',
      `${HEAD}  a: { numbers: [] }\n  a: { numbers: [] }\n  a: { numbers: [] }\n`,
      /^f\.yaml:5:3: .*line 4/,
      /^f\.yaml:6:3: .*line 4/,
    ],
    [
      '__proto__ twice',
      `${HEAD}  __proto__: { numbers: [] }\n  __proto__: { numbers: [] }\n`,
      /^f\.yaml:5:3: the key "__proto__" appears twice/,
    ],
    [
      'twice in a flow mapping',
      list('{ number: +46732001122, number: +46732002244 }'),
      /^f\.yaml:6:33: the key "number" appears twice/,
    ],
    [
      'twice, and another error after it',
      `${HEAD}  a: { numbers: [] }\n  a: { numbers: [12] }\n`,
      /^f\.yaml:5:3: /,
      /^f\.yaml:5:18: .*2 digits/,
    ],
    ['that are mappings', `${HEAD}  ? { a: 1 }\n  : { numbers: [] }\n`, /^f\.yaml:4:5: a key must be plain text/],
    ['that are lists', `${HEAD}  [a]: { numbers: [] }\n`, /^f\.yaml:4:3: a key must be plain text/],
  ]);
});

describe('an unquoted text over several lines', () => {
  // Valid YAML, but the parser reads the items as part of the text, and a number would be lost without a warning.
  const items = (text: string) => `${HEAD}  a:\n    numbers:\n${text}      - "+447700900002"\n`;
  holds([
    [
      'over items, after a comment in their column',
      items('      - number: "+447700900001"\n        reason:\n      #- was here\n         Threats\n'),
      /^f\.yaml:9:10: this text continues on the lines below it, .* looks like a list item/,
    ],
    [
      'over items, after a comment at the start of a line',
      items('      - number: "+447700900001"\n        reason:\n#x\n         Threats\n'),
      /^f\.yaml:9:10: this text continues/,
    ],
    [
      'over numbers that together look like one',
      `${HEAD}  a:\n    numbers:\n      -\n#x\n       4477009\n      - 4477008\n`,
      /^f\.yaml:8:8: this text continues/,
    ],
    [
      'with a colon, in brackets',
      `${HEAD}  a: { numbers: [{ number: "+447700900001", reason: a: b }] }\n`,
      /^f\.yaml:4:\d+: brackets cannot contain an indented list or mapping/,
    ],
    [
      'over lines that are no items',
      items('      - number: "+447700900001"\n        reason: Threats\n         and - more\n'),
    ],
    ['in quotes', items('      - number: "+447700900001"\n        reason: "Threats\n         - more"\n')],
  ]);
});

describe('anchors, aliases and merge keys', () => {
  const REFUSED = 'anchors, aliases and merge keys \\(&, \\*, <<\\) are not allowed';
  const INSTEAD = 'share numbers with "lists:", and put text that begins with & or \\* in quotes$';
  const at = (place: string, more = '') => new RegExp(`^f\\.yaml:${place}: ${REFUSED}${more}; ${INSTEAD}`);
  const below = (count: string) => `, but used here and in ${count} below`;
  holds([
    ['an unused anchor', list('&n +46732001122'), at('6:9')],
    ['an anchor of a list', `${HEAD}  a:\n    numbers: &l\n      - +46732001122\n`, at('5:14')],
    ['an anchor of a bot, after a tag', `${HEAD}  a: !!map &b\n    numbers: []\n`, at('4:12')],
    ['an anchor of the document', `--- &d\n${list('+46732001122')}`, at('1:5')],
    ['an anchor of a key', `${HEAD}  &k a: { numbers: [] }\n`, at('4:3')],
    ['an anchor of nothing', `${HEAD}  a: { numbers: [&n ] }\n`, at('4:18')],
    ['an anchor without a name', list('& +46732001122'), at('6:9')],
    [
      'an alias, and its anchor',
      `${HEAD}  a: { numbers: &l [] }\n  b: { numbers: *l }\n`,
      at('4:17', below('1 place')),
    ],
    ['an alias to no anchor', `${HEAD}  a: { numbers: *nothing }\n`, at('4:17')],
    ['an alias without a name', list('*'), at('6:9')],
    ['an alias that is a key', `${HEAD}  &k a: { numbers: [] }\n  *k : { numbers: [] }\n`, at('4:3', below('1 place'))],
    ['a text that looks like one', list('{ number: +46732001122, reason: *urgent* call }'), at('6:41')],
    ['a merge key', `${HEAD}  a: { <<: *base, numbers: [] }\n`, at('4:8')],
    ['a merge key without an alias', `${HEAD}  a: { <<: { policy: sync }, numbers: [] }\n`, at('4:8')],
    ['many', list('&n +46732001122').concat('      - *n\n'.repeat(100_000)), at('6:9', below('100000 places'))],
    ['a bomb', bomb(), at('1:4', below('77 places'))],
    ['after a long run of numbers', list(...many(50), '*n', ...many(50)), at('56:9')],
    ['with other faults, which are reported after its removal', `${list('12', '&n 12')}x: 1\n`, at('7:9')],
  ]);

  test.each([
    ['quotes', '"*abc &x <<"'],
    ['single quotes', "'&x'"],
    ['a text', 'a & b * c << d'],
    ['a text over lines', '|\n          *abc\n          &x\n          <<: *y'],
    ['the end of a text', 'x&y'],
  ])('in %s they are text', (_, text) => {
    expect(faultsOf(list(`number: +46732001122\n        reason: ${text}`))).toEqual([]);
  });

  test('in a comment they are none', () => {
    expect(faultsOf(list('+46732001122 # &x *x <<: *y'))).toEqual([]);
  });

  function many(count: number): string[] {
    return Array.from({ length: count }, (_, at) => `"+4473200${1000 + at}"`);
  }

  /** Ten lines that would expand to a billion entries. */
  function bomb(): string {
    const tens = (name: string) => Array(10).fill(name).join(', ');
    const rest = [...'bcdefgh'].map((name, at) => `${name}: &${name} [${tens(`*${'abcdefg'[at]}`)}]\n`);
    return `a: &a [${tens('1')}]\n${rest.join('')}`;
  }
});

describe('directives and tags', () => {
  const RULE = 'a %YAML 1.1 directive changes how numbers are read; remove it';
  holds([
    ['%YAML 1.1', `%YAML 1.1\n---\n${list('+46732001122')}`, new RegExp(`^f.yaml:1:1: ${RULE}`)],
    [
      '%YAML 1.1 after a comment',
      `# first\n%YAML 1.1\n---\n${list('+46732001122')}`,
      new RegExp(`^f.yaml:2:1: ${RULE}`),
    ],
    [
      '%YAML 1.1 does not hide other faults',
      `%YAML 1.1\n---\n${list('0046732001122')}`,
      new RegExp(`^f.yaml:1:1: ${RULE}`),
      /^f\.yaml:8:9: .*prefix 00/,
    ],
    ['only %YAML 1.1', '%YAML 1.1\n---\n', new RegExp(`^f.yaml:1:1: ${RULE}`)],
    ['%YAML 1.2', `%YAML 1.2\n---\n${list('+46732001122')}`],
    ['%YAML 3.0', `%YAML 3.0\n---\n${list('+46732001122')}`, /^f\.yaml:1:7: Unsupported YAML version 3\.0/],
    [
      'an unknown directive',
      `%TEST x\n---\n${list('+46732001122')}`,
      /^f\.yaml:1:1: a line that begins with % is a directive, /,
    ],
    [
      '!!js/function',
      list('!!js/function "function () {}"'),
      /^f\.yaml:6:9: the tag !!js\/function is not supported; remove it/,
    ],
    [
      'a tag that may hide a number',
      list('!&#52;&#52;&#55;&#55;&#48;&#48;&#57; x'),
      /^f\.yaml:6:9: this tag is not supported; /,
    ],
    ['text that begins with %', '%YAMLS x\nversion: 1\n', /^f\.yaml:1:1: a line that begins with % is a directive, /],
    ['an escape that may hide a number', list('"\\U44770090"'), /^f\.yaml:6:10: this is not valid YAML$/],
    ['an anchor of nothing', 'a: [- &b', /^f\.yaml:1:7: anchors, aliases and merge keys/],
    ['a tag of its own', list('!phone +46732001122'), /^f\.yaml:6:9: the tag !phone is not supported/],
    ['a tag of a handle', list('!x!phone +46732001122'), /^f\.yaml:6:9: the tag !x!phone is not supported/],
    ['!!int', list('!!int 46732001122'), /^f\.yaml:6:9: the tag !!int is not supported/],
    ['!!float', list('!!float 46732001122'), /^f\.yaml:6:9: the tag !!float is not supported/],
    ['!!binary', list('!!binary KzQ2NzMyMDAxMTIy'), /^f\.yaml:6:9: the tag !!binary is not supported/],
    ['!!set', `${HEAD}  a: { numbers: !!set { +46732001122 } }\n`, /^f\.yaml:4:17: the tag !!set is not supported/],
    // The bots in it would have gone unnoticed.
    ['!!omap', `${HEAD.trimEnd()} !!omap\n  - a: { numbers: [] }\n`, /^f\.yaml:3:7: the tag !!omap is not supported/],
    ['!!map on a list', `${HEAD}  a: { numbers: !!map [] }\n`, /^f\.yaml:4:17: /],
    ['!!str, which is what all text is', list('!!str +46732001122')],
    ['!!seq and !!map', `${HEAD}  a: !!map { numbers: !!seq [] }\n`],
  ]);
});

describe('long keys', () => {
  const key = (length: number) => `${HEAD}  ? ${'k'.repeat(length)}\n  : numbers: []\n`;
  holds([
    ['1,025 characters', key(1025), /^f\.yaml:4:5: a key can have at most 1,024 characters; shorten it$/m],
    ['1,024 characters are too many for a bot id only', key(1024), /^f\.yaml:4:5: the bot id "k{100}…" is not allowed/],
  ]);
});

describe('deep nesting', () => {
  const DEEP = 'nesting is deeper than 100 levels';
  const block = Array.from({ length: 1000 }, (_, at) => `${' '.repeat(at + 2)}a:\n`).join('');
  holds([
    [
      '1,000 flow lists',
      `${HEAD.trimEnd()} ${'['.repeat(1000)}${']'.repeat(1000)}\n`,
      new RegExp(`^f.yaml:3:107: ${DEEP}`),
    ],
    [
      '1,000 flow lists that are not closed',
      `${HEAD.trimEnd()} ${'['.repeat(1000)}`,
      new RegExp(`^f.yaml:3:107: ${DEEP}`),
    ],
    [
      '1,000 flow mappings',
      `${HEAD.trimEnd()} ${'{a: '.repeat(1000)}${'}'.repeat(1000)}\n`,
      new RegExp(`^f.yaml:3:407: ${DEEP}`),
    ],
    ['1,000 block lists', list(`${'- '.repeat(1000)}1`), new RegExp(`^f.yaml:6:203: ${DEEP}`)],
    ['1,000 block mappings', `${HEAD}${block}`, new RegExp(`^f.yaml:104:103: ${DEEP}`)],
    ['100,000 flow lists', `${HEAD.trimEnd()} ${'['.repeat(100_000)}`, new RegExp(`^f.yaml:3:107: ${DEEP}`)],
    [
      '100 are too many for the format only',
      `${HEAD.trimEnd()} ${'['.repeat(100)}${']'.repeat(100)}\n`,
      /^f\.yaml:3:7: "bots" must be a mapping/,
    ],
  ]);

  // The place depends on the size of the stack, so it is not checked.
  test.each(['? ', '{? [', '- ? '])('keys nested in keys (%s)', (opening) => {
    const faults = faultsOf(`${HEAD}  ${opening.repeat(20_000)}`);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join()).not.toMatch(/stack/i);
  });
});

describe('a path in a parsed file', () => {
  const parsed = parseYaml({
    name: 'f.yaml',
    text: 'a:\n  - k: v\n    "e":\n    q: ""\nb: x\n1: { 2: 3 }\n__proto__: p\n',
  }) as ParsedFile;

  test.each([
    [[], false, '1:1'],
    [['a'], false, '2:3'],
    [['a'], true, '1:1'],
    [['a', 0], false, '2:5'],
    [['a', '0', 'k'], false, '2:8'],
    [['a', 0, 'k'], true, '2:5'],
    [['a', 0, 'e'], false, '3:5'], // nothing is written at this path: the place of its key
    [['a', 0, 'q'], false, '4:8'],
    [['a', 0, 'missing'], false, '2:5'],
    [['a', 9, 'k'], false, '2:3'],
    [['b'], false, '5:4'],
    [['1', '2'], false, '6:9'],
    [[1, 2], true, '6:6'],
    [['__proto__'], false, '7:12'],
    [['constructor'], false, '1:1'],
    [['a', 0, 'k', 'deeper'], false, '2:8'],
  ])('%j leads to a place, with atKey %s', (path, atKey, place) => {
    const { line, column } = parsed.fault(path, 'x', atKey).place!;
    expect(`${line}:${column}`).toBe(place);
  });

  test('keeps every scalar as its text', () => {
    const { value } = parseYaml({
      name: 'f',
      text: '[+1, 0x1F, 007, 1e3, 1_000, true, ~, null, "", .inf, 2026-01-01, <<, =]',
    }) as ParsedFile;
    expect(value).toEqual([
      '+1',
      '0x1F',
      '007',
      '1e3',
      '1_000',
      'true',
      '~',
      'null',
      '',
      '.inf',
      '2026-01-01',
      '<<',
      '=',
    ]);
  });

  test('can contain the names of prototype properties', () => {
    const { value } = parseYaml({
      name: 'f',
      text: '__proto__: { polluted: 1 }\nconstructor: 2\ntoString: 3\n',
    }) as ParsedFile;
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((value as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
