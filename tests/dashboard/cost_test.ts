import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Agent, Daemon, must, netnsUnavailable, sleep, until } from "../support/mod.ts";
import { ADMIN, Stage } from "./stage.ts";

const reason = await netnsUnavailable();
const WATCHERS = fileURLToPath(new URL("watchers_main.ts", import.meta.url));
const SECONDS = 10;
const ONE_PAGE = 0.01;

/** Processor seconds of the daemon per second, over some time. */
async function load(stage: Stage): Promise<number> {
  const before = await stage.cpuMs();
  const started = performance.now();
  await sleep(SECONDS * 1000);
  return (await stage.cpuMs() - before) / (performance.now() - started);
}

async function setUp(stage: Stage): Promise<void> {
  const code = await stage.setupCode();
  await must(stage.ns.argv([
    ...["curl", "--silent", "--fail", "--insecure", `${stage.origin}/api/v1/setup`],
    ...["--json", JSON.stringify({ ...ADMIN, code })],
  ]));
}

interface Totals {
  readonly received: number;
  readonly sent: number;
  readonly lost: number;
}

async function mediaOf(agent: Agent, calls: number): Promise<Totals> {
  const total = { received: 0, sent: 0, lost: 0 };
  for (let i = 10; i < calls; i += 50) {
    const { tags } = await agent.ng({ host: "127.0.0.1", port: 2223 }, {
      command: "query",
      "call-id": `call-${i}@example.com`,
    }) as unknown as { readonly tags: Readonly<Record<string, { medias: Section[] }>> };
    for (const { medias } of Object.values(tags)) {
      total.received += medias[0]!.streams[0]!.stats.packets;
      total.sent += medias[0]!.streams[0]!.stats_out.packets;
      total.lost += medias[0]!.streams[0]!.stats.errors;
    }
  }
  return total;
}

interface Section {
  readonly streams: readonly {
    readonly stats: { readonly packets: number; readonly errors: number };
    readonly "stats_out": { readonly packets: number };
  }[];
}

Deno.test({
  name: "an open page costs the daemon < 1 % of a processor at 1,000 calls; 20 do media no harm",
  ignore: reason !== undefined,
  fn: async () => {
    const calls = 1000;
    await using stage = await Stage.open();
    await using agent = await Agent.start(stage.ns);
    await using _callers = await stage.callers(calls, 2);
    await setUp(stage);
    const certificate = await until("the certificate is there", async () => {
      for await (const { name } of Deno.readDir(`${stage.home}`)) {
        if (/cert.*\.pem$/.test(name)) return `${stage.home}/${name}`;
      }
      return undefined;
    });
    await using watchers = new Daemon(
      "watchers",
      stage.ns.argv([Deno.execPath(), "run", "-A", "--no-check", WATCHERS].concat([
        ...[stage.origin.replace("127.0.0.1", "localhost"), certificate],
        ...[ADMIN.name, ADMIN.password],
      ])),
    );
    await watchers.line(/^ready/, 20_000);
    // compiled code, and the first minute of learning
    await sleep(5000);
    const without = await load(stage);
    watchers.write("1\n");
    await watchers.line(/^open 1 /);
    const withOne = await load(stage);
    watchers.write("20\n");
    await watchers.line(/^open 21 /);
    const before = await mediaOf(agent, calls);
    const withMany = await load(stage);
    const after = await mediaOf(agent, calls);
    watchers.write("0\n");
    const events = Number(
      (await watchers.line(/^open 21 after (\d+)$/, 5000, 3)).split(" ").at(-1),
    );
    const received = after.received - before.received;
    const sent = after.sent - before.sent;
    const shares = [without, withOne, withMany].map((share) => `${(share * 100).toFixed(2)} %`);
    Deno.stderr.writeSync(new TextEncoder().encode(
      `processor with 0, 1, 21 pages: ${shares.join(", ")}; ${events} events; ` +
        `media ${received} in, ${sent} out\n`,
    ));
    assert.ok(withOne - without < ONE_PAGE, shares.join(", "));
    assert.ok(withMany - without < ONE_PAGE * 21, shares.join(", "));
    // 21 pages hear once a second
    assert.ok(events >= 21 * (SECONDS - 1), `${events} events`);
    assert.ok(received > 200, `${received} packets`);
    assert.equal(after.lost - before.lost, 0);
    // what one party sends the other gets, but for what is on its way
    assert.ok(Math.abs(received - sent) <= calls / 50 * 2, `${received} in, ${sent} out`);
  },
});
