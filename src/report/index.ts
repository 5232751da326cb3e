import type { Report } from '../model.ts';
import { diff } from './diff.ts';
import { github } from './github.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import { type TextOptions, text } from './text.ts';

/** Every format by its name: a function from one report to pieces of text. A new one is one file and one line here. */
export const reporters: Readonly<Record<string, (report: Report, options: TextOptions) => Iterable<string>>> = {
  text,
  json,
  markdown,
  github,
  html,
  diff,
};
