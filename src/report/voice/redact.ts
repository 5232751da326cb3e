/**
 * Replaces possible tokens in a line of a user's file with dots, as the list of secrets lacks a token that is
 * in a file by mistake. Possible tokens are the values of keys whose name suggests a token, unless they name
 * a variable, and long words of letters and digits. The patterns limit what may precede a value: otherwise a long line
 * of such words would take quadratic time.
 */
export function dotTokens(line: string): string {
  const dots = (text: string) => '•'.repeat(text.length);
  return line
    .replace(/AGE-[A-Z0-9-]{0,64}?KEY-[A-Z0-9-]+/gi, dots)
    .replace(
      /((?:token|secret|passw|auth)\w{0,64}["']?\s{0,64}[:=]\s{0,64}["']?)([^\s"',}\]]+)/gi,
      (all, key: string, value: string) => (/^[A-Z_][A-Z0-9_]*$/.test(value) ? all : key + dots(value)),
    )
    .replace(/[A-Za-z0-9]{24,}/g, (word) => (/\d/.test(word) && /[A-Za-z]/.test(word) ? dots(word) : word))
    .replace(/[\w.~+/=-]{24,}/g, (word) =>
      /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) ? dots(word) : word,
    );
}

/** Replaces secrets in every form in which a server may echo them. */
export function redact(text: string, secrets: ReadonlySet<string>): string {
  let redacted = text;
  for (const secret of secrets) {
    if (secret === '') continue;
    const base64 = Buffer.from(secret).toString('base64'); // its text without padding is a beginning of it
    const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64];
    for (const form of new Set(forms)) redacted = removeBeginnings(redacted, form);
  }
  return redacted;
}

/** Removes a secret and every beginning of it of at least 8 characters, as part of a token helps to guess the rest. */
function removeBeginnings(text: string, secret: string): string {
  const start = secret.slice(0, 8);
  let kept = '';
  let from = 0;
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, from)) {
    let end = at + start.length;
    while (end < text.length && text[end] === secret[end - at]) end++;
    kept += `${text.slice(from, at)}[token]`;
    from = end;
  }
  return kept + text.slice(from);
}
