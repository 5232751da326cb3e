import type { BotAnswer, ReportedDeclaration, ReportedRule } from '../../src/model/answer.ts';
import { type AppliedBot, type Cause, type DriftedBot, type PlannedBot, unsent } from '../../src/model/compared.ts';
import type { Ledger, Split } from '../../src/model/ledger.ts';
import { type Counts, NO_COUNTS } from '../../src/model/plan.ts';
import type {
  AnswerReport,
  CheckedBot,
  CheckReport,
  DriftReport,
  FailureReport,
  FileReport,
  FormatReport,
  ImportedBot,
  ImportReport,
  InitReport,
  ListedBot,
  ListReport,
  LiveBot,
  LiveReport,
  PlanReport,
  Report,
  ResultReport,
} from '../../src/model/report.ts';
import type { ReportedSettings } from '../../src/model/settings.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { makeSanitizer, type Sanitizer } from '../../src/report/voice/index.ts';

/** Returns consecutive numbers from a range for fiction. */
export const numbers = (count: number, from = 447_700_900_000) =>
  NumberSet.of(Array.from({ length: count }, (_, index) => from + index));

const limits = { percent: 25, floor: 10 };

/** Counts with only adds. */
export const adds = (count: number): Split => ({ add: count, remove: 0 });
export const removes = (count: number): Split => ({ add: 0, remove: count });

/** A ledger in which nothing was sent, except for the given counts. */
export const ledger = (rest: Partial<Ledger> = {}): Ledger => ({ ...unsent(), ...rest });

/** The counts of a bot with 214 numbers, except for the given ones. */
export const counts = (some: Partial<Counts> = {}): Counts => ({ ...NO_COUNTS, unchanged: 214, ...some });

/** A bot for any report of compared lists. Each report uses the fields that it needs. */
export type Bot = PlannedBot & DriftedBot & AppliedBot;

export const bot = (id: string, rest: Partial<Bot> = {}): Bot => ({
  id,
  baseUrl: 'https://eu1.whatsapp.api.sinch.com',
  policy: 'sync',
  add: NumberSet.empty,
  remove: NumberSet.empty,
  causes: [],
  counts: counts(),
  addNeedsContact: false,
  guard: { tripped: false, removals: 0, live: 214, limit: 53, limits },
  error: null,
  results: ledger(),
  notVisible: null,
  unverified: null,
  since: null,
  ...rest,
});

const NO_COVERAGE = { now: 0, added: 0, removed: 0 };
const NO_END = { now: 0, next: null, changed: 0 };

/** The settings of a bot that sets nothing, except for the given ones. */
export const settings = (rest: Partial<ReportedSettings> = {}): ReportedSettings => ({
  change: null,
  place: [],
  guard: { now: limits, default: limits, off: false },
  policy: { now: 'sync', default: 'sync' },
  tokenEnv: { now: 'SINCH_WHATSAPP_TOKEN', default: 'SINCH_WHATSAPP_TOKEN' },
  protected: NO_COVERAGE,
  ignored: { numbers: NO_COVERAGE, prefixes: NO_COVERAGE, ending: NO_END },
  pairs: NO_COVERAGE,
  expiring: NO_END,
  ...rest,
});

/** A bot in sync whose policy changed. */
export const reviewedBot = (id: string, rest: Partial<Bot> = {}) =>
  bot(id, {
    settings: settings({ change: 'changed', policy: { now: 'add-only', default: 'sync', before: 'sync' } }),
    ...rest,
  });

/** A bot whose changes have known causes, in the order of `causesOf`. */
export const causedBot = (id: string, rest: Partial<Bot> = {}) => {
  const cause = (rest: Pick<Cause, 'direction' | 'origin' | 'reason' | 'numbers'>, expires: string | null = null) => {
    return { ...rest, expires };
  };
  const [config, drift] = [{ origin: 'config' }, { origin: 'drift' }] as const;
  const causes: Cause[] = [
    cause({ direction: 'remove', ...drift, reason: 'undeclared', numbers: numbers(1, 447_700_900_600) }),
    cause({ direction: 'remove', ...drift, reason: 'expired', numbers: numbers(1, 447_700_900_700) }, '2026-12-31'),
    cause({ direction: 'add', ...drift, reason: null, numbers: numbers(1, 447_700_900_900) }),
    cause({ direction: 'remove', ...config, reason: 'removed', numbers: numbers(2, 447_700_900_500) }),
    cause({ direction: 'add', ...config, reason: 'added', numbers: numbers(30) }),
  ];
  const all = (direction: Cause['direction']) =>
    NumberSet.of(
      causes.flatMap((cause) =>
        cause.direction === direction ? Array.from(cause.numbers.values as Float64Array) : [],
      ),
    );
  return bot(id, { add: all('add'), remove: all('remove'), causes, ...rest });
};

