import { expect, test } from 'vitest';
import { nameSource } from '../../src/api/base-url.ts';

test.each([
  ['is gone; check --base-url', 'is gone; check BLACKLISTCTL_BASE_URL', 'is gone; check the network and the proxy'],
  [
    'is gone; check --base-url and the proxy',
    'is gone; check BLACKLISTCTL_BASE_URL and the proxy',
    'is gone; check the proxy',
  ],
  ['is gone; run again', 'is gone; run again', 'is gone; run again'],
])('the remedy of "%s" is about what the user has set', (message, variable, own) => {
  expect(nameSource(message, '--base-url')).toBe(message);
  expect(nameSource(message, 'BLACKLISTCTL_BASE_URL')).toBe(variable);
  expect(nameSource(message, undefined)).toBe(own);
});
