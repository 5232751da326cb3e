// Builds dist/: the schema validators (compiling them at run time would take 90 ms at each start), then the bundle.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => `${root}${path}`;
const json = (path) => JSON.parse(readFileSync(at(path), 'utf8'));

/** Compiles a schema into an ES module whose default export is the validate function. */
async function generateValidator(name, schema, options) {
  const ajv = new Ajv({ allowUnionTypes: true, strictTypes: false, code: { source: true, esm: true }, ...options });
  const code = standaloneCode.default(ajv, ajv.compile(schema));
  // The generated module still requires ajv's helpers; bundling includes them.
  const out = at(`src/generated/validate-${name}.js`);
  mkdirSync(at('src/generated'), { recursive: true });
  await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: out,
    logLevel: 'error',
  });
  writeFileSync(
    out.replace(/\.js$/, '.d.ts'),
    "import type { ValidateFunction } from 'ajv';\ndeclare const validate: ValidateFunction;\nexport default validate;\n",
  );
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
await generateValidator('blacklist', inlined(json('schemas/blacklist.schema.json')), {
  allErrors: true,
  coerceTypes: true,
});
// The first error of these is enough, as users do not write them.
for (const name of ['plan', 'report']) await generateValidator(name, json(`schemas/${name}.schema.json`), {});

const { version } = json('package.json');
const common = {
  absWorkingDir: root, // the output contains no path of this machine
  write: false,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  define: { 'process.env.BLACKLISTCTL_VERSION': JSON.stringify(version) },
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
});
const action = await build({ ...common, entryPoints: ['src/action/index.ts'], outfile: at('dist/action/index.js') });
// Written only after the build has passed, so that a failed build keeps the last program.
rmSync(at('dist'), { recursive: true, force: true });
mkdirSync(at('dist/action'), { recursive: true });
for (const { path, contents } of [...program.outputFiles, ...action.outputFiles]) writeFileSync(path, contents);
chmodSync(at('dist/cli.js'), 0o755);
