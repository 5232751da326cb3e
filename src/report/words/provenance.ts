/** Words where numbers are declared, and where a report comes from. */
import type { BotHistory, Explained, History, HistoryEvent, ReportedDeclaration } from '../../model/answer.ts';
import type { Entry } from '../../model/declaration.ts';
import type { ListedBot, Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { worded } from './faults.ts';
import { clip, count, joined, placeWords, plural, quote } from './text.ts';

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

/** `lists.yaml:5:9, list fraud of Trust & Safety; waId +12015550145; reason: Threats; expires 2099-12-31; label ticket: 4711; protected`. */
export function declarationWords(declaration: ReportedDeclaration, clean: Sanitizer): string {
  const { list, listOwner } = declaration;
  const { waId, reason, owner, added, expires, labels = {}, protected: kept } = reportedEntry(declaration, clean);
  const by = listOwner === undefined || isHidden(declaration, clean) ? '' : ` of ${clip(clean.note(listOwner))}`;
  return joined('; ', [
    placeWords(declaration.place, clean) + (list === null ? '' : `, list ${quote(list, clean)}${by}`),
    waId !== undefined && `waId ${waId}`,
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
    `blacklistctl ${clean.text(version)}`, // of a report from a file, it may be any text
    `${started.slice(0, 16).replace('T', ' ')} UTC`,
    ...(commit === null ? [] : [`commit ${commit.slice(0, 7)}`]),
    ...(shown.length > 0 ? [shown.join(', ') + (more > 0 ? ` and ${count(more)} more` : '')] : []),
  ];
}

/** The most events of a bot, and the most bots with the same history, that are shown unless all are wanted. */
const FEW_EVENTS = 10;
const FEW_BOTS = 3;

/**
 * Describes the history of a number: one block for all bots with the same history, newest events first, and one for
 * what could not be read. The format must escape foreign text in them.
 */
export function historyBlocks({ history }: Explained, clean: Sanitizer, all: boolean) {
  if (!history) return [];
  const groups = new Map<string, BotHistory[]>();
  for (const bot of history.bots) {
    const key = JSON.stringify(bot.events);
    groups.set(key, [...(groups.get(key) ?? []), bot]);
  }
  const blocks = Array.from(groups.values(), (bots) => {
    const { events } = bots[0]!;
    const names = bots.slice(0, all ? undefined : FEW_BOTS).map(({ id }) => quote(id, clean));
    const more = bots.length - names.length;
    const shown = events.toReversed().slice(0, all ? undefined : FEW_EVENTS);
    const left = events.length - shown.length;
    const lines = shown.flatMap((event) => eventLines(event, clean));
    return {
      id: `history of ${names.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`,
      headline: statusWords(events.at(-1)!),
      lines: left > 0 ? [...lines, `${plural(left, 'earlier event')} omitted; --verbose shows all`] : lines,
      failed: false,
    };
  });
  const notes = historyNotes(history, clean);
  if (blocks.length > 0 && notes.length === 0) return blocks;
  const isOpen = history.isShallow || history.unread !== null;
  const known = isOpen ? 'not complete' : 'covers commits only';
  const none =
    history.commits === 1
      ? 'the only commit that was read does not declare the number'
      : `none of the ${count(history.commits)} commits that were read declares the number`;
  const headline = blocks.length > 0 ? known : none;
  return [...blocks, { id: 'history', headline, lines: notes, failed: false }];
}

/** `removed on 2026-03-02`. */
const statusWords = ({ kind, day }: HistoryEvent) => `${kind} on ${day}`;

/** `2026-03-02 removed in 1a2b3c4 by Ann: Unblock after appeal (#12)`, then what it removed. */
function eventLines({ kind, day, commit, declarations }: HistoryEvent, clean: Sanitizer): string[] {
  const shown = Array.from(clean.order(declarations), (each) => declarationWords(each, clean));
  const entries = shown.map((words) => `  ${kind === 'removed' ? 'was: ' : ''}${words}`);
  if (!commit) return [`${day} expired, after its last day`, ...entries];
  const { id, pull, merge } = commit;
  const [author, subject] = [clip(clean.note(commit.author)), clip(clean.note(commit.subject))];
  const named = pull !== null && !subject.includes(pull) ? ` (${clip(clean.note(pull))})` : '';
  const merged = merge === null ? '' : `, merged in ${merge.slice(0, SHORT)}`;
  const by = `in ${id.slice(0, SHORT)} by ${author}: ${subject}${named}${merged}`;
  return [`${day} ${kind} ${by}`, ...entries];
}

/** The digits of a commit id that are shown. */
const SHORT = 7;

function historyNotes({ isShallow, uncommitted, unread }: History, clean: Sanitizer): string[] {
  const shallow = 'this clone is shallow, so earlier commits are not known; fetch them (fetch-depth: 0)';
  const { message, place } = unread ? worded(unread.why, clean) : { message: '', place: undefined };
  const why = place ? `${placeWords(place, clean)}: ${message}` : message;
  const edited = uncommitted.slice(0, FEW_BOTS).map((id) => quote(id, clean));
  const more = uncommitted.length - edited.length;
  const bots = edited.join(', ') + (more > 0 ? ` and ${count(more)} more` : '');
  return [
    ...(edited.length > 0 ? [`not committed yet: the edit of this number for ${bots}`] : []),
    ...(isShallow ? [shallow] : []),
    ...(unread
      ? [`${plural(unread.commits, 'commit')} could not be read, last ${unread.last.slice(0, SHORT)}: ${why}`]
      : []),
  ];
}
