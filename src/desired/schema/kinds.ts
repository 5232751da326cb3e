/** What a value of a file is, by where it stands, and how people call it. */

import schema from '../../../schemas/blacklist.schema.json' with { type: 'json' };
import type { Path } from '../yaml/places.ts';
import { BOT_KEYS, DEFAULTS_KEYS } from './settings.ts';

// Where a value stands tells what it is, and not its name alone: a bot may be called "number", or "0".
const PLACES: readonly (readonly [kind: string, place: RegExp])[] = [
  ['file', /^$/],
  ['version', /^\/version$/],
  ['defaults', /^\/defaults$/],
  ['bot', /^\/bots\/[^/]*$/],
  ['list', /^\/lists\/[^/]*$/],
  ['guard', /^\/(defaults|bots\/[^/]*)\/guard$/],
  ['lists', /^\/bots\/[^/]*\/lists$/],
  ['list reference', /^\/bots\/[^/]*\/lists\/\d+$/],
  ['files', /^\/(bots|lists)\/[^/]*\/files$/],
  ['path', /^\/(bots|lists)\/[^/]*\/files\/\d+(\/path)?$/],
  ['column', /^\/(bots|lists)\/[^/]*\/files\/\d+\/column$/],
  ['item', /^\/(bots|lists)\/[^/]*\/numbers\/\d+$/],
  ['rule', /^\/(defaults|bots\/[^/]*)\/ignore\/\d+$/],
  ['number', /\/(numbers|ignore)\/\d+\/number$/],
  ['day', /\/(numbers|ignore)\/\d+\/(added|expires|until)$/],
  ['prefix', /\/ignore\/\d+\/prefix$/],
  ['path', /\/ignore\/\d+\/file$/],
  ['column', /\/ignore\/\d+\/column$/],
  ['labels', /\/numbers\/\d+\/labels$/],
];

export function placeKind(path: Path): string {
  const place = path.map((step) => `/${String(step).replaceAll('/', '~')}`).join('');
  return PLACES.find(([, pattern]) => pattern.test(place))?.[0] ?? '';
}

/** A bot or a list: its last step is a name that people chose. */
export function isNamed(path: Path): boolean {
  return path.length === 2 && (path[0] === 'bots' || path[0] === 'lists');
}

export function nameOf(path: Path): string {
  const last = path.at(-1);
  switch (placeKind(path)) {
    case 'file':
      return 'the file';
    case 'item':
      return 'the entry';
    case 'rule':
      return 'the rule';
    case 'bot':
      return `the bot "${last}"`;
    case 'list':
      return `the list "${last}"`;
    case 'list reference':
      return 'the name of a list';
    case 'path':
      return typeof last === 'number' || /^\d+$/.test(String(last)) ? 'the path' : `"${last}"`;
    default:
      return `"${last}"`;
  }
}

/** The keys that the schema allows there. */
export function keysAt(path: Path): readonly string[] {
  const { definitions, properties } = schema;
  const of = ({ properties }: { readonly properties: object }) => Object.keys(properties);
  const keys: Readonly<Record<string, readonly string[]>> = {
    file: Object.keys(properties),
    defaults: DEFAULTS_KEYS,
    bot: BOT_KEYS,
    list: of(definitions.list),
    guard: of(definitions.guard),
    path: of(definitions.numberFile),
    item: of(definitions.entry),
    rule: of(definitions.ignoreRule),
  };
  return keys[placeKind(path)]!;
}
