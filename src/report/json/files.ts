import type { Place } from '../../model/fault.ts';
import type { EditReport, FormatReport } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { long } from '../voice/json.ts';
import { patchLine } from '../words/files.ts';

export const writePlace = (place: Place, clean: Sanitizer) => ({ ...place, file: clean.file(place.file) });

/** Writes the files of an edit or of fmt, with their changes. */
export function writeFiles({ files }: EditReport | FormatReport, clean: Sanitizer) {
  return files.map(({ name, changed, pruned, hunks }) => {
    const shown = hunks.map((hunk) => ({ ...hunk, lines: long(hunk.lines, (line) => patchLine(line, clean)) }));
    return { name: clean.file(name), changed, pruned, hunks: shown };
  });
}

export function writeEntries({ entries }: EditReport, clean: Sanitizer) {
  return entries.map(({ number, change, bot, list, place }) => {
    const names = { bot: bot && clean.name(bot), list: list && clean.name(list) };
    return { number: clean.number(number), change, ...names, place: place && writePlace(place, clean) };
  });
}
