import assert from "node:assert/strict";
import { createServer } from "node:net";
import { exchangeLine, runCtl } from "../../src/cli/mod.ts";
import { AllowList } from "../../src/core/allow_list.ts";
import { systemClock } from "../../src/core/clock.ts";
import { NgDispatcher } from "../../src/ng/mod.ts";
import { listenCli } from "../../src/transport/line_tcp.ts";
import { Admission, DEFAULT_LIMITS } from "../../src/transport/mod.ts";
import { oracleFolder, oracleUnavailable } from "../oracle/mod.ts";
import { run, say } from "../support/mod.ts";
import { ourScene } from "./scene.ts";

async function whyNoPerlClient(): Promise<string | undefined> {
  const reason = oracleUnavailable();
  if (reason !== undefined) return reason;
  const program = `${oracleFolder()}/usr/bin/rtpengine-ctl`;
  const present = await Deno.stat(program).then(() => true, () => false);
  return present ? undefined : `the oracle is not installed: no ${program}`;
}

const reason = await whyNoPerlClient();
if (reason !== undefined) say(`skipped: rtpengine-ctl against our listener: ${reason}`);

/** Runs `body` against a real listener of our control tree. */
async function withListener(
  body: (port: number, run: (line: string) => string) => Promise<void>,
): Promise<void> {
  const { cli } = ourScene(1);
  const ng = new NgDispatcher({ handlers: new Map(), clock: systemClock, log: () => {} });
  const listener = listenCli({ family: 4, address: "127.0.0.1", port: 0 }, {
    handlers: { ng, cli: (line) => cli.run(line), metrics: () => "" },
    admission: new Admission({ allow: new AllowList(["loopback"]), clock: systemClock }),
    limits: DEFAULT_LIMITS,
    clock: systemClock,
    log: () => {},
  });
  try {
    await body(listener.bound.port, (line) => ourScene(1).cli.run(line));
  } finally {
    await listener.close(1000);
  }
}

const LINES = ["list totals", "list sessions call-1", "usage", "foo", "set timeout 61"];

Deno.test({
  name: "rtpengine-ctl gets our answers whole",
  ignore: reason !== undefined,
  async fn() {
    await withListener(async (port, expected) => {
      for (const line of LINES) {
        const words = ["rtpengine-ctl", "-ip", "127.0.0.1", "-port", `${port}`, ...line.split(" ")];
        const { code, stdout, stderr } = await run(["chroot", oracleFolder(), ...words]);
        assert.equal(code, 0, stderr);
        assert.equal(stdout, expected(line), line);
      }
    });
  },
});

Deno.test("rtpedge ctl gets our answers whole", async () => {
  await withListener(async (port, expected) => {
    for (const line of LINES) {
      let printed = "";
      let hint = "";
      const status = await runCtl(["--port", `${port}`, ...line.split(" ")], {
        exchange: exchangeLine,
        readFile: () => "",
        stdout: (text) => printed += text,
        stderr: (text) => hint += text,
      });
      assert.equal(printed, expected(line), line);
      assert.equal(status, line === "foo" ? 1 : 0, line);
      assert.equal(hint !== "", line === "foo", line);
    }
  });
});

Deno.test("exchangeLine carries bytes that are not UTF-8 both ways", async () => {
  await withListener(async (port) => {
    const answer = await exchangeLine("127.0.0.1", port, "\xff\xfe");
    assert.equal(answer, "Unknown command: \xff\xfe\n");
  });
});

Deno.test("exchangeLine fails with the reason when nobody listens", async () => {
  const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = probe.addr;
  probe.close();
  await assert.rejects(exchangeLine("127.0.0.1", port, "help"), /ECONNREFUSED/);
});

Deno.test("exchangeLine gives up on a daemon that says nothing", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    // Read on, so that the end of the connection is seen.
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as { port: number };
    await assert.rejects(exchangeLine("127.0.0.1", port, "help", 50), {
      message: "timed out after 50 ms",
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
