import { describe, expect, test } from 'vitest';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { impossibleNumbers } from '../../../src/numbers/plausible.ts';
import { makeSanitizer, WITHHELD } from '../../../src/report/voice/index.ts';
import { mask } from '../../../src/report/voice/mask.ts';
import * as fc from '../../fast-check.ts';

const secrets = new Set(['s3cr3t-token/with+signs=']);
const full = makeSanitizer({ masked: false, secrets });
const masked = makeSanitizer({ masked: true, secrets });

describe('masked numbers', () => {
  test.each([
    ['46732001122', '+46•••••1122'],
    ['447700900123', '+44••••••0123'],
    ['1201555010', '+12•••••010'],
    ['120155501', '+12•••••01'],
    ['12015550', '+12•••••0'],
    ['1201555', '+12•••••'],
    ['120155501001234', '+12•••••••••1234'],
    ['3546112233', '+35••••••33'], // Iceland, whose numbers have seven digits after three of the country
    ['6834002', '+68•••••'], // Niue, which has 10,000 numbers
  ])('%s', (digits, shown) => {
    expect(mask(digits)).toBe(shown);
  });

  test('have a tag of their own with a key', () => {
    const keyed = makeSanitizer({ masked: true, maskKey: 'key', secrets });
    const other = makeSanitizer({ masked: true, maskKey: 'another', secrets });
    expect(keyed.number(46732001122)).toMatch(/^\+46•••••1122~[0-9a-f]{6}$/);
    expect(keyed.number(46732001122)).toBe(keyed.number(46732001122));
    expect(keyed.number(46732001122)).not.toBe(keyed.number(46733001122));
    expect(keyed.number(46732001122)).not.toBe(other.number(46732001122));
  });

  test('stay as they are if an earlier report masked them', () => {
    for (const clean of [full, masked]) expect(clean.number('+46•••••1122')).toBe('+46•••••1122');
  });

  test('are a plus and digits if they are shown in full', () => {
    expect(full.number(46732001122)).toBe('+46732001122');
  });
});

describe('an example of our own', () => {
  const DIGITS = 'write a + and digits, such as +447700900123, with only spaces';

  test.each([
    DIGITS,
    'expected a phone number such as "+447700900123"',
    '--wa-id takes NUMBER=WA_ID, such as +447700900123=+447700900999, not "x"',
  ])('stays in a masked message: %s', (message) => {
    expect(masked.text(message)).toBe(message);
  });

  test('leaves every other number masked', () => {
    expect(masked.text(`+447700900123 is wrong; ${DIGITS}`)).toBe(`+44••••••0123 is wrong; ${DIGITS}`);
    expect(masked.text('such as +447700900123')).toBe('such as +44••••••0123');
    expect(masked.text('a phone number such as "+447700900124"')).toBe('a phone number such as "+44••••••0124"');
    expect(masked.text('a + and digits, such as +447700900123 45')).not.toContain('900123');
  });
});

describe('a long line of words that could begin a token', () => {
  // The patterns read at most 64 characters before a value, so that each word decides for itself.
  test.each([['token'], ['token '], ['AGE-'], ['AGE-x'], ['secret_'], ['passw\t']])(
    'of %j repeated takes linear time',
    (word) => {
      const line = word.repeat(400_000 / word.length);
      expect(full.source(line).length).toBeGreaterThanOrEqual(2000); // longer lines are cut
    },
  );

  test.each([
    ['token_of_the_bot: abc', 'token_of_the_bot: •••'],
    ['AGE-SECRET-KEY-1ABC', '•••••••••••••••••••'],
    ['AGE-PLUGIN-YUBIKEY-1ABC x', '••••••••••••••••••••••• x'],
    ['AGE-AGE-SECRET-KEY-1ABC', '•••••••••••••••••••••••'],
  ])('%s → %s', (line, shown) => {
    expect(full.source(line)).toBe(shown);
  });

  test('keeps the dates in a long name', () => {
    const name = '_20260131'.repeat(20_000);
    expect(masked.file(name)).toBe(name);
    expect(masked.file('+45_20260131')).not.toContain('20260131');
    expect(masked.file('+a_b_c_d_e_f_g_h_20260131')).not.toContain('20260131');
  });
});

