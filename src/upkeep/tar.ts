/**
 * Archives of text files (POSIX ustar), packed with gzip.
 *
 * @module
 */

const BLOCK = 512;

/** A file of an archive. */
export interface ArchiveFile {
  /** Path inside, at most 100 bytes of ASCII, with no `..`. */
  readonly name: string;
  /** What is in it. */
  readonly text: string;
}

/**
 * An archive.
 *
 * @param time of all files, wall-clock ms
 * @throws RangeError about a name that cannot stand in one
 */
export function tar(files: readonly ArchiveFile[], time: number): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const blocks: Uint8Array[] = [];
  for (const { name, text } of files) {
    if (!/^[\w./-]{1,100}$/.test(name) || /(^|\/)\.\.(\/|$)|^\//.test(name)) {
      throw new RangeError(`"${name}" cannot be a name in an archive`);
    }
    const body = encoder.encode(text);
    blocks.push(header(name, body.length, time), body);
    blocks.push(new Uint8Array((BLOCK - body.length % BLOCK) % BLOCK));
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  const archive = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    archive.set(block, at);
    at += block.length;
  }
  return archive;
}

/** Packs bytes with gzip. */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function header(name: string, size: number, time: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  put(0, name);
  put(100, octal(0o600, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(Math.floor(time / 1000), 11));
  put(148, " ".repeat(8));
  put(156, "0");
  put(257, "ustar\0" + "00");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}
