import { providerOf } from '../../api/providers/index.ts';
import { readNumberLines } from '../../desired/number-files/lines.ts';
import { suggestAnd } from '../../model/did-you-mean.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import type { PlanReport } from '../../model/report.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { respell } from '../../numbers/same-user.ts';
import { isUserId } from '../../numbers/user-id.ts';
import type { ReadClient } from '../../steps/client.ts';
import type { Context } from '../../steps/context.ts';
import type { Fleet } from '../../steps/fleet.ts';
import type { Desired } from '../../steps/read-desired.ts';

/** The users who wrote to a bot in the last 24 hours, by bot id. */
export type Contacts = ReadonlyMap<string, NumberSet>;

/**
 * Reads which users wrote in the last 24 hours. No API reports them, so text files list them, one number a
 * line. Lines with the business-scoped id of a user are skipped.
 *
 * @param given `ID=FILE` each. Several files of one bot are joined.
 * @throws InvalidError for a bot that no file defines, or that can block any user, and with every error of
 *   the files.
 */
export function readContacts(given: readonly string[], desired: Desired, files: Context['files']): Contacts {
  const { bots, declared } = desired;
  const defined = declared.flatMap((file) => file.bots.map(({ id }) => id));
  const contacts = new Map<string, NumberSet>();
  for (const each of given) {
    const [, id, name] = /^([^=]+)=(.+)$/s.exec(each) ?? [];
    if (id === undefined || name === undefined) {
      throw new InvalidError(`--contacts ${each}: needs a bot and a file, as in --contacts support-cloud=wrote.txt`);
    }
    if (!defined.includes(id)) {
      const remedy = suggestAnd(`the files declare: ${defined.join(', ')}`, id, defined);
      throw new InvalidError(`--contacts ${each}: the files do not declare this bot; ${remedy}`);
    }
    const bot = bots.find((bot) => bot.id === id);
    if (!bot) continue; // every shard may get the same files
    if (!providerOf(bot.provider).caps.addNeedsContact) {
      throw new InvalidError(`--contacts ${each}: this bot can also block users who did not write; remove the option`);
    }
    const text = files.readIfThere(name); // reading an idle pipe could not be interrupted
    if (text === null) throw new InvalidError(`--contacts ${each}: there is no such file`);
    const { file, faults } = readNumberLines(name, [Buffer.from(withoutUserIds(text))]);
    if (faults.length > 0) throw new InvalidError(faults);
    contacts.set(id, file.set.or(contacts.get(id) ?? NumberSet.empty));
  }
  return contacts;
}

/** Empties the lines with a business-scoped id: such a sender has a username, and no number is known. */
function withoutUserIds(text: string): string {
  return text.replace(/^[^#\n]*/gm, (line) => (isUserId(line.trim()) ? '' : line));
}

/** Counts for each bot how many of its adds can be blocked now, and how many must wait. */
export function countContacts(
  contacts: Contacts,
  { bots: plans }: Plan,
  { clients }: Pick<Fleet<ReadClient>, 'clients'>,
  report: PlanReport,
): PlanReport {
  const byId = new Map(plans.map((plan) => [plan.id, plan]));
  const bots = report.bots.map((bot) => {
    const [wrote, plan] = [contacts.get(bot.id), byId.get(bot.id)];
    if (!wrote || !plan) return bot;
    const now = respell(wrote, plan.add, clients.get(bot.id)!.userOf).and(plan.add).size;
    return { ...bot, contact: { now, waiting: plan.add.size - now } };
  });
  return { ...report, bots };
}
