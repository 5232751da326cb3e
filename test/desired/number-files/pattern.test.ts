import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/desired/number-files/pattern.ts';
import * as fc from '../../fast-check.ts';

describe('a pattern', () => {
  test.each<[pattern: string, matched: readonly string[], others: readonly string[]]>([
    ['*.txt', ['a.txt', 'a.b.txt'], ['.txt', '.a.txt', 'a/b.txt', 'a.txt.age']],
    ['.*.txt', ['.a.txt'], ['a.txt']],
    ['{a,}*.txt', ['a.txt', 'b.txt'], ['.txt']],
    ['{.,}h*', ['.h', 'h'], ['.a']],
    ['**/.a/*', ['.a/b', 'b/.a/b'], ['.b/.a/b', 'a/b']],
    ['?b', ['ab', 'bb'], ['.b', '/b', 'b', 'abb']],
    ['[ab]c', ['ac', 'bc'], ['cc', '[ab]c']],
    ['[!ab]c', ['cc', '!c'], ['ac', '.c', '/c']],
    ['[^ab]c', ['cc'], ['ac']],
    ['[a-c]', ['a', 'b', 'c'], ['d', '-']],
    ['[]a]', [']', 'a'], ['[']],
    ['[a', ['[a'], ['a']],
    ['{a,b}c', ['ac', 'bc'], ['c', 'ab', '{a,b}c']],
    ['{a,{b,c}d}e', ['ae', 'bde', 'cde'], ['be', 'ade']],
    ['{a,}b', ['ab', 'b'], ['a']],
    ['{a/b,c}.txt', ['a/b.txt', 'c.txt'], ['a.txt']],
    ['{a}', ['{a}'], ['a']],
    ['{x{a},b}', ['x{a}', 'b'], ['xa']],
    ['{a,b', ['{a,b'], ['a']],
    ['a{b{c,d}', ['a{bc', 'a{bd'], ['abc']],
    ['**', ['a', 'a/b', 'a/b/c'], ['.a', 'a/.b']],
    ['**/c', ['c', 'a/c', 'a/b/c'], ['ac', 'a/bc', '.a/c']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'ab', 'a/.b']],
    ['a/**/c', ['a/c', 'a/b/c', 'a/b/b/c'], ['a/bc', 'ac']],
    ['a**c', ['ac', 'abc'], ['a/c']],
    ['{a,**}/c', ['a/c', 'b/c', 'b/b/c'], []],
    ['?.txt', ['😀.txt', 'é.txt'], ['😀😀.txt']],
    ['[😀x]', ['😀', 'x'], ['😁', 'a']],
    ['[!😀]', ['😁', 'x'], ['😀']],
    ['[a-😀]', ['z', '\ufb01', '😀'], ['😁', 'A']],
    ['😀{a,😁}*', ['😀a', '😀😁b'], ['😀b']],
    ['x (1)+@|$^.txt', ['x (1)+@|$^.txt'], ['x 1.txt']],
  ])('%s', (pattern, matched, others) => {
    const matches = compile(pattern);
    expect(matched.filter((path) => !matches(path))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  test('matches what picomatch matches', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 2 }).map((all) => all.join(''));
    const piece = fc.oneof(text, fc.constantFrom('*', '?', '[ab]', '[!a]', '{a,b}', '{ab,b}', '{a,}'));
    const name = fc.array(piece, { minLength: 1, maxLength: 4 }).map((all) => all.join('').replace(/\*+/g, '*'));
    const pattern = fc.array(fc.oneof(name, fc.constant('**')), { minLength: 1, maxLength: 4 });
    const path = fc.array(fc.oneof(text, fc.constantFrom('.a', 'a.b')), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pattern, path, (names, folders) => {
        const [written, asked] = [names.join('/').replace(/(\*\*\/)+/g, '**/'), folders.join('/')];
        // Unlike a shell, picomatch lets [!a], and a star after {a,}, match the dot of a hidden name.
        fc.pre(!(/\[!|,\}/.test(written) && folders.some((name) => name.startsWith('.'))));
        fc.pre(!/\*\*\/[^/]*,\}/.test(written)); // for picomatch, a/**/{b,} matches a
        const reference = picomatch(written.replaceAll('[!', '[^'), { windows: false, strictSlashes: true });
        expect([written, asked, compile(written)(asked)]).toEqual([written, asked, reference(asked)]);
      }),
    );
  });

  test.each([
    ['stars', '*a'.repeat(100)],
    ['stars within a name', `${'**a'.repeat(100)}b`],
    ['folders', `${'**/'.repeat(100)}b`],
    ['optional parts', `${'{a,}'.repeat(100)}b`],
    ['optional parts in each other', `${'{a,'.repeat(100)}${'}'.repeat(100)}b`],
  ])('of 100 %s takes few steps for a long path', (_, pattern) => {
    let reads = 0;
    const path = new Proxy(['a/', 'a'.repeat(2000)].join('').split(''), {
      get: (all, key) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
        return Reflect.get(all, key);
      },
    });
    expect(compile(pattern)(path as unknown as string)).toBe(false);
    expect(reads).toBeLessThan(2 * 2002 * pattern.length);
  });
});
