import { expect, test } from 'vitest';
import { json } from '../../../src/report/json/write.ts';
import { bot, full, masked, report } from '../fixtures.ts';

test.each([
  ['http://192.168.100.200:8480', 'http://192.168.100.200:8480'],
  ['https://graph.facebook.com/v25.0/106540352242922', expect.not.stringMatching(/\d{7}/)],
  ['', ''],
])('the address %s in a masked report', (baseUrl, shown) => {
  const read = (clean: typeof full) =>
    JSON.parse([...json(report({ bots: [bot('b', { baseUrl })] }), { clean })].join(''));
  expect(read(masked).bots[0].baseUrl).toEqual(shown);
  expect(read(full).bots[0].baseUrl).toBe(baseUrl);
});
