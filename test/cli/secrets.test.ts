import { expect, test } from 'vitest';
import { probableTokens } from '../../src/cli/output/secrets.ts';

test.each([
  ['SHOP_TOKEN', 'Canary7b', true],
  ['shop_api_key', 'Canary7b', true],
  ['SHOP_APIKEY', 'Canary7b', true],
  ['SHOP_PASSWORD', 'Canary7b', true],
  ['SHOP_TOKEN', 'Canary7', false],
  ['SHOP_TOKEN', 'two words', false],
  ['SHOP_TOKEN_FILE', '/run/secrets/shop', false],
  ['SHOP', 'Canary7b', false],
  ['SHOP_TOKEN', undefined, false],
])('redact the value of %s=%s: %s', (name, value, isProbable) => {
  expect(probableTokens({ [name]: value })).toEqual(isProbable ? [value] : []);
});
