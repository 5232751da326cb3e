import { expect, test } from 'vitest';
import { escapeHtml } from '../../../src/report/voice/index.ts';

test.each([
  ['a tag', '<b>x</b>', '&lt;b&gt;x&lt;/b&gt;'],
  ['the end of an attribute', `" '`, '&quot; &#39;'],
  ['an entity', '&lt;', '&amp;lt;'],
  ['plain text', 'plain text', 'plain text'],
])('escapeHtml makes %s text', (_, text, escaped) => {
  expect(escapeHtml(text)).toBe(escaped);
});
