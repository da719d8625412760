/**
 * Runs programs for the build and test tools: output shown as it comes, or captured.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Writes a line to standard output. */
export function say(text = ""): void {
  Deno.stdout.writeSync(encoder.encode(text + "\n"));
}

/** Writes a line to standard error. */
export function warn(text: string): void {
  Deno.stderr.writeSync(encoder.encode(text + "\n"));
}

/** How a program ended and what it printed. */
export interface Outcome {
  readonly code: number;
  /** Standard output and standard error, interleaved as they came. */
  readonly output: string;
}

/** Options of {@link run}. */
export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Show output while it comes (default true). */
  readonly show?: boolean;
  /** End the program after this many seconds. */
  readonly seconds?: number;
}

/** Runs a program to its end. A program that cannot be started has code 127. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [program, ...args] = argv;
  if (program === undefined) throw new TypeError("Cannot run an empty command");
  const show = options.show ?? true;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(options.env ? { env: options.env } : {}),
      ...(options.cwd ? { cwd: options.cwd } : {}),
    }).spawn();
  } catch (error) {
    return { code: 127, output: `${program}: ${(error as Error).message}` };
  }
  const pieces: string[] = [];
  async function collect(
    stream: ReadableStream<Uint8Array>,
    fd: typeof Deno.stdout,
  ): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      pieces.push(decoder.decode(chunk, { stream: true }));
      if (show) fd.writeSync(chunk);
    }
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  if (options.seconds !== undefined) {
    timer = setTimeout(() => {
      pieces.push(`\n${program}: still running after ${options.seconds} s, ended\n`);
      child.kill("SIGTERM");
      setTimeout(() => tryKill(child), 3000);
    }, options.seconds * 1000);
  }
  const [status] = await Promise.all([
    child.status,
    collect(child.stdout, Deno.stdout),
    collect(child.stderr, Deno.stderr),
  ]);
  clearTimeout(timer);
  return { code: status.code, output: pieces.join("") };
}

function tryKill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** The running deno binary. */
export const deno: string = Deno.execPath();

/** The project's top folder, without a trailing slash. */
export const root: string = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
