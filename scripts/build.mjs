// Builds dist/: the schema validators (compiling them at run time would take 90 ms at each start), then the bundle, with
// the notices of the packages in it.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { bundledFiles, noticesOf, packagesOf, sbomOf } from './bundled.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => `${root}${path}`;
const json = (path) => JSON.parse(readFileSync(at(path), 'utf8'));

/** Compiles a schema into an ES module whose default export is the validate function. Returns its path and content. */
async function generateValidator(name, schema, options) {
  const ajv = new Ajv({ allowUnionTypes: true, strictTypes: false, code: { source: true, esm: true }, ...options });
  const code = standaloneCode.default(ajv, ajv.compile(schema));
  // The generated module still requires ajv's helpers; bundling includes them.
  const path = `src/generated/validate-${name}.js`;
  const out = at(path);
  mkdirSync(at('src/generated'), { recursive: true });
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    outfile: out,
    logLevel: 'error',
  });
  writeFileSync(
    out.replace(/\.js$/, '.d.ts'),
    "import type { ValidateFunction } from 'ajv';\ndeclare const validate: ValidateFunction;\nexport default validate;\n",
  );
  return [path, bundledFiles(metafile)];
}

/**
 * Replaces each reference of a schema by its definition. Otherwise ajv makes a function for each definition and copies
 * all errors so far after each call, which takes quadratic time.
 */
function inlined(root) {
  const write = (value) => {
    if (Array.isArray(value)) return value.map(write);
    if (typeof value !== 'object' || value === null) return value;
    const { $ref, ...own } = value;
    const referred =
      $ref === undefined
        ? {}
        : $ref
            .slice(2)
            .split('/')
            .reduce((at, step) => at[step], root);
    return Object.fromEntries(Object.entries({ ...referred, ...own }).map(([key, each]) => [key, write(each)]));
  };
  const { definitions: _, ...schema } = root;
  return write(schema);
}

// Desired state is parsed with every scalar as text, so that no digit is lost; ajv converts the few real numbers.
const generated = new Map([
  await generateValidator('blacklist', inlined(json('schemas/blacklist.schema.json')), {
    allErrors: true,
    coerceTypes: true,
  }),
  // Only the first error of a plan or a report is shown. A forged one could have millions.
  await generateValidator('plan', json('schemas/plan.schema.json'), {}),
  await generateValidator('report', json('schemas/report.schema.json'), {}),
]);

const manifest = json('package.json');
const common = {
  absWorkingDir: root, // the output contains no path of this machine
  write: false,
  bundle: true,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  define: { 'process.env.BLACKLISTCTL_VERSION': JSON.stringify(manifest.version) },
  // Some dependencies are CommonJS and still call require.
  banner: { js: "import { createRequire as $r } from 'node:module'; const require = $r(import.meta.url);" },
  legalComments: 'none',
  logLevel: 'error',
};
const program = await build({
  ...common,
  entryPoints: { cli: 'src/cli/entry.ts' },
  outdir: at('dist'),
  splitting: true,
  // A third of the size. Names are kept, and short lines, because Node prints the line of an error that ends it.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 200,
});
const action = await build({ ...common, entryPoints: ['src/action/index.ts'], outfile: at('dist/action/index.js') });
/** Returns the packages in a bundle, also those inside of the generated modules. */
function packagesIn({ metafile }) {
  const files = bundledFiles(metafile);
  return packagesOf([...files, ...files.flatMap((path) => generated.get(path) ?? [])], root);
}
const [inProgram, inAction] = [packagesIn(program), packagesIn(action)];

// Written only after the build has passed, so that a failed build keeps the last program.
rmSync(at('dist'), { recursive: true, force: true });
mkdirSync(at('dist/action'), { recursive: true });
for (const { path, contents } of [...program.outputFiles, ...action.outputFiles]) writeFileSync(path, contents);
chmodSync(at('dist/cli.js'), 0o755);
writeFileSync(at('dist/THIRD_PARTY_NOTICES'), noticesOf(inProgram));
writeFileSync(at('dist/sbom.cdx.json'), sbomOf(manifest, inProgram));
writeFileSync(at('dist/action/THIRD_PARTY_NOTICES'), noticesOf(inAction));
