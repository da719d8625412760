/**
 * The DevTools protocol over Chromium's pipe: requests and answers as JSON, ended by a zero byte. The pipe
 * reaches a browser in any network namespace.
 *
 * @module
 */

/** Parameters of a request. */
export type Parameters = Readonly<Record<string, unknown>>;

/** What a request gives back. */
export type Answer = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Answer;
  readonly result?: Answer;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** A program that speaks the protocol on its file descriptors 3 (in) and 4 (out). */
export class DevTools implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #reading: Promise<void>[];
  readonly #said: string[] = [];
  /** Is told of what happens in pages, by the name of the event. */
  onEvent: ((method: string, params: Answer) => void) | undefined;
  #next = 1;

  /**
   * Starts a program.
   *
   * @param wrap the command line that runs another one in a namespace
   */
  constructor(argv: readonly string[], wrap: (argv: readonly string[]) => string[]) {
    const pipes = ["sh", "-c", 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null', "sh", ...argv];
    const [program = "", ...args] = wrap(pipes);
    this.#child = new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reading = [this.#read(), this.#listen()];
  }

  /** The last lines the program wrote to standard error. */
  tail(count = 20): string {
    return this.#said.slice(-count).join("");
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @param session of a page; absent: the browser itself
   * @param timeout milliseconds; a browser that starts on a busy machine takes its time
   */
  async send(
    method: string,
    params: Parameters = {},
    session?: string,
    timeout = 40_000,
  ): Promise<Answer> {
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, { resolve, reject });
    const timer = setTimeout(() => {
      reject(new Error(`The browser did not answer ${method} in ${timeout} ms\n${this.tail()}`));
    }, timeout);
    const message = {
      id,
      method,
      params,
      ...(session === undefined ? {} : { sessionId: session }),
    };
    try {
      await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\0`));
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Ends the program: asks it first, kills it after two seconds. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.send("Browser.close", {}, undefined, 2000).catch(() => {});
    const timer = setTimeout(() => {
      try {
        this.#child.kill("SIGKILL");
      } catch (error) {
        // it has ended by itself
        if (!(error instanceof TypeError)) throw error;
      }
    }, 2500);
    await closed;
    await this.#child.status;
    clearTimeout(timer);
    await this.#writer.close().catch(() => {});
    await Promise.all(this.#reading);
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\0");
      rest = parts.pop() ?? "";
      for (const part of parts) this.#take(JSON.parse(part));
    }
    for (const { reject } of this.#waiting.values()) {
      reject(new Error(`The browser has ended\n${this.tail()}`));
    }
  }

  #take({ id, result, error, method, params }: Message): void {
    if (method !== undefined) return this.onEvent?.(method, params ?? {});
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (error !== undefined) waiting?.reject(new Error(`The browser refused: ${error.message}`));
    else waiting?.resolve(result ?? {});
  }

  async #listen(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#said.push(text);
      if (this.#said.length > 100) this.#said.shift();
    }
  }
}
