import assert from "node:assert/strict";
import type { Config } from "./config/mod.ts";
import { missedAdvice, openKernel } from "./kernel.ts";
import { lineSink, lineStyle, Logs } from "./log/mod.ts";
import { FakeClock } from "./core/clock.ts";
import {
  type KernelStatus,
  type KernelTable,
  KernelTableError,
  type NativeRelay,
} from "./relay/mod.ts";

const STATUS: KernelStatus = { up: true, streams: 0, missed: 0, refused: 0, pushed: 0, pulled: 0 };

/** Opens a table of a relay whose kernel is this. */
function setUp(
  config: Partial<Config>,
  kernel: Partial<KernelTable> | KernelTableError,
  asked: unknown[] = [],
) {
  const lines: string[] = [];
  const style = lineStyle({
    format: "default",
    timestamps: false,
    journalStream: undefined,
    stderrStream: undefined,
  });
  const logs = new Logs({
    level: 6,
    levels: {},
    sink: lineSink(style, (line) => lines.push(line)),
    clock: new FakeClock(),
    debugCalls: new Set(),
  });
  const native = {
    openKernel(options: unknown) {
      asked.push(options);
      if (kernel instanceof KernelTableError) throw kernel;
      return kernel as KernelTable;
    },
  } as unknown as NativeRelay;
  const forwarding = openKernel({
    config: {
      table: 3,
      "no-fallback": false,
      "kernel-hook": "input",
      "kernel-slots": 0,
      "kernel-mark": 0,
      ...config,
    } as Config,
    native,
    log: logs.logger("core"),
    adopt: false,
  });
  return { forwarding, lines };
}

Deno.test("openKernel does nothing without a table", () => {
  const asked: unknown[] = [];
  assert.equal(setUp({ table: -1 }, {}, asked).forwarding, undefined);
  assert.deepEqual(asked, []);
});

Deno.test("openKernel says as rtpengine does that media stays in user space, and waits for the module", () => {
  const asked: unknown[] = [];
  const { lines } = setUp({}, { problem: "there is no module", status: STATUS }, asked);
  assert.match(
    lines[0]!,
    /FAILED TO CREATE KERNEL TABLE 3 \(there is no module\), KERNEL FORWARDING DISABLED/,
  );
  assert.deepEqual(asked, [{ table: 3, hook: "input", adopt: false, patient: true }]);
});

Deno.test("openKernel hands on the mark of packets, and the number of slots", () => {
  const asked: unknown[] = [];
  setUp({ "kernel-mark": 29_300, "kernel-slots": 64 }, { problem: "", status: STATUS }, asked);
  assert.deepEqual(asked, [
    { table: 3, hook: "input", slots: 64, mark: 29_300, adopt: false, patient: true },
  ]);
});

Deno.test("openKernel does not let the daemon start when no-fallback forbids user space", () => {
  const error = new KernelTableError("there is no module", 2);
  assert.throws(
    () => setUp({ "no-fallback": true }, error),
    /^Error: kernel table 3: there is no module; leave out no-fallback to relay in user space$/,
  );
});

Deno.test("KernelForwarding.tick tells once when the module goes, and when it is back", () => {
  let status = STATUS;
  const kernel = {
    table: 3,
    problem: "",
    tick: () => false,
    get status() {
      return status;
    },
  };
  const { forwarding, lines } = setUp({}, kernel);
  forwarding?.tick();
  assert.deepEqual(lines, []);
  status = { ...STATUS, up: false };
  forwarding?.tick();
  forwarding?.tick();
  status = STATUS;
  forwarding?.tick();
  assert.equal(lines.length, 2);
  assert.match(lines[0]!, /kernel table 3 has gone/);
  assert.match(lines[1]!, /kernel table 3 is in use/);
});

Deno.test("KernelForwarding.tick says what to do about packets that miss the module", () => {
  const kernel = { table: 3, problem: "", tick: () => false, status: { ...STATUS, missed: 2 } };
  const { forwarding, lines } = setUp({ "kernel-hook": "off" }, kernel);
  forwarding?.tick();
  forwarding?.tick();
  assert.equal(lines.length, 1);
  assert.match(
    lines[0]!,
    /2 streams .*iptables -I INPUT -p udp -j RTPENGINE --id 3.*kernel-hook=input/,
  );
  assert.doesNotMatch(missedAdvice(3, true), /iptables/);
});
