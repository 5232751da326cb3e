import { expect, test } from 'vitest';
import { json } from '../../../src/report/json/write.ts';
import { bot, drift, full, masked, numbers, report } from '../fixtures.ts';

test.each([
  ['http://192.168.100.200:8480', 'http://192.168.100.200:8480'],
  ['https://graph.facebook.com/v25.0/106540352242922', expect.not.stringMatching(/\d{7}/)],
  ['', ''],
])('a masked report shows the address %s', (baseUrl, shown) => {
  const read = (clean: typeof full) =>
    JSON.parse([...json(report({ bots: [bot('b', { baseUrl })] }), { clean })].join(''));
  expect(read(masked).bots[0].baseUrl).toEqual(shown);
  expect(read(full).bots[0].baseUrl).toBe(baseUrl);
});

test('a masked report lists no numbers for a later --since', () => {
  const what = drift({ bots: [bot('b', { memory: { wasLive: numbers(2), foreign: 1 } }), bot('c')] });
  const read = (clean: typeof full) => JSON.parse([...json(what, { clean })].join('')).bots;
  expect(read(full)[0].memory).toEqual({ wasLive: ['+447700900000', '+447700900001'], foreign: 1 });
  expect(read(masked)[0].memory).toBeNull();
  expect(read(masked)[1]).not.toHaveProperty('memory');
});
