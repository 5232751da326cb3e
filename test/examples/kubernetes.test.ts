import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CronJob, Job } from 'kubernetes-models/batch/v1';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { needs } from '../needs.ts';
import { makeDesired, makeFolder, reportOf, run, uk, us, yamlOf } from '../stories/harness.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

const FOLDER = 'examples/kubernetes';
const KINDS = { CronJob, Job } as const;

/** Throws if a value is missing or invalid in the API of Kubernetes. Unknown fields pass. */
function model(text: string): CronJob | Job {
  const document = parse(text) as { kind: keyof typeof KINDS };
  const object = new KINDS[document.kind](document as never);
  object.validate();
  return object;
}

/**
 * Returns the errors that the types of Kubernetes give for each manifest, which include unknown fields; an
 * empty text if there are none.
 */
function typeFaults(texts: readonly string[]): string[] {
  const folder = makeFolder();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const names = texts.map((text, index) => {
    const { kind } = parse(text) as { kind: string };
    const code = `import type { I${kind} as Kind } from 'kubernetes-models/batch/v1';\nexport const it: Kind = ${JSON.stringify(parse(text))};\n`;
    writeFileSync(join(folder, `manifest-${index}.mts`), code);
    return `manifest-${index}.mts`;
  });
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [tsc, ...options, ...names], {
    cwd: folder,
    encoding: 'utf8',
  });
  const faults = names.map((name) =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith(name))
      .join('\n'),
  );
  expect(status === 0).toBe(faults.every((fault) => fault === ''));
  return faults;
}

function jobOf(text: string) {
  const object = model(text);
  return object instanceof CronJob ? object.spec!.jobTemplate.spec! : object.spec!;
}

const drift = read(`${FOLDER}/drift.yaml`);
const apply = read(`${FOLDER}/apply.yaml`);

