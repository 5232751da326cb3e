/** Unified patches, made of what is known to have changed: nothing is compared again. */
import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatchHunk } from 'diff';
import type { FileReport } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';

/** A patch from one name to another. Both names get the same header, if any. */
export function patch(oldFileName: string, newFileName: string, hunks: StructuredPatchHunk[], header?: string): string {
  const names = { oldFileName, newFileName, oldHeader: header, newHeader: header };
  return formatPatch({ ...names, hunks }, FILE_HEADERS_ONLY);
}

/** The patch of a file. Masked, every digit of it is hidden. */
export function filePatch({ name, hunks }: FileReport, clean: Sanitizer): string {
  const shown = hunks.map((hunk) => ({
    ...hunk,
    lines: hunk.lines.map((line) => line.slice(0, 1) + clean.source(line.slice(1))),
  }));
  return patch(clean.file(name), clean.file(name), shown);
}

/** The first line of a file that is not as it should be, from 1. */
export function firstChange({ hunks: [hunk] }: FileReport): number {
  if (!hunk) return 1;
  const before = hunk.lines.findIndex((line) => !line.startsWith(' '));
  return hunk.oldStart + Math.max(0, before);
}
