/**
 * Asks a daemon's control tree and HTTP listener from inside a network namespace. Reads {@link Questions}
 * as JSON from standard input and prints {@link Answers}.
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
  /** Command lines for the control tree over TCP. */
  readonly lines: readonly string[];
  /** What to GET. */
  readonly paths: readonly string[];
  /** Command lines to POST to `/cli`. */
  readonly posts?: readonly string[];
  /** Command lines for the WebSocket protocol `cli.rtpengine.com`. */
  readonly frames?: readonly string[];
}

/** The answers in the order of the questions. */
export interface Answers {
  readonly lines: readonly string[];
  readonly paths: readonly string[];
  readonly posts: readonly string[];
  readonly frames: readonly string[];
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

async function post(url: string, body: string): Promise<string> {
  const headers = { "Content-Type": "text/plain" };
  return await (await fetch(url, { method: "POST", body, headers })).text();
}

/** One connection for all lines; each answer is one message. */
function overWebSocket(url: string, lines: readonly string[]): Promise<string[]> {
  if (lines.length === 0) return Promise.resolve([]);
  return new Promise((resolve, reject) => {
    const answers: string[] = [];
    const socket = new WebSocket(url, "cli.rtpengine.com");
    socket.binaryType = "arraybuffer";
    const next = (): void => socket.send(lines[answers.length]!);
    socket.onopen = next;
    socket.onerror = (event) => reject(new Error(`${url}: ${(event as ErrorEvent).message}`));
    socket.onclose = () => reject(new Error(`${url}: closed after ${answers.length} answers`));
    socket.onmessage = ({ data }) => {
      answers.push(typeof data === "string" ? data : new TextDecoder().decode(data));
      if (answers.length < lines.length) return next();
      resolve(answers);
      socket.close();
    };
  });
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
  const posts: string[] = [];
  for (const body of questions.posts ?? []) {
    posts.push(await post(`http://${questions.host}:${questions.http}/cli`, body));
  }
  const url = `ws://${questions.host}:${questions.http}/`;
  const frames = await overWebSocket(url, questions.frames ?? []);
  const answers: Answers = { lines, paths, posts, frames };
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(answers)));
}