describe('the manifests', () => {
  test('are exactly the ones tested here', () => {
    expect(readdirSync(join(root, FOLDER)).sort()).toEqual(['apply.yaml', 'drift.yaml']);
  });

  test.each([
    ['drift.yaml', drift],
    ['apply.yaml', apply],
  ])('include %s, which is valid for Kubernetes and has all precautions', (_, text) => {
    const { spec } = jobOf(text).template;
    expect(spec).toMatchObject({
      restartPolicy: 'Never', // otherwise podFailurePolicy is ignored
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    const [container, ...others] = spec!.containers;
    expect(others).toEqual([]);
    expect(container).toMatchObject({
      name: 'blacklistctl',
      // The pull request of a release writes its image into the manifests.
      image: expect.stringMatching(`^registry\\.example\\.com/blacklistctl:${version}$|@sha256:[0-9a-f]{64}$`),
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { limits: { memory: '512Mi' } },
    });
    const [desired, tokens] = spec!.volumes!;
    expect(tokens!.secret).toBeDefined();
    expect(container!.volumeMounts).toEqual([
      { name: desired!.name, mountPath: '/desired', readOnly: true },
      { name: tokens!.name, mountPath: '/tokens', readOnly: true },
    ]);
    for (const { name, value } of container!.env!) {
      expect(name).toMatch(/_FILE$/);
      expect(value).toBe(`/tokens/${name.replace(/_FILE$/, '')}`);
    }
  });

  test('have only fields that Kubernetes knows', () => {
    const wrong = [
      drift.replace('concurrencyPolicy:', 'concurrencyPolice:'),
      drift.replace('      backoffLimit: 1\n', '      runAsNonRoot: true\n'),
      apply.replace('secretName:', 'secretNam:'),
      apply.replace('action: FailIndex', 'action: FailAll'),
    ];
    expect(typeFaults([drift, apply, ...wrong])).toEqual([
      '',
      '',
      expect.stringContaining('"concurrencyPolice"'),
      expect.stringContaining('"runAsNonRoot"'),
      expect.stringContaining('"secretNam"'),
      expect.stringContaining('"FailAll"'),
    ]);
  });

  test.each([
    ['drift.yaml', drift, 'FailJob'],
    ['apply.yaml', apply, 'FailIndex'],
  ])('include %s, which counts no eviction as a failure, before it judges exit codes', (_, text, action) => {
    const { rules } = jobOf(text).podFailurePolicy!;
    expect(rules.map((rule) => [rule.action, rule.onPodConditions?.map(({ type, status }) => [type, status])])).toEqual(
      [
        ['Ignore', [['DisruptionTarget', 'True']]],
        [action, undefined],
      ],
    );
  });

  test('take files and tokens by fixed names, and only the Job of apply gets a new name each time', () => {
    expect(model(drift).metadata).toEqual({ name: 'blacklist-drift' });
    expect(model(apply).metadata).toEqual({ generateName: 'blacklist-apply-' });
    for (const text of [drift, apply]) {
      const [files, tokens] = jobOf(text).template.spec!.volumes!;
      expect(files!.configMap).toEqual({ name: 'blacklist' });
      expect(tokens!.secret).toEqual({ secretName: 'blacklist-tokens' });
    }
  });

  test('have commands in their comment that make the ConfigMap and the Secret, with the token in no argument', (context) => {
    needs('bash', context);
    const cwd = makeDesired({ a: uk(1) });
    // Writes what it creates to its output, and each applied object and all arguments to files.
    const kubectl = `#!/usr/bin/env bash
set -euo pipefail
printf '%s ' "$@" >> arguments; echo >> arguments
case "$1" in
  create)
    echo "$2 \${@:3}"
    for option in "$@"; do
      case "$option" in
        --from-file=*=*) source="\${option##*=}"; echo "data \${option:12}=$(cat "$source")" ;;
        --from-file=*) echo "data \${option:12}" ;;
      esac
    done ;;
  apply) cat >> applied ;;
  *) exit 1 ;;
esac
`;
    writeFileSync(join(cwd, 'kubectl'), kubectl, { mode: 0o755 });
    const commands = [...drift.matchAll(/^# {3}(.*)$/gm)].map(([, line]) => line).join('\n');
    const env = { PATH: `${cwd}:${process.env.PATH}`, WHATSAPP_CLOUD_TOKEN: 'Canary-7b3f9a' };
    const { status, stderr } = spawnSync('bash', ['-c', `set -eo pipefail\n${commands}`], {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect([status, stderr]).toEqual([0, '']);
    const options = '--dry-run=client -o yaml';
    expect(readFileSync(join(cwd, 'applied'), 'utf8')).toBe(
      `configmap blacklist --from-file=blacklist.yaml ${options}\ndata blacklist.yaml\n` +
        `secret generic blacklist-tokens ${options} --from-file=WHATSAPP_CLOUD_TOKEN=/dev/stdin\n` +
        'data WHATSAPP_CLOUD_TOKEN=/dev/stdin=Canary-7b3f9a\n',
    );
    const files = [drift, apply].flatMap((text) =>
      jobOf(text).template.spec!.containers[0]!.env!.map(({ value }) => value),
    );
    expect(new Set(files)).toEqual(new Set(['/tokens/WHATSAPP_CLOUD_TOKEN']));
    expect(readFileSync(join(cwd, 'arguments'), 'utf8')).not.toContain('Canary');
    expect(readFileSync(join(root, 'docs/containers.md'), 'utf8')).toContain(commands.split('\n')[0]);
  });

  test('state how many numbers fit into a ConfigMap', () => {
    const size = (count: number) => {
      const data = { 'blacklist.yaml': yamlOf({ 'support-bot': us(count) }) };
      const object = { apiVersion: 'v1', data, kind: 'ConfigMap', metadata: { annotations: {}, name: 'blacklist' } };
      return { annotation: `${JSON.stringify(object)}\n`.length, data: data['blacklist.yaml'].length };
    };
    const [few, many] = [...drift.matchAll(/about (\d+),000 numbers/g)].map(
      ([, thousands]) => Number(thousands) * 1000,
    );
    expect(size(few!).annotation).toBeLessThan(262_144);
    expect(size(few! * 1.3).annotation).toBeGreaterThan(262_144);
    expect(size(many!).data).toBeLessThan(1_048_576);
    expect(size(many! * 1.3).data).toBeGreaterThan(1_048_576);
  });

  test('never run two drifts at once', () => {
    expect((model(drift) as CronJob).spec!.concurrencyPolicy).toBe('Forbid');
  });

  test('have as many shards as the apply has pods', () => {
    const { completions, parallelism, completionMode, template } = jobOf(apply);
    const args = template.spec!.containers[0]!.args!;
    expect({ completionMode, parallelism }).toEqual({ completionMode: 'Indexed', parallelism: completions });
    expect(args[args.indexOf('--shard') + 1]).toBe(`/${completions}`);
  });

  test('use only exit codes that docs/reference.md lists', () => {
    const codes = [drift, apply].flatMap((text) =>
      jobOf(text).podFailurePolicy!.rules.flatMap((rule) => rule.onExitCodes?.values ?? []),
    );
    expect(codes).toEqual([2, 6, 3, 6]); // the API demands that those of a rule are in order, and not 0
    for (const code of codes) expect(read('docs/reference.md')).toContain(`\n| ${code} | `);
  });

  test('have arguments that the program accepts', async () => {
    const cwd = makeDesired({ a: uk(3), b: uk(3), c: uk(3) });
    const call = async (text: string, env = {}) => {
      const args = jobOf(text).template.spec!.containers[0]!.args!;
      return run([...args, '--sandbox=lists.json', '--format', 'json'], { cwd, env });
    };
    for (const index of ['0', '1', '2', '3']) {
      expect((await call(apply, { JOB_COMPLETION_INDEX: index })).code).toBe(0);
    }
    const drifted = await call(drift);
    expect(drifted.code).toBe(0);
    expect(reportOf(drifted)).toMatchObject({ outcome: 'in-sync', summary: { unchanged: 9 } });
  });
});

describe('a wrong value is found', () => {
  test.each([
    ['a value of the wrong kind', 'backoffLimit: 1', 'backoffLimit: once'],
    ['a list instead of one value', 'restartPolicy: Never', 'restartPolicy: [Never]'],
    ['a missing field', '  schedule: "17 */6 * * *"\n', ''],
  ])('%s', (_, from, to) => {
    const broken = drift.replace(from, to);
    expect(broken).not.toBe(drift);
    expect(() => model(broken)).toThrow();
  });
});