describe('our own message, masked', () => {
  test.each([
    ['the number 46732001122 is bad', 'the number +46•••••1122 is bad'],
    ['+46732001122', '+46•••••1122'],
    ['+46 73-200 (11) 22', '+46•••••1122'],
    ['id=46732001122,46732002244', 'id=+46•••••1122,+46•••••2244'],
    ['٤٦٧٣٢٠٠١١٢٢', '+٤٦••••••١٢٢'],
    ['+٤٦٧٣٢٠٠١١٢٢', '+٤٦••••••١٢٢'],
    ['+46\u00a0732\u202f001\u2011122', '+46•••••1122'], // blanks and a dash that allow no line break
    ['46–732–001–122', '+46•••••1122'],
    ['46/732/001_122', '+46•••••1122'],
    ['46\u00ad732\u200b001\u2060122', '+46•••••1122'], // invisible characters
    ['[46] 732 001 122', '[+46•••••1122'],
    ['on 2026-12-31, 404 of 1200', 'on 2026-12-31, 404 of 1200'],
    ['127.0.0.1:8480', '127.0.0.1:8480'],
  ])('%s', (said, shown) => {
    expect(masked.text(said)).toBe(shown);
  });

  test('contains no run of seven digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789+- .()x/_\u00a0\u2013\u200b') }), (said) => {
        expect(masked.text(said).replace(/\\u\w{4}|[^\dx+•]/g, '')).not.toMatch(/\d{7}/);
      }),
    );
  });

  test('keeps every column of a line and no digit', () => {
    expect(masked.source('  - "+46732x001122" # 2026')).toBe('  - "+•••••x••••••" # ••••');
  });

  test.each([
    ['version: 2', 'version: 2'],
    ['    percent: 200', '    percent: 200'],
    ['  sales2:', '  sales2:'],
    ['  "sales2":', '  "sales2":'],
    ['    phone: 4477', '    phone: ••••'],
    ['  sales2: { floor: 3 }', '  sales•: { floor: • }'],
    ['  - 447', '  - •••'],
    ['447: 1', '•••: •'],
  ])('shows the digits only of a short setting: %s', (line, shown) => {
    expect(masked.source(line)).toBe(shown);
  });
});

describe('the name of a file, masked', () => {
  test.each([
    ['a day', 'lists/20260131.csv', 'lists/20260131.csv'],
    ['a day in the middle', 'exports/fraud_20260131_v2.txt', 'exports/fraud_20260131_v2.txt'],
    ['a day with dashes', 'lists/2026-01-31.csv', 'lists/2026-01-31.csv'],
    ['a day of the last century', '19991231.txt', '19991231.txt'],
    ['a number', '+46732001122.txt', '+46•••••1122.txt'],
    ['a number without its plus', 'lists/46732001122.txt', 'lists/+46•••••1122.txt'],
    ['a day with a plus', '+20260131.txt', '+20•••••1.txt'],
    ['no day: a 13th month', '20261331.txt', '+20•••••1.txt'],
    ['no day: a 32nd', '20260132.txt', '+20•••••2.txt'],
    ['no day: another century', '21260131.txt', '+21••••••.txt'],
    ['a day and a time, which could be a number', '202601311200.txt', '+20••••••1200.txt'],
    ['more digits before a day', '46-20260131.txt', '+46•••••131.txt'],
    ['a country before a day', '45_20260131.txt', '45_+20•••••1.txt'],
    ['a country with a plus before a day', '+45_20260131.txt', '+45_+20•••••1.txt'],
    ['a folder of a country', 'lists/45/20260131.txt', 'lists/45/+20•••••1.txt'],
    ['a folder of a plus', '+/45 /x20260131.txt', '+/45 /x+20•••••1.txt'],
    ['a version before a day', 'v2_20260131.txt', 'v2_20260131.txt'],
    ['a folder of a year', '2026/20260131.txt', '2026/20260131.txt'],
    ['more digits after a day', '20260131-22.txt', '+20•••••122.txt'],
  ])('%s', (_, name, shown) => {
    expect(masked.file(name)).toBe(shown);
  });

  test('is unchanged in full, except for tokens and control characters', () => {
    expect(full.file('lists/46732001122.txt')).toBe('lists/46732001122.txt');
    for (const clean of [full, masked]) expect(clean.file(`a\n::b ${[...secrets]}`)).toBe('a\\u000a::b [token]');
  });

  test('shows no date that is a possible number', () => {
    const days: number[] = [];
    for (let month = 190000; month <= 209999; month++) {
      if (month % 100 > 13) continue; // of no year, as the 13th is
      for (let day = month * 100; day < month * 100 + 40; day++) if (masked.file(`${day}`) === `${day}`) days.push(day);
    }
    expect(days).toHaveLength(200 * 12 * 31);
    expect(impossibleNumbers(NumberSet.of(days))).toHaveLength(days.length);
  });

  test('contains no run of seven digits except a date', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('20260131', ...'0123456789+- .()/_x') }), (name) => {
        const left = masked.file(name).match(/\d{7,}/g) ?? [];
        expect(left.filter((digits) => !/^(19|20)\d{6}$/.test(digits))).toEqual([]);
      }),
    );
  });

  test('differs from other text, in which a date without dashes is masked', () => {
    expect(masked.text('the user 20260131 is unknown')).toBe('the user +20•••••1 is unknown');
  });
});

