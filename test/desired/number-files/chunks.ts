/** The text in chunks of these many bytes, in turn; all of it in one if there are none. One buffer holds each of them. */
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
