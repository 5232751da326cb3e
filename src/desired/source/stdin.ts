import { addAbortSignal, type Readable } from 'node:stream';
import { MAX_BYTES, TOO_LARGE } from './tree.ts';

export async function readStdin(stdin: Readable & { isTTY?: boolean }, stop: AbortSignal): Promise<Buffer> {
  if (stdin.isTTY) throw new Error('standard input is a terminal; pipe a file into it');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of addAbortSignal(stop, stdin) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(TOO_LARGE);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
