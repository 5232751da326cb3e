/**
 * Reports whether a text is the business-scoped id that WhatsApp gives to a user, such as `US.13491208655302741918`: a
 * country, a dot and at most 128 letters and digits. Lists and messages have it if a user's number is hidden.
 */
export const isUserId = (text: string): boolean => /^[A-Z]{2}\.[A-Z0-9]{1,128}$/i.test(text);
