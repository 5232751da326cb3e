// Spells users as the lists of the simulated Cloud API contain them. It shares no code with the client.

/** A user as a list contains them. A user with a username has no `wa_id`. */
export interface User {
  /** The number that was written for the user. Only nested pages contain it. */
  readonly input?: string;
  readonly wa_id?: string;
  readonly user_id: string;
}

export const flatEntry = ({ input: _, ...user }: User): object => ({ messaging_product: 'whatsapp', ...user });
export const nestedEntry = (user: User): object => ({ input: user.user_id, ...user });

/** Makes the id that a user has for one business: `US.` and digits, always the same. */
export function userId(phone: string, user: string): string {
  const [high, low] = [0x811c_9dc5, 0x0100_0193].map((seed) => {
    let hash = seed;
    for (const character of `${phone} ${user}`)
      hash = Math.imul(hash ^ character.charCodeAt(0), 0x5bd1_e995) ^ (hash >>> 13);
    return String(hash >>> 0).padStart(10, '0');
  });
  return `US.${high}${low}`;
}

/** Spells a number as the API lists it: Mexico with 1, Argentina with 9, Brazil by area with or without a ninth digit. */
export function waId(number: string): string {
  const digits = number.replace(/\D/g, '');
  if (/^52\d{10}$/.test(digits)) return `521${digits.slice(2)}`;
  if (/^54\d{10}$/.test(digits)) return `549${digits.slice(2)}`;
  if (/^55[3-9]\d9\d{8}$/.test(digits)) return digits.slice(0, 4) + digits.slice(5);
  return /^55[12]\d\d{8}$/.test(digits) ? `${digits.slice(0, 4)}9${digits.slice(4)}` : digits;
}