describe('tokens', () => {
  const [token] = secrets;
  const base64 = Buffer.from(token!).toString('base64');
  test.each([
    ['as it is', `you sent ${token}`],
    ['encoded for a URL', `?token=${encodeURIComponent(token!)}`],
    ['in base64', `Basic ${base64}`],
    ['twice', `${token}${token}`],
  ])('%s', (_, said) => {
    for (const clean of [full, masked]) {
      expect(clean.text(said)).toContain('[token]');
      expect(clean.text(said)).not.toContain('s3cr3t');
      expect(clean.source(said)).not.toContain('s3cr3t');
    }
  });

  test.each(['token-of-25-characters-xx', 'a "quoted" \\ token of 26', 'token of 27 characters, é=/+'])(
    'are redacted with any characters: %s',
    (secret) => {
      const clean = makeSanitizer({ masked: false, secrets: new Set([secret]) });
      const padded = Buffer.from(secret).toString('base64');
      for (const form of [
        secret,
        padded,
        padded.replace(/=+$/, ''),
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
      ]) {
        expect(clean.text(`<${form}>`)).toMatch(/^<\[token\]=*>$/);
      }
    },
  );

  test('redact nothing if they are empty', () => {
    expect(makeSanitizer({ masked: false, secrets: new Set(['']) }).text('plain')).toBe('plain');
  });

  test('that contain a number are redacted before it is masked', () => {
    const clean = makeSanitizer({ masked: true, secrets: new Set(['abc46732001122def']) });
    expect(clean.text('you sent abc46732001122def')).toBe('you sent [token]');
  });

  test('that become known later are redacted as well', () => {
    const known = new Set<string>();
    const clean = makeSanitizer({ masked: false, secrets: known });
    known.add('late');
    expect(clean.text('too late')).toBe('too [token]');
  });
});

describe('a part of a token in foreign text', () => {
  const clean = makeSanitizer({ masked: false, secrets: new Set(['Ab3-dE6_gH9jK2mN5p']) });
  test.each([
    ['the whole', 'you sent Ab3-dE6_gH9jK2mN5p.', 'you sent [token]'],
    ['its beginning', 'you sent Ab3-dE6_ here', 'you sent [token] here'],
    ['its middle within a word', 'id=xE6_gH9jK2x here', 'id=[token] here'],
    ['another case', 'AB3-DE6_GH here', '[token] here'],
    ['backwards', 'p5Nm2Kj9Hg here', '[token] here'],
    ['base64 after another letter', Buffer.from('xAb3-dE6_gH9jK2mN5p').toString('base64'), '[token]=='],
    ['the same in lower case', Buffer.from('xAb3-dE6_gH9jK2mN5p').toString('base64').toLowerCase(), '[token]=='],
    ['single letters', [...'Ab3-dE6_gH9j'].join(' '), '[withheld: it contains a token]'],
    ['too little of it', 'Ab3-dE6 here', 'Ab3-dE6 here'],
  ])('%s', (_, said, shown) => {
    expect(clean.foreign(said)).toBe(shown);
    expect(clean.note(said)).toBe(shown);
  });

  test.each(['Ab3-dE6', 'a-part-Ab3-dE6_gH9jK2mN5p'])('leaves a name that is not the whole token: %s', (name) => {
    expect(clean.name(name)).toBe(name);
    expect(clean.name('Ab3-dE6_gH9jK2mN5p')).toBe('[token]');
  });

  test('cannot cut a number in two halves that are no numbers', () => {
    const both = makeSanitizer({ masked: true, secrets: new Set(['7009']) });
    expect(both.number(447700900123)).toBe('+44••••••0123');
    expect(both.text('such as +447700900123')).toBe('such as [token]');
  });
});

