/**
 * Cuts a text into chunks of these sizes in bytes, in turn; into one chunk without sizes. All chunks share
 * one buffer.
 */
export function* inChunks(content: string | Buffer, sizes: readonly number[] = []): Generator<Buffer> {
  const bytes = Buffer.from(content);
  const chunk = Buffer.alloc(Math.max(bytes.length, 1));
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes.length > 0 ? sizes[turn % sizes.length]! : bytes.length;
    chunk.fill('?');
    const length = bytes.copy(chunk, 0, at, at + size);
    yield chunk.subarray(0, length);
    at += length;
  }
}