/** A bot whose removals the guard refused. */
export const refusedBot = (id: string, rest: Partial<Bot> = {}) =>
  bot(id, {
    remove: numbers(9, 447_700_900_500),
    counts: counts({ unchanged: 3 }),
    guard: { tripped: 'share', removals: 9, live: 12, limit: 3, limits: { percent: 25, floor: 3 } },
    ...rest,
  });

/** A bot that could not be read. */
export const failedBot = (id: string, message = 'page 3 failed', detail?: string) =>
  bot(id, { counts: NO_COUNTS, guard: null, error: { message, detail } });

const ended = { run: null, interrupted: false, warnings: [], errors: [] };

/** The run that a report of CI names. */
export const RUN = {
  started: '2026-06-15T12:00:07Z',
  version: '0.1.0',
  commit: '1a2b3c4d'.repeat(5),
  paths: ['bots', 'lists.yaml'],
};
const compared = {
  ...ended,
  fingerprint: '7d1f0c22'.repeat(8),
  outcome: 'changes',
  overrides: [],
  requests: { read: 4, write: 1, retries: 0 },
} as const;

/** A plan. */
export const report = (rest: Partial<PlanReport> = {}): PlanReport => ({
  ...compared,
  kind: 'plan',
  command: 'plan',
  state: 'open',
  bots: [bot('support-bot')],
  ...rest,
});

export const drift = (rest: Partial<DriftReport> = {}): DriftReport => ({
  ...compared,
  kind: 'drift',
  command: 'drift',
  bots: [bot('support-bot')],
  ...rest,
});

export const result = (rest: Partial<ResultReport> = {}): ResultReport => ({
  ...compared,
  kind: 'result',
  command: 'apply',
  bots: [bot('support-bot')],
  ...rest,
});

/** A run that ended before it read anything. */
export const invalid = (rest: Partial<FailureReport> = {}): FailureReport => ({
  ...ended,
  kind: 'failure',
  command: 'validate',
  outcome: 'invalid',
  ...rest,
});

export const check = (bots: readonly CheckedBot[], rest: Partial<CheckReport> = {}): CheckReport => ({
  ...ended,
  kind: 'check',
  command: 'validate',
  outcome: 'valid',
  bots,
  ...rest,
});

export const format = (files: readonly FileReport[], rest: Partial<FormatReport> = {}): FormatReport => ({
  ...ended,
  kind: 'format',
  command: 'fmt',
  outcome: 'formatted',
  files,
  ...rest,
});

export const init = (names: readonly string[], rest: Partial<InitReport> = {}): InitReport => ({
  ...ended,
  kind: 'init',
  command: 'init',
  outcome: 'written',
  files: names.map((name) => ({ name })),
  next: [],
  ...rest,
});

export const imported = (bots: readonly ImportedBot[], rest: Partial<ImportReport> = {}): ImportReport => ({
  ...ended,
  kind: 'import',
  command: 'import',
  outcome: 'written',
  files: [{ name: 'blacklist.yaml', changed: true }],
  bots,
  overrides: [],
  requests: { read: 2, retries: 0 },
  ...rest,
});

/** A declaration by a list, with all fields that an entry can have. */
export const way = (rest: Partial<ReportedDeclaration> = {}): ReportedDeclaration => ({
  number: 447_700_900_000,
  list: 'fraud',
  listOwner: 'Trust & Safety',
  place: { file: 'lists.yaml', line: 5, column: 17 },
  entry: {
    reason: 'Threats, ticket 4711',
    owner: 'support',
    added: '2026-01-31',
    expires: '2099-12-31',
    labels: { ticket: '4711' },
    protected: true,
  },
  encrypted: false,
  ...rest,
});

export const rule = (rest: Partial<ReportedRule> = {}): ReportedRule => ({
  place: { file: 'blacklist.yaml', line: 9, column: 17 },
  prefix: '4477',
  reason: 'Test phones',
  until: '2099-06-30',
  past: false,
  encrypted: false,
  ...rest,
});

