import type { Report } from '../model/report.ts';
import type { TextOptions } from './text.ts';

/** Turns a report into pieces of text. */
export type Reporter = (report: Report, options: TextOptions) => Iterable<string>;

/** Every format by its name, loaded when it is asked for. A new format is one file and one line here. */
export const reporters: Readonly<Record<string, () => Promise<Reporter>>> = {
  text: async () => (await import('./text.ts')).text,
  json: async () => (await import('./json/write.ts')).json,
  markdown: async () => (await import('./markdown/index.ts')).markdown,
  github: async () => (await import('./github.ts')).github,
  html: async () => (await import('./html/index.ts')).html,
  diff: async () => (await import('./diff.ts')).diff,
};
