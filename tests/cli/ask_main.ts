/**
 * Asks a daemon's control tree and HTTP listener from inside a network namespace. Reads a JSON object
 * `{"host", "cli", "http", "lines", "paths"}` from standard input and prints `{"lines", "paths"}` with
 * the answers.
 *
 * @module
 */

/** What is asked, and where. */
export interface Questions {
  readonly host: string;
  /** Port of the control tree. */
  readonly cli: number;
  /** Port of the HTTP listener. */
  readonly http: number;
  readonly lines: readonly string[];
  readonly paths: readonly string[];
}

/** The answers in the order of the questions. */
export interface Answers {
  readonly lines: readonly string[];
  readonly paths: readonly string[];
}

async function askLine(hostname: string, port: number, line: string): Promise<string> {
  using connection = await Deno.connect({ hostname, port });
  await connection.write(new TextEncoder().encode(`${line}\n`));
  const decoder = new TextDecoder();
  let answer = "";
  try {
    for await (const chunk of connection.readable) {
      answer += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    // the oracle now and then resets the connection instead of closing it
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  return answer;
}

/** The oracle now and then closes a connection without an answer; what stays empty is meant. */
async function askAgain(hostname: string, port: number, line: string): Promise<string> {
  let answer = "";
  for (let tries = 0; answer === "" && tries < 3; tries++) {
    answer = await askLine(hostname, port, line);
  }
  return answer;
}

if (import.meta.main) {
  const questions: Questions = JSON.parse(await new Response(Deno.stdin.readable).text());
  const lines: string[] = [];
  for (const line of questions.lines) {
    lines.push(await askAgain(questions.host, questions.cli, line));
  }
  const paths: string[] = [];
  for (const path of questions.paths) {
    const response = await fetch(`http://${questions.host}:${questions.http}${path}`);
    paths.push(await response.text());
  }
  const answers: Answers = { lines, paths };
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(answers)));
}
