import { describe, expect, test } from 'vitest';
import { checkRange, unmetBy } from '../../../src/desired/schema/requires.ts';
import { type ParsedFile, parseYaml } from '../../../src/desired/yaml/parse.ts';
import { Invalid } from '../../../src/numbers/invalid.ts';

function file(range: string): ParsedFile {
  const parsed = parseYaml({ name: 'f.yaml', text: `version: 1\nrequires: ${range}\nbots: {}\n` });
  if (parsed instanceof Invalid) throw new Error(parsed.why[0]!.message);
  return parsed;
}

describe('requires', () => {
  test.each([
    ['">=0.2 <1"', '0.2.0', true],
    ['">=0.2 <1"', '0.9.12', true],
    ['">=0.2 <1"', '0.1.9', false],
    ['">=0.2 <1"', '1.0.0', false],
    // A pre-release is below its release.
    ['">=0.2 <1"', '0.3.0-rc.1', true],
    ['">=0.2 <1"', '0.2.0-rc.1', true],
    ['">=0.2.0 <1"', '0.2.0-rc.1', false],
    ['">=0.2 <1"', '1.0.0-rc.1', false],
    ['0.2', '0.2.7', true],
    ['0.2', '0.3.0', false],
    ['^0.2.1', '0.2.0', false],
    ['0.1 || 0.3', '0.3.1', true],
    ['0.1 || 0.3', '0.2.1', false],
    ['"*"', '7.0.0', true],
    ['latest', '0.1.0', true], // `checkRange` reports it
  ])('%s allows version %s: %s', (range, version, allowed) => {
    expect(unmetBy(version, file(range)) === null).toBe(allowed);
  });

  test('names both versions and the place', () => {
    expect(unmetBy('0.1.0', file('" >=0.2   <1"'))).toMatchObject({
      message:
        'this file requires version >=0.2 <1 of blacklistctl, but this is version 0.1.0; use a version in that range',
      place: { file: 'f.yaml', line: 2, column: 11 },
    });
  });

  test.each(['latest', '">=0.2 <one"', '""', '" "', '>', `"${'0.1 || '.repeat(100_000)}0.1"`])(
    'refuses a text that is no range: %.20s',
    (range) => {
      expect(checkRange(file(range))).toMatchObject([
        { message: '"requires" must be a range of versions, such as ">=0.2 <1"', place: { line: 2 } },
      ]);
      expect(unmetBy('0.1.0', file(range))).toBeNull();
    },
  );

  test('leaves a value that is no text to the schema', () => {
    expect(checkRange(file('[1]'))).toEqual([]);
    expect(unmetBy('0.1.0', file('[1]'))).toBeNull();
  });
});
