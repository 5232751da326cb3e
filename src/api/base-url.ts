/**
 * Whether a host is this machine, on which nobody else reads what is sent.
 *
 * @param host as a URL has it. What ends in .localhost means this machine by RFC 6761.
 */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
