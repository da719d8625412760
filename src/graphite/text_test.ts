import assert from "node:assert/strict";
import { COMMANDS } from "../stats/mod.ts";
import { fakeAddress, fakeCall, fakeStatistics } from "../stats/fakes.ts";
import { GraphiteText } from "./mod.ts";

const PEER = { family: 4, address: "192.0.2.7", port: 5060 } as const;

function setup(prefix = "", ...addresses: ReturnType<typeof fakeAddress>[]) {
  const fakes = fakeStatistics({
    intervalMs: 1000,
    used: 4,
    ...(addresses.length === 0 ? {} : { addresses }),
  });
  const text = new GraphiteText(fakes.statistics, prefix);
  const sent: Map<string, string>[] = [];
  const raw: string[] = [];
  fakes.statistics.onInterval((report) => {
    const lines = text.render(report);
    raw.push(lines);
    sent.push(
      new Map(lines.trimEnd().split("\n").map((line) => line.split(" ") as [string, string])),
    );
  });
  fakes.statistics.tick();
  const run = (): void => {
    fakes.clock.advance(1000);
    fakes.statistics.tick();
  };
  return { ...fakes, sent, raw, run };
}

Deno.test("GraphiteText writes a name, a value and the time in seconds on each line", () => {
  const { raw, clock } = setup("site1.");
  for (const line of raw[0]!.trimEnd().split("\n")) {
    assert.match(line, /^site1\.[A-Za-z0-9_.]+ \d+(\.\d{6})? \d{10}$/);
    assert.ok(line.endsWith(` ${clock.wall() / 1000}`));
  }
  assert.ok(raw[0]!.endsWith("\n"));
});

Deno.test("GraphiteText sends requests of commands whose names have blanks", () => {
  const { statistics, sent, run } = setup();
  for (const ms of [2, 4]) {
    statistics.ngObserver({
      command: "start recording",
      source: { transport: "udp", peer: PEER, local: PEER },
      ms,
      ok: true,
      duplicate: false,
    });
  }
  run();
  const values = ["time_min", "time_max", "time_avg", "count"].map((name) =>
    sent[1]!.get(`start_recording_${name}`)
  );
  assert.deepEqual(values, ["0.002000", "0.004000", "0.003000", "2"]);
  assert.equal(sent[1]!.get("start_recordings_ps_max"), "2");
  run();
  assert.equal(sent[2]!.get("start_recording_count"), "2");
  assert.equal(sent[2]!.get("start_recording_time_max"), "0.000000");
});

Deno.test("GraphiteText sends ends of calls as growth, and their number as a total", () => {
  const { calls, statistics, sent, run, clock } = setup();
  calls.put(fakeCall({ callId: "a", created: clock.wall() }));
  calls.put(fakeCall({ callId: "b", created: clock.wall() }));
  statistics.observer.rejected("limit");
  run();
  calls.terminate("a", "force_terminated");
  calls.terminate("b", "offer_timeout");
  run();
  run();
  const over = (name: string) => sent.map((interval) => interval.get(name));
  assert.deepEqual(over("reject_sess"), ["0", "1", "0", "0"]);
  assert.deepEqual(over("forced_term_sess"), ["0", "0", "1", "0"]);
  assert.deepEqual(over("offer_timeout_sess"), ["0", "0", "1", "0"]);
  assert.deepEqual(over("nopacket_relayed_sess"), ["0", "0", "2", "0"]);
  assert.deepEqual(over("managed_sess"), ["0", "0", "2", "2"]);
  assert.deepEqual(over("current_sessions_own"), ["0", "2", "0", "0"]);
  assert.deepEqual(over("average_call_dur"), ["0.000000", "0.000000", "1.000000", "0.000000"]);
});

Deno.test("GraphiteText names ports by interface and address, without blanks", () => {
  const { sent } = setup("", fakeAddress("a b", "192.0.2.1"), fakeAddress("six", "2001:db8::1"));
  assert.equal(sent[0]!.get("ports_free_a_b_192.0.2.1"), "9996");
  assert.equal(sent[0]!.get("ports_used_six_2001:db8::1"), "4");
});

Deno.test("docs/metrics.md names everything that is sent to Graphite, and nothing else", () => {
  const document = Deno.readTextFileSync(new URL("../../docs/metrics.md", import.meta.url));
  const section = /## Names in Graphite\n([\s\S]*?)\n## /.exec(document)![1]!;
  const documented = new Set<string>();
  for (const [, row] of section.matchAll(/^\| (`.*?) \| /gm)) {
    const names = [...row!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
    const suffixes = names.filter((name) => name.startsWith("_"));
    for (const name of names.filter((name) => !name.startsWith("_"))) {
      for (const suffix of ["", ...suffixes]) documented.add(name + suffix);
    }
  }
  const { sent } = setup();
  const names = new Set([...sent[0]!.keys()].map((name) => {
    const command = COMMANDS.find(({ request }) => {
      return new RegExp(`^${request.replaceAll(" ", "_")}s?_(time|ps|count)(_(min|max|avg))?$`)
        .test(name);
    });
    return command === undefined
      ? name.replace("default_127.0.0.1", "NAME_ADDRESS")
      : name.replace(command.request.replaceAll(" ", "_"), "COMMAND");
  }));
  assert.deepEqual([...names].sort(), [...documented].sort());
});
