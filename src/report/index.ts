import type { Report } from '../model/report.ts';
import { diff } from './diff.ts';
import { github } from './github.ts';
import { html } from './html/index.ts';
import { json } from './json/write.ts';
import { markdown } from './markdown/index.ts';
import { type TextOptions, text } from './text.ts';

/** Turns a report into pieces of text. */
export type Reporter = (report: Report, options: TextOptions) => Iterable<string>;

/**
 * Every format by its name. A new format is one file and one line here. None is loaded later: an upgrade may replace
 * the program's files while it writes.
 */
export const reporters: Readonly<Record<string, Reporter>> = { text, json, markdown, github, html, diff };