describe('a message that quotes an argument, masked', () => {
  const shown = (arg: string, quote = arg) =>
    makeSanitizer({ masked: true, args: ['plan', arg], secrets }).text(`--at ${quote}: no such commit`);

  test.each([
    ['commas', '447,700,900,123'],
    ['entities', '447&nbsp;700&nbsp;900&nbsp;123'],
    ['base64', 'NDQ3NzAwOTAwMTIz=='],
    ['a line break and letters', '447x700\n900x123'],
  ])('does not contain a number in a spelling that no pattern finds: %s', (_, arg) => {
    expect(shown(arg)).toBe('--at …: no such commit');
    expect(shown(`--at=${arg}`, arg)).toBe('--at …: no such commit');
  });

  test('does not contain the part of a token before its equals sign', () => {
    const [token, clean] = [
      'Ab-cdEfGh=ij',
      (args: string[]) => makeSanitizer({ masked: false, args, secrets: new Set([token]) }),
    ] as const;
    expect(clean([`--${token}`]).text('unknown option --Ab-cdEfGh')).toBe('unknown option --…');
    expect(clean(['--Ab-cdEfGh=ij2']).text('--Ab-cdEfGh')).toBe('--…');
    expect(clean(['plan']).text('--Ab-cdEfGh')).toBe('--Ab-cdEfGh');
  });

  test.each(['main', 'HEAD~3', 'lists/2026-12-31/a1b2c3d4e5f6.yaml', 'v1.2.3+build.4'])('contains %s', (arg) => {
    expect(shown(arg)).toBe(`--at ${arg}: no such commit`);
  });

  test('masks a number that a pattern finds', () => {
    expect(shown('+44 7700 900123')).toBe('--at +44••••••0123: no such commit');
  });
});

describe('foreign text, masked', () => {
  test.each([
    ['one digit', 'Error 5'],
    ['a digit of another script', 'رقم ٤'],
    ['base64 without a digit', 'user MTExMTEx'],
  ])('is withheld if it has %s', (_, said) => {
    expect(masked.foreign(said)).toBe(WITHHELD);
    expect(full.foreign(said)).toBe(said);
  });

  test.each([
    ['no digit', 'Forbidden: the token lacks a scope', 'Forbidden: the token lacks a scope'],
    ['a short code that the client added', 'Invalid user (code 131026; fbtrace_id AbC1)', 'Invalid user (code 131026)'],
    ['a code after words with digits', 'No user 447 (code 100)', `${WITHHELD} (code 100)`],
  ])('is shown if it has %s', (_, said, shown) => {
    expect(masked.foreign(said)).toBe(shown);
  });

  test.each([
    ['a short number of a ticket', 'Threats, ticket 4711', 'Threats, ticket 4711'],
    ['a day and a ticket', 'Since 2026-05-01, ticket 4711', 'Since 2026-05-01, ticket 4711'],
    ['seven digits', 'Called 44 and 77009', WITHHELD],
  ])('of the owner of a file, with %s', (_, said, shown) => {
    expect(masked.note(said)).toBe(shown);
  });
});

