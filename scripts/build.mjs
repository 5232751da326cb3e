// Builds dist/: the schema validators (compiling them at run time would take 90 ms at each start), then the bundle, with
// the notices of the packages in it.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { bundledFiles, noticesOf, packagesOf, sbomOf } from './bundled.mjs';

const MODULE_OF_NODE = new RegExp(`^(?:node:.+|${builtinModules.join('|')})$`);
const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => `${root}${path}`;
const json = (path) => JSON.parse(readFileSync(at(path), 'utf8'));

/**
 * Makes a function for a definition append its errors to those so far. ajv copies all of them for each call, which takes
 * quadratic time for a file of errors.
 */
function linear(code) {
  const appended = code.replace(/vErrors\.concat\((\w+)\.errors\)/g, 'append(vErrors, $1.errors)');
  return `${appended}\nfunction append(all, some) { for (const error of some) all.push(error); return all; }\n`;
}

/** Compiles a schema into an ES module whose default export is the validate function. Returns its path and content. */
async function generateValidator(name, schema, options) {
  const ajv = new Ajv({ allowUnionTypes: true, strictTypes: false, code: { source: true, esm: true }, ...options });
  const code = linear(standaloneCode.default(ajv, ajv.compile(schema)));
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

// Desired state is parsed with every scalar as text, so that no digit is lost; ajv converts the few real numbers.
const generated = new Map([
  await generateValidator('blacklist', json('schemas/blacklist.schema.json'), {
    allErrors: true,
    coerceTypes: true,
  }),
  // Only the first error of a plan or a report is shown. A forged one could have millions.
  await generateValidator('plan', json('schemas/plan.schema.json'), {}),
  await generateValidator('report', json('schemas/report.schema.json'), {}),
]);

/**
 * Loads Node's own modules by a call. An import makes Node read every export of such a module, also those that Node
 * loads only when they are used: an import of node:http on Node 24 takes 30 ms, as it loads the fetch of Node.
 */
const nodeModules = {
  name: 'node-modules',
  setup({ onResolve, onLoad }) {
    // One module for each importer, as a module that several chunks share becomes a chunk, which takes 1 ms to load.
    onResolve({ filter: MODULE_OF_NODE }, ({ path, importer, kind }) =>
      kind === 'import-statement'
        ? { path: `${path} in ${importer.slice(root.length)}`, namespace: 'node', pluginData: path }
        : null,
    );
    onLoad({ filter: /^/, namespace: 'node' }, ({ pluginData: name }) => {
      const load = `process.getBuiltinModule(${JSON.stringify(name)})`;
      const names = Object.keys(process.getBuiltinModule(name)).filter((key) => key !== 'default');
      const exported = names.map((key) => `export const ${key} = /* @__PURE__ */ (() => ${load}.${key})();`);
      return { contents: [...exported, `export default /* @__PURE__ */ ${load};`].join('\n') };
    });
  },
};

/** Replaces what node-fetch needs for forms and files. Its polyfill of streams alone is a tenth of all that a plan loads. */
const BODIES = at('scripts/no-forms.mjs');

const manifest = json('package.json');
const common = {
  absWorkingDir: root, // the output contains no path of this machine
  write: false,
  bundle: true,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  plugins: [nodeModules],
  alias: { 'fetch-blob': BODIES, 'fetch-blob/from.js': BODIES, 'formdata-polyfill/esm.min.js': BODIES },
  external: ['./utils/multipart-parser.js'], // of node-fetch, for forms
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
