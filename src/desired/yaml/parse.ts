import { type Document, parseAllDocuments } from 'yaml';
import type { Fault, Located } from '../../model/fault.ts';
import { Invalid } from '../../numbers/invalid.ts';
import { STRANGE_END, whyStrange } from '../source/line-ends.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { type Folded, fold, type Run, unfolded } from './fold.ts';
import { type Parts, partsOf } from './parts.ts';
import { type FaultAt, type Path, Places } from './places.ts';
import { syntaxFaults } from './syntax.ts';
import { isEmpty, readValues } from './values.ts';

type Content = ReturnType<typeof readValues>;

/** A YAML file as plain values, with every scalar as its text, and the place of each value. */
export interface ParsedFile {
  readonly value: unknown;
  readonly parts: Parts;
  /** Faults that do not prevent reading on, such as a key that appears twice. */
  readonly faults: readonly Fault[];
  /** Where the n-th number of a run is, from 0. */
  locateInRun(run: Run, n: number): Located;
  /** Where the value is that the path leads to, or the nearest parent that exists; its key if `atKey`. */
  locate(path: Path, atKey?: boolean): Located;
  /** A fault there. */
  fault(path: Path, message: string, atKey?: boolean): Fault;
  /** The text that was parsed, in which long runs of numbers are folded away. */
  readonly folded: Folded;
  /** The place of that value or key in the folded text. */
  offsetOf(path: Path, atKey?: boolean): number;
}

const EMPTY = 'the file is empty; it needs at least "version: 1" and "bots:" (delete the file if it has no use)';
const SECOND = 'a second YAML document starts here; use one document a file';

/**
 * Parses one file. The failsafe schema keeps every scalar as its text: an unquoted `+46732001122` keeps its plus,
 * `0046` its zeros, and nothing becomes a float.
 *
 * @returns the parsed file, or every fault that prevents reading it.
 */
export function parseYaml(file: SourceFile): ParsedFile | Invalid<readonly Fault[]> {
  const places = new Places(file);
  // YAML or an editor ends a line there and the parser does not: the text after a comment would be lost without a warning.
  const strange = file.text.search(STRANGE_END);
  if (strange >= 0) return new Invalid([{ message: whyStrange(file.text[strange]!), ...places.locate(strange) }]);
  // Names of files and rules to ignore may look like numbers, too: a run of them is not folded.
  let draft = read(fold(file.text), places);
  if (draft.strays.size > 0) draft = read(fold(file.text, draft.strays), places);
  if (draft.strays.size > 0) draft = read(unfolded(file.text), places);
  return finish(draft, places);
}

/** A file on its way through the parser. */
interface Draft {
  readonly folded: Folded;
  readonly faultAt: FaultAt;
  readonly documents: readonly Document.Parsed[];
  readonly content: Content;
  readonly parts: Parts;
  /** The places of runs outside lists of numbers: nothing expands them there. */
  readonly strays: ReadonlySet<number>;
}

function read(folded: Folded, places: Places): Draft {
  const { text, runs, toSource } = folded;
  const faultAt: FaultAt = (offset, message) => ({ message, ...places.locate(toSource(offset)) });
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    resolveKnownTags: false, // !!binary, !!set and !!omap would make values that are neither text, list nor mapping
    prettyErrors: false,
    uniqueKeys: false, // checked below, with both places
  });
  const content = readValues(documents[0]?.contents, text, runs, faultAt);
  const parts = partsOf(content.value, content.runsIn);
  const inLists = new Set(parts.all.flatMap(({ numbers }) => numbers.items.map(({ run }) => run)));
  const strays = [...runs.values()].filter((run) => !inLists.has(run));
  return { folded, faultAt, documents, content, parts, strays: new Set(strays.map(({ source }) => source)) };
}

function finish(draft: Draft, places: Places): ParsedFile | Invalid<readonly Fault[]> {
  const { folded, faultAt, documents, content, parts } = draft;
  // This comes first: the parser's own words for a file that is too deep depend on the size of the stack.
  if (content.tooDeep) return new Invalid([content.tooDeep]);
  // This hides other faults of the file: without the values of aliases most of them would be wrong.
  if (content.shared) return new Invalid([content.shared]);
  const syntax = syntaxFaults(documents, folded.text, faultAt);
  if (syntax.length > 0) return new Invalid(syntax);

  const [doc, second] = documents;
  const faults = second ? [faultAt(second.range[0], SECOND)] : [];
  if (doc?.directives?.yaml.version === '1.1') {
    const directive = Math.max(0, folded.text.search(/^%YAML/m));
    faults.push(faultAt(directive, 'a %YAML 1.1 directive changes what numbers mean; remove it'));
  }
  if (isEmpty(doc?.contents)) return new Invalid(faults.length > 0 ? faults : [faultAt(0, EMPTY)]);
  for (const fault of content.faults) faults.push(fault); // one by one: there may be more than arguments of a call
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
