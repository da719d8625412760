import assert from "node:assert/strict";
import { join } from "node:path";
import { netnsUnavailable } from "../support/netns.ts";
import { Daemon, run, say } from "../support/process.ts";
import { buildLoad, type LoadResult, PLAINRELAY, RTPLOAD, runTool } from "./load.ts";
import { createStage, type Joint, type Stage } from "./stage.ts";

const reason = Deno.build.os === "linux" && Deno.uid() === 0
  ? await netnsUnavailable()
  : "it needs root: packet sockets and network namespaces";
if (reason !== undefined) say(`load generator tests are left out: ${reason}`);

/** Flow list of `calls` two-party calls through a relay whose ports are made up. */
function flowList(stage: Stage, calls: number): string {
  const lines: string[] = [];
  for (let i = 0; i < calls; i++) {
    const a = `${stage.clientA}:${10_000 + 2 * i}`;
    const b = `${stage.clientB}:${10_000 + 2 * i}`;
    const facingA = `${stage.address}:${30_000 + 4 * i}`;
    const facingB = `${stage.address}:${30_002 + 4 * i}`;
    lines.push(`${a} ${facingA} ${b} ${facingB}`, `${b} ${facingB} ${a} ${facingA}`);
  }
  return `${lines.join("\n")}\n`;
}

interface Bench {
  readonly stage: Stage;
  /** Offers load over the flows. */
  readonly load: (...args: readonly string[]) => Promise<LoadResult>;
}

/** Runs `test` with a plain relay in front of the generator. */
async function withRelay(
  joint: Joint,
  relayArguments: readonly string[],
  test: (bench: Bench) => Promise<void>,
  relayFlows: (list: string) => string = (list) => list,
  ownFlows: (list: string) => string = (list) => list,
): Promise<void> {
  await buildLoad();
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-load-test-" });
  try {
    await using stage = await createStage("loadtest", joint);
    const list = flowList(stage, 5);
    await Deno.writeTextFile(join(folder, "flows"), ownFlows(list));
    await Deno.writeTextFile(join(folder, "relay"), relayFlows(list));
    const argv = [PLAINRELAY, join(folder, "relay"), ...relayArguments];
    await using relay = new Daemon("plainrelay", stage.daemonNs.argv(argv));
    await relay.line(/^ready$/);
    await test({
      stage,
      load: (...args) =>
        runTool<LoadResult>(
          stage.clientNs.argv(
            [RTPLOAD, "--flows", join(folder, "flows"), ...stage.loadArguments, ...args],
          ),
          20_000,
        ),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function loadTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: reason !== undefined, fn });
}

for (const joint of ["veth", "lo"] as const) {
  loadTest(`rtpload gets every packet back from a plain relay over ${joint}`, async () => {
    await withRelay(joint, [], async ({ load }) => {
      const result = await load("--pps", "500", "--seconds", "0.2", "--verify");
      assert.equal(result.streams, 10);
      // on a busy machine it is behind at the end
      assert.ok(result.sent >= 50 && result.sent <= 105, `${result.sent}`);
      assert.equal(result.received, result.sent);
      assert.equal(result.lost, 0);
      assert.deepEqual(
        [result.duplicates, result.reordered, result.misdelivered, result.corrupt, result.foreign],
        [0, 0, 0, 0, 0],
      );
      assert.ok(result.latencyUs.p50 > 0 && result.latencyUs.p50 <= result.latencyUs.max);
    });
  });
}

/** Key and salt, as a flow list has them. */
const CM_KEY = "00112233445566778899aabbccddeeff0102030405060708090a0b0c0d0e";
const GCM_KEY = CM_KEY.slice(0, 56);

loadTest("rtpload encrypts what it sends and decrypts what it gets, run after run", async () => {
  const keys = [`AES_CM_128_HMAC_SHA1_80:${CM_KEY}`, `AEAD_AES_128_GCM:${GCM_KEY}`];
  for (const key of keys) {
    await withRelay(
      "veth",
      [],
      async ({ load }) => {
        for (let run = 0; run < 2; run++) {
          const result = await load("--pps", "500", "--seconds", "0.2", "--verify");
          assert.equal(result.received, result.sent);
          assert.deepEqual([result.misdelivered, result.corrupt, result.foreign], [0, 0, 0]);
        }
      },
      (list) => list,
      (list) => list.replaceAll("\n", ` in=${key} out=${key}\n`),
    );
  }
});

loadTest("rtpload takes packets under other keys for foreign", async () => {
  const other = CM_KEY.replace(/^00/, "01");
  await withRelay(
    "veth",
    [],
    async ({ load }) => {
      const result = await load("--pps", "500", "--seconds", "0.2");
      assert.equal(result.received, 0);
      assert.equal(result.foreign, result.sent);
    },
    (list) => list,
    (list) => {
      const suite = "AES_CM_128_HMAC_SHA1_80";
      return list.replaceAll("\n", ` in=${suite}:${CM_KEY} out=${suite}:${other}\n`);
    },
  );
});

loadTest("rtpload counts lost and doubled packets", async () => {
  await withRelay("veth", ["drop", "10"], async ({ load }) => {
    const result = await load("--pps", "500", "--seconds", "0.21", "--verify");
    /* Each tenth is lost, each after a tenth comes twice. */
    assert.equal(result.lost, Math.floor(result.sent / 10));
    assert.equal(result.duplicates, Math.floor((result.sent - 1) / 10));
    assert.equal(result.received, result.sent - result.lost);
    /* Packets go round all ten flows, so it is always the same one that loses. */
    assert.equal(result.lossyStreams, 1);
  });
});

loadTest("rtpload tells packets that come out in the wrong place", async () => {
  /* The relay mixes up who gets what: every OUT is that of the next line but one. */
  const mixUp = (list: string): string => {
    const rows = list.trim().split("\n").map((line) => line.split(" "));
    return rows.map((row, i) => {
      const other = rows[(i + 2) % rows.length] ?? row;
      return [row[0], row[1], other[2], row[3]].join(" ");
    }).join("\n");
  };
  await withRelay("veth", [], async ({ load }) => {
    const result = await load("--pps", "500", "--seconds", "0.2");
    assert.equal(result.misdelivered, result.sent);
    assert.equal(result.received, 0);
  }, mixUp);
});

loadTest("rtpload keeps its pace", async () => {
  await withRelay("veth", [], async ({ load }) => {
    const result = await load("--pps", "2000", "--seconds", "0.5");
    /* Being held up by other work shortens a run, and is told. */
    const time = result.seconds - result.slipMs / 1000;
    const rate = result.sent / time;
    assert.ok(Math.abs(rate - 2000) < 60, `${rate} packets per second`);
  });
});

loadTest("rtpload --blast makes the same packets in the kernel", async () => {
  await withRelay("veth", [], async ({ stage, load }) => {
    const result = await load("--pps", "5000", "--seconds", "0.2", ...stage.blastArguments);
    assert.ok(result.sent > 500 && result.sent < 1200, `${result.sent}`);
    assert.equal(result.received, result.sent);
    assert.deepEqual([result.misdelivered, result.corrupt, result.foreign], [0, 0, 0]);
  });
});

Deno.test("rtpload refuses a flow list it cannot read, naming the line", async () => {
  await buildLoad();
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "# ours\n10.0.0.1:5000 10.0.0.2:70000 10.0.0.3:5000\n");
    const finished = await run([RTPLOAD, "--flows", file, "--if", "lo"]);
    assert.equal(finished.success, false);
    assert.match(finished.stderr, /line 2 is not SRC DST OUT/);
  } finally {
    await Deno.remove(file);
  }
});
