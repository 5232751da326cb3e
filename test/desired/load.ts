import { declare } from '../../src/desired/declare.ts';
import { type Desired, resolve } from '../../src/desired/resolve.ts';
import type { SourceFile } from '../../src/desired/source/yaml-files.ts';

/** Loads the desired state of files without number files. */
export function loadDesired(files: readonly SourceFile[], today: string): Desired {
  const declared = files.map((file) => declare(file, today));
  return resolve(declared, () => ({ files: [], fault: 'is not read here', faults: [] }), today);
}
