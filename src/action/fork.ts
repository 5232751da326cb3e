/** Checks the files of a pull request that gets no secrets: offline, and without encrypted files. */
import { InvalidError, MissingTokenError } from '../model/errors.ts';
import type { Fault } from '../model/fault.ts';
import type { CheckReport, Report } from '../model/report.ts';
import type { Env } from '../model/world.ts';
import type { Context } from '../steps/context.ts';

/** Reports whether a run failed because it has no secrets. */
export function lacksSecrets(error: unknown, env: Env): boolean {
  const hasKeys = Boolean(env.SOPS_AGE_KEY || env.SOPS_AGE_KEY_FILE);
  return error instanceof MissingTokenError || (error instanceof InvalidError && !hasKeys);
}

/**
 * Runs a check of the files. A warning reports that nothing was planned, and lists the encrypted files, which were not
 * checked. If one of these is desired state, references between files are not checked either.
 *
 * @param contextOf makes a context that opens encrypted number files with the given function.
 * @throws InvalidError if the other files have errors.
 */
export async function checkWithoutSecrets(
  check: (context: Context) => Promise<Report>,
  contextOf: (decrypt: (name: string) => Promise<Buffer>) => Context,
): Promise<Report> {
  const unread = new Set<string>();
  const sealed = new Set<Fault>();
  const context = contextOf(async (name) => {
    unread.add(name);
    return Buffer.alloc(0);
  });
  const { files } = context;
  const checked = await allButSealed(check, sealed, {
    ...context,
    files: {
      ...files,
      async readDesired(paths) {
        const read = await files.readDesired(paths, { sealed: true });
        for (const { name } of read.files.filter(({ encrypted }) => encrypted)) {
          unread.add(name);
          sealed.add({ message: `${name}: is encrypted` });
        }
        return { files: read.files.filter(({ encrypted }) => !encrypted), faults: [...read.faults, ...sealed] };
      },
    },
  });
  const warnings = checked.warnings.filter(({ place }) => !unread.has(place?.file ?? ''));
  return { ...checked, warnings: [...warnings, { code: 'W-NO-TOKENS', encrypted: [...unread].sort() }] };
}

/** Runs the check. If it fails only because of encrypted files, returns a report without bots. */
async function allButSealed(
  check: (context: Context) => Promise<Report>,
  sealed: ReadonlySet<Fault>,
  context: Context,
): Promise<Report> {
  try {
    return await check(context);
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error;
    const faults = error.faults.filter((fault) => !sealed.has(fault));
    if (faults.length > 0) throw new InvalidError(faults);
    const facts = {
      command: 'validate',
      outcome: 'valid',
      interrupted: false,
      bots: [],
      warnings: [],
      errors: [],
    } as const;
    return { kind: 'check', ...facts } satisfies CheckReport;
  }
}
