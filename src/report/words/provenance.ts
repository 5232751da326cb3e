/** Words where numbers are declared, and where a report comes from. */
import type { ReportedDeclaration } from '../../model/answer.ts';
import type { Entry } from '../../model/declaration.ts';
import type { ListedBot, Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { clip, count, joined, placeWords, quote } from './text.ts';

/**
 * Cleans the texts of an entry, which formats must escape. Texts of an encrypted file appear only if numbers
 * are unmasked.
 */
export function reportedEntry(declaration: ReportedDeclaration, clean: Sanitizer) {
  const { waId, reason, owner, labels, ...rest } = declaration.entry;
  const hidden = isHidden(declaration, clean);
  const text = (value: string | undefined) => (hidden || value === undefined ? undefined : clean.note(value));
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => [clean.note(key), clean.note(value)]);
  const reported: Entry['labels'] = hidden || !labels ? undefined : Object.fromEntries(pairs);
  const listed = waId === undefined ? undefined : clean.number(waId);
  return { waId: listed, reason: text(reason), owner: text(owner), ...rest, labels: reported };
}

/** `lists.yaml:5:9, list fraud of Trust & Safety; listed as +12015550145; reason: Threats; expires 2099-12-31; label ticket: 4711; protected`. */
export function declarationWords(declaration: ReportedDeclaration, clean: Sanitizer): string {
  const { list, listOwner } = declaration;
  const { waId, reason, owner, added, expires, labels = {}, protected: kept } = reportedEntry(declaration, clean);
  const by = listOwner === undefined || isHidden(declaration, clean) ? '' : ` of ${clip(clean.note(listOwner))}`;
  return joined('; ', [
    placeWords(declaration.place, clean) + (list === null ? '' : `, list ${quote(list, clean)}${by}`),
    waId !== undefined && `listed as ${waId}`,
    reason !== undefined && `reason: ${clip(reason)}`,
    owner !== undefined && `owner: ${clip(owner)}`,
    added && `added ${added}`,
    expires && `expires ${expires}`,
    ...Object.entries(labels).map(([key, value]) => `label ${clip(key)}: ${clip(value)}`),
    kept && 'protected',
    isHidden(declaration, clean) && 'its texts are in an encrypted file',
  ]);
}

export const isHidden = ({ encrypted }: { readonly encrypted: boolean }, { masked }: Sanitizer) => encrypted && masked;

export function declarationsByNumber({ declarations = [] }: Pick<ListedBot, 'declarations'>) {
  const found = new Map<ReportedDeclaration['number'], ReportedDeclaration[]>();
  for (const each of declarations) found.set(each.number, [...(found.get(each.number) ?? []), each]);
  return found;
}

/** Writes each number of a list on a line of its own, followed by its declarations if the report has them. */
export function* listLines(bot: Omit<ListedBot, 'id'>, clean: Sanitizer): Generator<string> {
  const declarations = declarationsByNumber(bot);
  const values = clean.order(bot.numbers.values);
  for (let at = 0; at < values.length; at++) {
    yield clean.number(values[at]!);
    for (const each of declarations.get(values[at]!) ?? []) yield `    ${declarationWords(each, clean)}`;
  }
}

const FEW_PATHS = 3;

/** `blacklistctl 0.1.0`, `2026-06-15 12:00 UTC`, `commit 1a2b3c4`, `bots`: where a report comes from, if it is known. */
export function runNotes({ run }: Report, clean: Sanitizer, dress = (text: string) => text): string[] {
  if (!run) return [];
  const { version, started, commit, paths } = run;
  const shown = paths.slice(0, FEW_PATHS).map((path) => dress(clip(clean.file(path))));
  const more = paths.length - shown.length;
  return [
    `blacklistctl ${version}`,
    `${started.slice(0, 16).replace('T', ' ')} UTC`,
    ...(commit === null ? [] : [`commit ${commit.slice(0, 7)}`]),
    ...(shown.length > 0 ? [shown.join(', ') + (more > 0 ? ` and ${count(more)} more` : '')] : []),
  ];
}
