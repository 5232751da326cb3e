/** Finds the kind of a value in a file by its path. */
import schema from '../../../schemas/blacklist.schema.json' with { type: 'json' };
import { quoted } from '../../numbers/quoted.ts';
import type { Path } from '../yaml/places.ts';
import { BOT_KEYS, DEFAULTS_KEYS } from './settings.ts';

// The whole path decides, as a bot may be called "number" or "0".
const PLACES: readonly (readonly [kind: string, place: RegExp])[] = [
  ['file', /^$/],
  ['version', /^\/version$/],
  ['defaults', /^\/defaults$/],
  ['bot', /^\/bots\/[^/]*$/],
  ['list', /^\/lists\/[^/]*$/],
  ['guard', /^\/(defaults|bots\/[^/]*)\/guard$/],
  ['require', /^\/(defaults|(bots|lists)\/[^/]*)\/require$/],
  ['required key', /^\/(defaults|(bots|lists)\/[^/]*)\/require\/\d+$/],
  ['limit', /^\/(defaults|(bots|lists)\/[^/]*)\/require\/expires$/],
  ['within', /^\/(defaults|(bots|lists)\/[^/]*)\/require\/expires\/within$/],
  ['lists', /^\/bots\/[^/]*\/lists$/],
  ['list reference', /^\/bots\/[^/]*\/lists\/\d+$/],
  ['files', /^\/(bots|lists)\/[^/]*\/files$/],
  ['path', /^\/(bots|lists)\/[^/]*\/files\/\d+(\/path)?$/],
  ['column', /^\/(bots|lists)\/[^/]*\/files\/\d+\/column$/],
  ['item', /^\/(bots|lists)\/[^/]*\/numbers\/\d+$/],
  ['rule', /^\/(defaults|bots\/[^/]*)\/ignore\/\d+$/],
  ['number', /\/(numbers|ignore)\/\d+\/number$/],
  ['number', /\/numbers\/\d+\/waId$/],
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

/** Reports whether the path leads to a bot or a list, so that its last step is a name that users chose. */
export function isNamed(path: Path): boolean {
  return path.length === 2 && (path[0] === 'bots' || path[0] === 'lists');
}

const NAMES: Readonly<Record<string, string>> = {
  file: 'the file',
  item: 'the entry',
  rule: 'the rule',
  'list reference': 'the name of a list',
  'required key': 'a required key',
};

/** The most characters of a key in a message: each value below a long key may have an error. */
const BRIEF = 100;

/** Shortens a key for a message. */
export const brief = (key: string) => (key.length > BRIEF ? `${key.slice(0, BRIEF)}…` : key);

/** Names the value at a path for a message. */
export function nameOf(path: Path): string {
  const kind = placeKind(path);
  const last = String(path.at(-1));
  if (kind === 'path' && /^\d+$/.test(last)) return 'the path';
  return NAMES[kind] ?? (isNamed(path) ? `the ${kind} ${quoted(brief(last))}` : quoted(brief(last)));
}

/** Lists the keys that the schema allows at a path. */
export function keysAt(path: Path): readonly string[] {
  const { definitions } = schema;
  const of = ({ properties }: { readonly properties: object }) => Object.keys(properties);
  const keys: Readonly<Record<string, readonly string[]>> = {
    file: of(schema),
    defaults: DEFAULTS_KEYS,
    bot: BOT_KEYS,
    list: of(definitions.list),
    guard: of(definitions.guard),
    require: of(definitions.requirements),
    limit: of(definitions.expiryLimit),
    path: of(definitions.numberFile),
    item: of(definitions.entry),
    rule: of(definitions.ignoreRule),
  };
  return keys[placeKind(path)]!;
}
