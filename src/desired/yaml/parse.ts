import { type Document, parseAllDocuments } from 'yaml';
import type { Fault, Located } from '../../model/fault.ts';
import { Invalid } from '../../numbers/invalid.ts';
import { loneReturn, STRANGE_END, whyStrange } from '../source/line-ends.ts';
import { asciiOf, type SourceFile } from '../source/yaml-files.ts';
import { codesOf, type Folded, fold, type Run, unfolded } from './fold.ts';
import { type Parts, partsOf } from './parts.ts';
import { type FaultAt, type Path, Places } from './places.ts';
import { syntaxFaults } from './syntax.ts';
import { isEmpty, readValues } from './values.ts';

type Content = ReturnType<typeof readValues>;

/** A YAML file as plain values with places. Every scalar is its text. */
export interface ParsedFile {
  readonly value: unknown;
  readonly parts: Parts;
  /** The faults that did not prevent reading, such as a key that appears twice. */
  readonly faults: readonly Fault[];
  /** Returns the place of the n-th number of a run, from 0. */
  locateInRun(run: Run, n: number): Located;
  /**
   * Returns the place of the value at a path, or of its key if `atKey`. If it does not exist, returns the
   * place of its nearest parent.
   */
  locate(path: Path, atKey?: boolean): Located;
  /** Makes a fault at the place that `locate` returns. */
  fault(path: Path, message: string, atKey?: boolean): Fault;
  /** The text that was parsed, without long runs of numbers. */
  readonly folded: Folded;
  /** Returns the offset of a value or key in the folded text. */
  offsetOf(path: Path, atKey?: boolean): number;
}

const EMPTY = 'the file is empty; add at least "version: 1" and "bots:", or delete it';
const SECOND = 'a second YAML document starts here; put each document into its own file';

const known = new WeakMap<SourceFile, ParsedFile | Invalid<readonly Fault[]>>();

/**
 * Parses one file, only once. The failsafe schema keeps every scalar as its text: an unquoted `+46732001122` keeps its
 * plus, `0046` keeps its zeros, and no scalar becomes a float.
 *
 * @returns the parsed file, or every fault that prevents reading it.
 */
export function parseYaml(file: SourceFile): ParsedFile | Invalid<readonly Fault[]> {
  const parsed = known.get(file) ?? parse(file);
  known.set(file, parsed);
  return parsed;
}

function parse(file: SourceFile): ParsedFile | Invalid<readonly Fault[]> {
  const places = new Places(file);
  // YAML or an editor ends a line at these characters but the parser does not, so it would drop text after a comment.
  const source = codesOf(file);
  const ascii = asciiOf(file);
  const strange = ascii ? loneReturn(ascii) : file.text.search(STRANGE_END);
  if (strange >= 0) return new Invalid([{ message: whyStrange(file.text[strange]!), ...places.locate(strange) }]);
  // File names and ignore rules may look like numbers too. Runs of them must stay.
  let draft = read(fold(source), places);
  if (draft.strays.size > 0) draft = read(fold(source, draft.strays), places);
  if (draft.strays.size > 0) draft = read(unfolded(source), places);
  return finish(draft, places);
}

/** A file that is parsed but not checked yet. */
interface Draft {
  readonly folded: Folded;
  readonly faultAt: FaultAt;
  readonly documents: readonly Document.Parsed[];
  readonly content: Content;
  readonly parts: Parts;
  /** The offsets of runs outside lists of numbers, where nothing expands them. */
  readonly strays: ReadonlySet<number>;
}

function read(folded: Folded, places: Places): Draft {
  const { text, runs, toSource } = folded;
  const faultAt: FaultAt = (offset, message) => ({ message, ...places.locate(toSource(offset)) });
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    resolveKnownTags: false, // !!binary, !!set and !!omap would give values that are neither text, list nor mapping
    prettyErrors: false,
    uniqueKeys: false, // `readValues` checks it and reports both places
  });
  const content = readValues(documents[0]?.contents, text, runs, faultAt);
  const parts = partsOf(content.value, content.runsIn);
  const inLists = new Set(parts.all.flatMap(({ numbers }) => numbers.items.map(({ run }) => run)));
  const strays = [...runs.values()].filter((run) => !inLists.has(run));
  return { folded, faultAt, documents, content, parts, strays: new Set(strays.map(({ source }) => source)) };
}

function finish(draft: Draft, places: Places): ParsedFile | Invalid<readonly Fault[]> {
  const { folded, faultAt, documents, content, parts } = draft;
  // Checked first, as the parser's own error for deep nesting depends on the size of the stack.
  if (content.tooDeep) return new Invalid([content.tooDeep]);
  // Reported alone, as most other faults would be wrong without the values of aliases.
  if (content.shared) return new Invalid([content.shared]);
  const syntax = syntaxFaults(documents, folded.text, faultAt);
  if (syntax.length > 0) return new Invalid(syntax);

  const [doc, second] = documents;
  const faults = second ? [faultAt(second.range[0], SECOND)] : [];
  if (doc?.directives?.yaml.version === '1.1') {
    const directive = Math.max(0, folded.text.search(/^%YAML/m));
    faults.push(faultAt(directive, 'a %YAML 1.1 directive changes how numbers are read; remove it'));
  }
  if (isEmpty(doc?.contents)) return new Invalid(faults.length > 0 ? faults : [faultAt(0, EMPTY)]);
  // One by one, as a call takes fewer arguments than there can be faults.
  for (const fault of content.faults) faults.push(fault);
  if (content.broken) return new Invalid(faults);
  return {
    value: content.value,
    parts,
    faults,
    locateInRun: (run, n) => places.locateBelow(run.source, n),
    locate: (path, atKey = false) => places.locate(folded.toSource(content.offsetOf(path, atKey))),
    fault: (path, message, atKey = false) => faultAt(content.offsetOf(path, atKey), message),
    folded,
    offsetOf: (path, atKey = false) => content.offsetOf(path, atKey),
  };
}
