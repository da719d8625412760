/**
 * Bounded runs of other programs, and long-lived ones that are ended by their process id.
 *
 * @module
 */

const decoder = new TextDecoder();

/** What a finished program left behind. */
export interface Finished {
  /** Whether it ended with code 0. */
  readonly success: boolean;
  /** Its exit code; 128 and the number of the signal that killed it. */
  readonly code: number;
  /** What it wrote to standard output. */
  readonly stdout: string;
  /** What it wrote to standard error. */
  readonly stderr: string;
}

/** Where and how a program runs. */
export interface RunOptions {
  /** Working directory; absent: the same. */
  readonly cwd?: string;
  /** Variables added to the test's own. */
  readonly env?: Record<string, string>;
  /** Upper bound in milliseconds (default 30,000); the program is killed when it passes. */
  readonly timeout?: number;
  /** Text for the program's standard input. */
  readonly stdin?: string;
}

/** Runs a program to its end and returns its output, whatever its exit code. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [program, ...args] = argv;
  if (program === undefined) throw new TypeError("Cannot run an empty command line");
  const child = new Deno.Command(program, {
    args,
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(options.timeout ?? 30_000),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  }).spawn();
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.stdin));
    await writer.close();
  }
  const output = await child.output();
  return {
    success: output.success,
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/** Like {@link run}, but a non-zero exit is an error that carries what the program printed. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const finished = await run(argv, options);
  if (!finished.success) {
    const said = (finished.stderr + finished.stdout).trim().slice(-2000);
    throw new Error(`"${argv.join(" ")}" ended with code ${finished.code}: ${said}`);
  }
  return finished.stdout;
}

interface Waiter {
  readonly pattern: RegExp;
  readonly from: number;
  readonly done: (line: string) => void;
}

/**
 * A program that runs beside the test. Both outputs are kept line by line; it is ended by its process
 * id, first politely, then for good.
 */
export class Daemon implements AsyncDisposable {
  /** Every line printed so far, of both outputs. */
  readonly lines: string[] = [];
  /** Used in error messages. */
  readonly name: string;
  #child: Deno.ChildProcess;
  #waiters: Waiter[] = [];
  #readers: Promise<void>[];
  #ended = false;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;

  /** Starts `argv`. `name` is used in error messages. */
  constructor(name: string, argv: readonly string[], options: Omit<RunOptions, "timeout"> = {}) {
    const [program, ...args] = argv;
    if (program === undefined) throw new TypeError("Cannot start an empty command line");
    this.name = name;
    this.#child = new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#readers = [this.#read(this.#child.stdout), this.#read(this.#child.stderr)];
    this.#child.status.then(() => this.#ended = true);
    if (options.stdin !== undefined) this.write(options.stdin);
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Whether the program has ended by itself or by {@link stop}. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves with the exit status when the program ends. */
  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Sends text to the program's standard input. */
  write(text: string): void {
    this.#writer?.write(new TextEncoder().encode(text)).catch(() => {});
  }

  /**
   * Waits for a line that matches, among those already printed and those to come.
   *
   * @param timeout milliseconds
   * @param from index of the first line to look at
   * @throws Error when the time has passed or the program has ended without such a line
   */
  async line(pattern: RegExp, timeout = 10_000, from = 0): Promise<string> {
    const seen = this.lines.slice(from).find((line) => pattern.test(line));
    if (seen !== undefined) return seen;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const waiter: Waiter = { pattern, from, done: resolve };
    this.#waiters.push(waiter);
    const timer = setTimeout(() => {
      reject(new Error(`${this.name} did not print ${pattern} in ${timeout} ms\n${this.tail()}`));
    }, timeout);
    Promise.all([this.#child.status, ...this.#readers]).then(() => {
      reject(new Error(`${this.name} ended before it printed ${pattern}\n${this.tail()}`));
    });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
    }
  }

  /** The last lines printed, for error messages. */
  tail(count = 30): string {
    return this.lines.slice(-count).map((line) => `  ${this.name}: ${line}`).join("\n");
  }

  /** Ends the program: SIGTERM, then SIGKILL after `grace` milliseconds. Safe to call twice. */
  async stop(grace = 3000): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    writer?.close().catch(() => {});
    this.#kill("SIGTERM");
    const timer = setTimeout(() => this.#kill("SIGKILL"), grace);
    await this.#child.status;
    clearTimeout(timer);
    await Promise.all(this.#readers);
  }

  /** Ends the program. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #kill(signal: Deno.Signal): void {
    if (this.#ended) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) this.#take(line);
    }
    if (rest !== "") this.#take(rest);
  }

  #take(line: string): void {
    this.lines.push(line);
    for (const waiter of this.#waiters) if (waiter.pattern.test(line)) waiter.done(line);
  }
}

/** Prints one progress or result line on standard error. */
export function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Waits. @param ms milliseconds */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Repeats `probe` until it returns something other than `undefined`.
 *
 * @param what named in the error
 * @param timeout milliseconds
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  timeout = 10_000,
  interval = 50,
): Promise<T> {
  const deadline = performance.now() + timeout;
  while (true) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeout} ms`);
    await sleep(interval);
  }
}
