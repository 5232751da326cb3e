/** Our own words that contain an example. Reports print them unmasked, because an example is no data. The numbers have no user. */

export const A_NUMBER = 'a phone number such as "+447700900123"';
export const DIGITS = 'a + and digits, such as +447700900123';
export const A_PAIR = 'NUMBER=WA_ID, such as +447700900123=+447700900999';

export const SOME_NUMBERS = 'numbers, such as +12015550123';

export const EXAMPLES: readonly string[] = [A_NUMBER, DIGITS, A_PAIR, SOME_NUMBERS];
