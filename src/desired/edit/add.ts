import type { SourceFile } from '../source/yaml-files.ts';
import { type ParsedFile, parseYaml } from '../yaml/parse.ts';
import { entryInFlow, entryLines, type Holder, type NewEntry } from './entry.ts';
import { blanks, makeWriter } from './insert.ts';
import { applyEdits, isJson, lineEndOf } from './text.ts';

/**
 * Adds entries to the end of the numbers of a bot or a list, in a file without faults. Changes no other byte, and
 * `removeEntries` restores the file. A bot without `numbers` gets the key.
 */
export function addEntries(file: SourceFile, holder: Holder, entries: readonly NewEntry[]): string {
  const parsed = parseYaml(file) as ParsedFile;
  const path = [holder.kind, holder.name];
  const part = parsed.parts[holder.kind].get(holder.name)!;
  const { text } = parsed.folded;
  // If the key could be absent as well, brackets show later that it was there.
  const write = makeWriter(text, lineEndOf(file.text), mayOmitNumbers(part) ? 'brackets' : 'undoable');
  const json = isJson(file.text);
  const items = entries.map((entry) => entryInFlow(entry, json));
  const lines = (column: number) => entries.flatMap((entry) => entryLines(entry, column));
  if (hasNumbers(parsed, holder)) write(parsed.offsetOf([...path, 'numbers']), lines, items);
  else {
    const block = (column: number) => [`${blanks(column)}numbers:`, ...lines(column + write.listIndent)];
    // The blanks tell `removeEntries` that this key was added.
    write(parsed.offsetOf(path), block, [`"numbers": [ ${items.join(', ')} ]`]);
  }
  return applyEdits(file.text, write.edits, parsed.folded.toSource);
}

/** A bot that uses lists may have no numbers of its own. `add` never gives the key to a bot with number files. */
export function mayOmitNumbers({ lists, files }: Pick<ParsedFile['parts']['defaults'], 'lists' | 'files'>): boolean {
  return lists.items.length > 0 && files.items.length === 0;
}

export function hasNumbers({ value }: ParsedFile, { kind, name }: Holder): boolean {
  const holders = (value as Record<string, Record<string, { readonly numbers?: unknown }>>)[kind]!;
  return holders[name]!.numbers !== undefined;
}
