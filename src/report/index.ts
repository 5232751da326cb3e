import type { Report } from '../model/report.ts';
import { diff } from './diff.ts';
import type { FORMATS } from './formats.ts';
import { github } from './github.ts';
import { html } from './html/index.ts';
import { json } from './json/write.ts';
import { junitXml } from './junit.ts';
import { markdown } from './markdown/index.ts';
import { problemLines, type TextOptions, text } from './text.ts';

/** Turns a report into pieces of text. */
export type Reporter = (report: Report, options: TextOptions) => Iterable<string>;

const junit: Reporter = (report, options) =>
  junitXml(report, options.clean, text(report, options), problemLines(report, options));

/**
 * The reporters by the names of their formats. All are loaded at the start, as an upgrade may replace the
 * program's files while it writes.
 */
export const reporters: Readonly<Record<string, Reporter>> = {
  text,
  json,
  markdown,
  github,
  html,
  diff,
  junit,
} satisfies Record<(typeof FORMATS)[number], Reporter>;
