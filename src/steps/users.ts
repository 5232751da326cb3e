import { providerOf } from '../api/providers/index.ts';
import type { UserOf } from '../numbers/same-user.ts';

/** Finds which numbers are one user to a provider, by its name. Undefined if each number is a user of its own. */
export type UsersOf = (provider: string) => UserOf | undefined;

/** By the rule of the provider's API alone. */
export const usersOf: UsersOf = (provider) => providerOf(provider).userOf;