test('masked numbers are in the order of their masks, and full ones in their own', () => {
  const numbers = [447700100009, 447700200003, 447700300006];
  expect(Array.from(full.order(numbers))).toEqual(numbers);
  expect(Array.from(masked.order(numbers), masked.number)).toEqual(['+44••••••0003', '+44••••••0006', '+44••••••0009']);
  const keyed = makeSanitizer({ masked: true, maskKey: 'key', salt: 'octo/lists#7', secrets });
  const other = makeSanitizer({ masked: true, maskKey: 'key', salt: 'octo/lists#8', secrets });
  expect(keyed.number(447700100009)).not.toBe(other.number(447700100009));
});

describe('hostile text', () => {
  test.each([
    ['a colour', '\u001b[31mred', '\\u001b[31mred'],
    ['a title (OSC with BEL)', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007'],
    ['a C1 control', '\u009b31m', '\\u009b31m'],
    ['a new line', 'a\nb\r\nc', 'a\\u000ab\\u000d\\u000ac'],
    ['a backspace', 'a\bb', 'a\\u0008b'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['text that runs backwards', '\u202egnp.exe', '\\u202egnp.exe'],
    ['a zero-width space', 'a\u200bb', 'a\\u200bb'],
    ['a workflow command', '::set-output name=x::y', '\\u003a:set-output name=x::y'],
    ['a workflow command after blanks', '  ::error::x', '  \\u003a:error::x'],
    ['an old workflow command anywhere', 'x ##[error]y', 'x ##\\u005berror]y'],
    ['a tab', 'a\tb', 'a b'],
  ])('%s', (_, said, shown) => {
    expect(full.text(said)).toBe(shown);
  });

  test('contains no control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (said) => {
        expect(full.text(said)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]|^\s*::|##\[/u);
      }),
    );
  });
});

test('a megabyte of any text is masked at once', () => {
  // Patterns with much backtracking would take minutes here.
  const { text, file, name, note, foreign, source } = makeSanitizer({ masked: true, secrets });
  for (const unit of ['1', '1-', '+1 ', '((((', '+', ':', '#', ' ', 'ab', 'MTEx', '%3', '&#5;', 'ab cd ef ']) {
    const long = unit.repeat(1_000_000 / unit.length);
    for (const clean of [text, file, name, note, foreign, source]) clean(long);
  }
});

describe('a line of a file that may contain a token', () => {
  const clean = makeSanitizer({ masked: false, secrets: new Set() });
  test.each([
    ['tokenEnv: "eyJhbGci.SECRET.sig"', 'tokenEnv: "•••••••••••••••••••"'],
    ['defaults: { region: eu3, tokenEnv: abc.def }', 'defaults: { region: eu3, tokenEnv: ••••••• }'],
    ['tokenEnv: "eyJhbGci', 'tokenEnv: "••••••••'],
    ['region: aB3dE6gH9jK2mN5pQ8sT1vW4', 'region: ••••••••••••••••••••••••'],
    ['tokenEnv: SINCH_WHATSAPP_TOKEN # the NAME', 'tokenEnv: SINCH_WHATSAPP_TOKEN # the NAME'],
    ['AGE-SECRET-KEY-1FQVGLAAML03C0XY # a key', `${'•'.repeat(31)} # a key`],
    [
      '  - number: "+447700900123" # a very long note about it',
      '  - number: "+447700900123" # a very long note about it',
    ],
  ])('%s', (line, shown) => {
    expect(clean.source(line)).toBe(shown);
  });
});

describe('a number as people write it, masked', () => {
  const clean = makeSanitizer({ masked: true, secrets: new Set() });
  test.each([
    '44 7700 900124',
    '44-7700-900124',
    '44.7700.900.130',
    '+44 (7700) 900124',
    '447700900124',
    '\u0664\u0664\u0667\u0667\u0660\u0660\u0669',
  ])('%s', (number) => {
    const said = clean.text(`unknown key "${number}"; *${number}`);
    expect(said).not.toContain(number);
    expect(said.match(/\p{Nd}{5,}/gu)).toBeNull();
  });
  test.each(['2026-12-31', 'f.yaml:12:345', '127.0.0.1:8480', 'v25.0', '1 of 20 bots'])('%s stays', (text) => {
    expect(clean.text(text)).toBe(text);
  });
});
