/** By which ways numbers come to a bot, in words. */

import type { Entry } from '../../model/declaration.ts';
import type { BotReport, ReportedDeclaration, ReportedRule } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { clip, quote } from './text.ts';

/**
 * What may be told of an entry, its texts safe, and ready to be escaped. Those of an encrypted file were not meant for everybody: they
 * are told where numbers are told in full.
 */
export function tellEntry(
  { entry, encrypted }: Pick<ReportedDeclaration, 'entry' | 'encrypted'>,
  voice: Sanitizer,
): Entry {
  const { reason, owner, labels, ...rest } = entry;
  if (encrypted && voice.masked) return rest;
  const text = (key: string, said: string | undefined) => (said === undefined ? {} : { [key]: voice.text(said) });
  const spoken = Object.entries(labels ?? {}).map(([key, value]) => [voice.text(key), voice.text(value)]);
  return {
    ...text('reason', reason),
    ...text('owner', owner),
    ...rest,
    ...(labels && { labels: Object.fromEntries(spoken) }),
  };
}

/** `lists.yaml:5:9, list fraud of Trust & Safety; reason: Threats; expires 2099-12-31; label ticket: 4711; protected`. */
export function wayWords(way: ReportedDeclaration, voice: Sanitizer): string {
  const { list, listOwner } = way;
  const { reason, owner, added, expires, labels = {}, protected: kept } = tellEntry(way, voice);
  const by = listOwner === undefined || isHidden(way, voice) ? '' : ` of ${quote(listOwner, voice)}`;
  return [
    placeWords(way, voice) + (list === null ? '' : `, list ${quote(list, voice)}${by}`),
    reason !== undefined && `reason: ${clip(reason)}`,
    owner !== undefined && `owner: ${clip(owner)}`,
    added && `added ${added}`,
    expires && `expires ${expires}`,
    ...Object.entries(labels).map(([key, value]) => `label ${clip(key)}: ${clip(value)}`),
    kept && 'protected',
    isHidden(way, voice) && HIDDEN,
  ]
    .filter(Boolean)
    .join('; ');
}

const HIDDEN = 'its texts stand in an encrypted file';

export const isHidden = ({ encrypted }: { readonly encrypted: boolean }, voice: Sanitizer): boolean =>
  encrypted && voice.masked;

export function placeWords({ place }: Pick<ReportedDeclaration | ReportedRule, 'place'>, voice: Sanitizer): string {
  return `${voice.file(place.file)}:${place.line}:${place.column}`;
}

/** The ways of each number of a bot. */
export function waysByNumber({
  declarations = [],
}: BotReport): ReadonlyMap<ReportedDeclaration['number'], readonly ReportedDeclaration[]> {
  const found = new Map<ReportedDeclaration['number'], ReportedDeclaration[]>();
  for (const way of declarations) {
    const others = found.get(way.number);
    if (others) others.push(way);
    else found.set(way.number, [way]);
  }
  return found;
}

/** Each number of a list on a line of its own, and below it the ways by which it comes, where they are told. */
export function* listLines(bot: BotReport, voice: Sanitizer): Generator<string> {
  const { size, values } = bot.numbers!;
  const ways = waysByNumber(bot);
  for (let at = 0; at < size; at++) {
    const number = values[at]!;
    yield voice.number(number);
    for (const way of ways.get(number) ?? []) yield `    ${wayWords(way, voice)}`;
  }
}
