/**
 * Pages that are open, without a browser: what their scripts would ask. Run inside the daemon's namespace;
 * a line on standard input `N` opens that many, the answer is how many events have come.
 *
 * Usage: deno run -A watchers_main.ts ORIGIN CERTIFICATE NAME PASSWORD
 *
 * @module
 */

const [origin = "", certificate = "", name = "", password = ""] = Deno.args;
const client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(certificate)] });
const signedIn = await fetch(`${origin}/api/v1/session`, {
  method: "POST",
  client,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ name, password }),
});
const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
await signedIn.body?.cancel();
let events = 0;
let open = 0;

async function watch(): Promise<void> {
  const response = await fetch(`${origin}/api/v1/live`, { client, headers: { Cookie: cookie } });
  if (!response.ok) throw new Error(`the stream was refused: ${response.status}`);
  open++;
  for await (const _ of response.body!) events++;
}

/** A page of the overview fetches its parts again. */
async function refresh(): Promise<void> {
  const response = await fetch(`${origin}/ui/`, {
    client,
    headers: { Cookie: cookie, "X-Fragment": "1" },
  });
  await response.text();
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

say("ready");
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const count = Number(text.trim());
  for (let i = 0; i < count; i++) {
    void watch();
    setInterval(() => void refresh(), 5000);
  }
  while (open < count) await new Promise((done) => setTimeout(done, 50));
  say(`open ${open} after ${events}`);
  events = 0;
}
