/** What statuses and error codes mean in any HTTP API. */

/** RFC 9110 reads an unknown 5xx as a 500. 501 and 505 mean that the server never does such a request. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 425 || (status >= 500 && status < 600 && status !== 501 && status !== 505);
}

export const isTlsCode = (code: string) => /CERT|TLS|SSL|^EPROTO$|^UNABLE_TO_/.test(code);

/** Codes of failures in which the server cannot have received any byte of the request. */
export const NEVER_SENT: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
