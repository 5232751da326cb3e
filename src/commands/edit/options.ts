import type { WarningRules } from '../../steps/options.ts';

export interface EditOptions extends WarningRules {
  /** At most one bot. */
  readonly bots?: readonly string[];
  readonly list?: string;
  /** Files or folders of desired state; empty for the default. */
  readonly path: readonly string[];
  /** Writes nothing, and shows the changes. */
  readonly dryRun?: boolean;
}

export interface AddOptions extends EditOptions {
  readonly reason?: string;
  readonly owner?: string;
  /** A day, or a time from today, such as 30d. */
  readonly expires?: string;
  readonly label: readonly (readonly [name: string, value: string])[];
}
