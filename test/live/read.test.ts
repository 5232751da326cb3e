import { expect, test } from 'vitest';
import { readLive } from '../../src/live/read.ts';
import { ApiError, StageError, StoppedError } from '../../src/model/errors.ts';

test.each([
  ['a failed request', new ApiError('down', { detail: 'busy' }), { message: 'down', detail: 'busy' }],
  ['a list without an end', new StageError({ kind: 'endless', pages: 3 }), { kind: 'endless', pages: 3 }],
  ['an interruption', new StoppedError(), { kind: 'interrupted' }],
  [
    'a bot that failed before the request was sent',
    new StoppedError(false, new ApiError('the API is unavailable')),
    { message: 'the API is unavailable', detail: undefined },
  ],
])('returns why a list could not be read: %s', async (_, error, why) => {
  const page = () => Promise.reject(error);
  const read = readLive({ kind: 'pages', pageSize: 100, page }, { hint: 0, concurrency: 1 });
  expect(await read).toMatchObject({ why });
});