export const answer = (id: string, rest: Partial<BotAnswer> = {}): BotAnswer => ({
  id,
  policy: 'sync',
  declared: true,
  declarations: [way()],
  rules: [],
  protection: [],
  ifLive: 'nothing',
  ifNotLive: 'add',
  live: null,
  guard: null,
  error: null,
  ...rest,
});

/** A report of list, as with --verbose if it has declarations. */
export const listed = (...bots: ListedBot[]): ListReport => ({
  ...ended,
  kind: 'list',
  command: 'list',
  outcome: 'listed',
  bots,
});

export const listedBot = (id: string, count: number, rest: Partial<ListedBot> = {}): ListedBot => ({
  id,
  numbers: numbers(count),
  ...rest,
});

/** The report of list --live. */
export const live = (bots: readonly LiveBot[], rest: Partial<LiveReport> = {}): LiveReport => ({
  ...ended,
  kind: 'live',
  command: 'list',
  outcome: bots.some(({ error }) => error) ? 'failed' : 'listed',
  bots,
  overrides: [],
  requests: { read: 2, retries: 0 },
  ...rest,
});

export const liveBot = (id: string, count: number, rest: Partial<LiveBot> = {}): LiveBot => ({
  ...listedBot(id, count),
  baseUrl: 'https://eu1.whatsapp.api.sinch.com',
  foreign: 0,
  error: null,
  ...rest,
});

export const explained = (bots: readonly BotAnswer[], rest: Partial<AnswerReport> = {}): AnswerReport => ({
  ...ended,
  kind: 'answer',
  command: 'explain',
  outcome: 'answered',
  explained: { number: 447_700_900_000, bots },
  overrides: [],
  requests: { read: 0, retries: 0 },
  ...rest,
});

/** Answers of list, plan --verbose and explain that contain one foreign text in every possible field. */
export function answersSaying(text: string): Report[] {
  const place = { file: text, line: 1, column: 2 };
  const entry = { reason: text, owner: text, labels: { [text]: text } };
  const foreign = way({ list: text, listOwner: text, place, entry });
  return [
    listed(listedBot(text, 1, { declarations: [foreign] })),
    report({
      bots: [
        bot(text, {
          add: numbers(1),
          declarations: [foreign],
          settings: settings({
            change: 'changed',
            place: [text],
            tokenEnv: { now: text, default: null, before: text },
          }),
        }),
      ],
      leftBots: [{ id: text, count: 1 }],
    }),
    explained([
      answer(text, {
        declarations: [foreign],
        protection: [foreign],
        rules: [rule({ place, reason: text })],
        error: { message: text, detail: text || 'x' },
      }),
    ]),
  ];
}

export const full: Sanitizer = makeSanitizer({ masked: false, secrets: new Set() });
export const masked: Sanitizer = makeSanitizer({ masked: true, secrets: new Set() });

/** A sanitizer that masks and escapes nothing, to test the escapes of the formats themselves. */
export const raw: Sanitizer = {
  masked: false,
  number: (number) => `+${number}`,
  order: (items) => items,
  name: (name) => name,
  text: (text) => text,
  note: (text) => text,
  foreign: (text) => text,
  file: (text) => text,
  url: (url) => url,
  source: (line, from, to) => line.slice(from, to),
};

/** Hostile texts of a server, file or error, with the special characters of every format. */
export const HOSTILE = [
  '@octo/team see #1 and https://evil.example/x www.evil.example a@evil.example',
  '[click](https://evil.example) ![img](https://evil.example/x.png) <https://evil.example>',
  '</code></summary></details><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>',
  '```\n# heading\n```` ``` ~~~',
  '`a`` b``` \\` ` `',
  'a | b \\| c \\\\| d \\\\\\| e |',
  '\n\n| a | b |\n| --- | --- |\n\n- list\n> quote\n\n# heading\n',
  '</script><!--<script>window.hacked=1</script>-->]]>',
  '\'"><svg onload=window.hacked=1> javascript:window.hacked=1',
  '::error file=x::oops\r\n::add-mask::a\n##[error]x ##[stop-commands]t',
  'title=x,file=y,line=1::warning::z%0A::set-output%3A%25',
  '$`x`$ $$y$$ :tada: &lt;b&gt; &amp; &#64;team *bold* _it_ ~~no~~ [^1] \\',
  '\u001b]8;;https://evil.example\u0007x\u202e\u2028\u0085\ud800',
  '   ',
  '',
];
