import type { Attempt } from '../model/world.ts';
import type { Sanitizer } from './voice/index.ts';
import { clip } from './words/text.ts';

/**
 * The line of one request, for a bug report. `because` is why it repeats the attempt before.
 *
 * `debug: bot=shop method=GET path=/v25.0/block_users status=400 ms=41 attempt=2 because="the server failed (500)"`
 */
export function debugLine(attempt: Attempt, clean: Sanitizer): string {
  const { bot, method, url, status, duration, because, error, requestId } = attempt;
  const facts = {
    bot: clip(clean.text(bot)), // masked as well, as the lines leave the team
    method,
    path: pathOf(url, clean),
    status: status ?? 'none',
    ms: Math.round(duration),
    attempt: attempt.attempt,
    because: because && clip(clean.text(withoutRemedy(because))),
    error: error && clip(clean.text(withoutRemedy(error))),
    'request-id': requestId && clip(clean.note(requestId)),
  };
  const parts = Object.entries(facts).flatMap(([key, value]) => (value === null ? [] : `${key}=${inQuotes(value)}`));
  return `debug: ${parts.join(' ')}\n`;
}

/** A cursor may contain a number in another encoding. The digits of two folders are not one number. */
function pathOf(url: string, clean: Sanitizer): string {
  const { pathname, search } = new URL(url);
  return clean.url(pathname + search.replace(/([?&](?:after|before)=)[^&]*/g, '$1…'));
}

const withoutRemedy = (message: string) => message.split('; ')[0]!;
const inQuotes = (value: string | number) => (/[\s"]/.test(`${value}`) ? JSON.stringify(value) : value);
