import { describe, expect, test } from 'vitest';
import { WARNING_CODES, type Warning, type WarningCode, type WordedWarning } from '../../src/model/warnings.ts';
import { judge, judgeReport } from '../../src/steps/judge.ts';
import type { WarningRules } from '../../src/steps/options.ts';
import * as fc from '../fast-check.ts';
import { report } from '../report/fixtures.ts';

const warning = (code: WarningCode, message = code.toLowerCase()): WordedWarning => ({ code, message });
const messageOf = (warning: Warning) => 'message' in warning && warning.message;
const all = [warning('W-DUPLICATE'), warning('W-EXPIRED'), warning('W-DUPLICATE', 'again')];

describe('judge', () => {
  test.each<[string, WarningRules, string[], string[]]>([
    ['no rule', {}, ['w-duplicate', 'w-expired', 'again'], []],
    ['lists without a code', { errorOn: [], ignore: [] }, ['w-duplicate', 'w-expired', 'again'], []],
    ['one code is an error', { errorOn: ['W-DUPLICATE'] }, ['w-expired'], ['w-duplicate', 'again']],
    ['one code is ignored', { ignore: ['W-DUPLICATE'] }, ['w-expired'], []],
    ['one of each', { errorOn: ['W-EXPIRED'], ignore: ['W-DUPLICATE'] }, [], ['w-expired']],
    ['both are errors', { errorOn: ['W-DUPLICATE', 'W-EXPIRED'] }, [], ['w-duplicate', 'w-expired', 'again']],
    ['a code that does not occur', { errorOn: ['W-NO-TOKENS'] }, ['w-duplicate', 'w-expired', 'again'], []],
  ])('%s', (_, rules, warnings, errors) => {
    const judged = judge(all, rules);
    expect(judged.warnings.map(messageOf)).toEqual(warnings);
    expect(judged.errors.map(messageOf)).toEqual(errors);
  });

  test('keeps every warning that is not ignored, unchanged', () => {
    const code = fc.constantFrom(...WARNING_CODES);
    fc.assert(
      fc.property(fc.array(code), fc.array(code), fc.array(code), (codes, errorOn, ignore) => {
        const given = codes.map((each, index) => warning(each, String(index)));
        const { warnings, errors } = judge(given, { errorOn, ignore });
        const told = given.filter((each) => warnings.includes(each) || errors.includes(each));
        expect(told).toEqual(given.filter((each) => !ignore.includes(each.code)));
        expect(errors.every((each) => errorOn.includes(each.code))).toBe(true);
        expect(warnings.some((each) => errorOn.includes(each.code))).toBe(false);
        expect(warnings.length + errors.length).toBe(told.length);
      }),
    );
  });
});

describe('a judged report', () => {
  const given = report({ outcome: 'changes', warnings: all, errors: [{ message: 'an error' }] });

  test('keeps its outcome if no warning is an error', () => {
    expect(judgeReport(given, { ignore: ['W-EXPIRED'] })).toEqual({ ...given, warnings: [all[0], all[2]] });
  });

  test('is invalid if a warning is an error, and lists it after its other errors', () => {
    expect(judgeReport(given, { errorOn: ['W-EXPIRED'] })).toEqual({
      ...given,
      outcome: 'invalid',
      warnings: [all[0], all[2]],
      errors: [{ message: 'an error' }, all[1]],
    });
  });
});
