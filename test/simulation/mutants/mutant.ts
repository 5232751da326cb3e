import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Client } from '../promises/promise.ts';

/**
 * A program with one text changed. `broken` matches the promise that must find it, with a space after the
 * number, so that promise 1 does not match promise 13. `schedule` is a schedule that finds it, if schedule 0
 * does not.
 */
export type Mutant = readonly [name: string, file: string, from: string, to: string, broken: RegExp, schedule?: number];

const root = join(import.meta.dirname, '../../..');

/** Bundles the program with one text changed. The source is edited when it is read. */
export async function bundle([, file, from, to]: Mutant, outfile: string): Promise<Client> {
  await build({
    stdin: {
      contents: ['commands/apply/apply', 'commands/plan/plan', 'commands/drift/drift', 'model/errors']
        .map((name) => `export * from './src/${name}.ts';`)
        .join(''),
      resolveDir: root,
    },
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    outfile,
    logLevel: 'error',
    plugins: [
      {
        name: 'mutate',
        setup({ onLoad }) {
          onLoad({ filter: new RegExp(`src/${file.replace('.', '\\.')}$`) }, ({ path }) => {
            const source = readFileSync(path, 'utf8');
            if (!source.includes(from)) throw new Error(`${file} no longer contains: ${from}`);
            return { contents: source.replace(from, to), loader: 'ts' };
          });
        },
      },
    ],
  });
  return import(pathToFileURL(outfile).href);
}
