import assert from "node:assert/strict";
import { isOptionName } from "../config/mod.ts";
import type { Settings } from "../core/settings.ts";
import type { NgValue } from "../ng/mod.ts";
import {
  fakeAddress,
  fakeCall,
  FakeCalls,
  fakeMedia,
  fakeParty,
  fakeSsrc,
  fakeStatistics,
  fakeStream,
} from "../stats/fakes.ts";
import type { CliDeps } from "./mod.ts";
import { cliReply, createCli } from "./mod.ts";
import { NUMBERS, TEXTS } from "./param_table.ts";

function settings(): Settings {
  return {
    timeout: 60,
    silentTimeout: 3600,
    finalTimeout: 0,
    offerTimeout: 3600,
    deleteDelay: 30,
    maxSessions: -1,
    maxLoad: 0,
    maxCpu: 0,
    maxBandwidth: 0,
    tos: -1,
    controlTos: 0,
    saveInterfacePorts: false,
    sipSource: false,
    endpointLearning: "delayed",
    strictSource: false,
    logLevel: 6,
  };
}

function setup(calls = new FakeCalls(), extra: Partial<CliDeps> = {}) {
  const { statistics, clock } = fakeStatistics({ calls });
  const values = settings();
  const cli = createCli({ clock, settings: values, statistics, calls, ...extra });
  return { cli, clock, calls, settings: values, statistics };
}

function endpoint(address: string, port: number) {
  return { family: address.includes(":") ? 6 : 4, address, port } as const;
}

/** A call whose two parties are on these local addresses and have remote endpoints. */
function answered(callId: string, ...addresses: string[]) {
  const participants = addresses.map((address, index) =>
    fakeParty({
      tag: `tag-${index}`,
      medias: [fakeMedia([fakeStream({
        local: { address: fakeAddress("default", address), port: 30000 + 2 * index },
        endpoint: endpoint(address, 4000),
      })])],
    })
  );
  return fakeCall({ callId, participants });
}

Deno.test("createCli says that an empty line is no command", () => {
  assert.equal(setup().cli.run(""), "Incomplete command: \n");
});

Deno.test("cliReply answers the line in body, with or without a line end", () => {
  const { cli } = setup();
  const reply = (body?: NgValue) =>
    cliReply(
      body === undefined ? {} : { other: new Map([["body", body]]) },
      (line) => cli.run(line),
    );
  assert.deepEqual(reply("list timeout"), { response: "TIMEOUT=60\n" });
  assert.deepEqual(reply("list timeout\r\n"), { response: "TIMEOUT=60\n" });
  assert.deepEqual(reply(""), { response: "Incomplete command: \n" });
  assert.deepEqual(reply("foo"), { response: "Unknown command: foo\n" });
  for (const none of [undefined, 5, ["list"]]) {
    assert.throws(() => reply(none), { name: "NgError", reason: "No 'body' in message" });
  }
});

Deno.test("set changes the settings that list shows", () => {
  const { cli, settings } = setup();
  const cases: [line: string, key: keyof Settings, value: number][] = [
    ["set timeout 61", "timeout", 61],
    ["set silenttimeout 62", "silentTimeout", 62],
    ["set offertimeout 63", "offerTimeout", 63],
    ["set finaltimeout 64", "finalTimeout", 64],
    ["set deletedelay 5", "deleteDelay", 5],
    ["set maxsessions 500", "maxSessions", 500],
    ["set maxcpu 75.5", "maxCpu", 75.5],
    ["set maxload 3.25", "maxLoad", 3.25],
    ["set maxbw 1000000", "maxBandwidth", 1000000],
    ["set controltos 184", "controlTos", 184],
    ["set loglevel 7", "logLevel", 7],
  ];
  for (const [line, key, value] of cases) {
    assert.match(cli.run(line), /^Success setting /, line);
    assert.equal(settings[key], value, line);
    assert.match(cli.run(line.replace(/set (\w+) .*/, "list $1")), new RegExp(String(value)), line);
  }
});

Deno.test("set leaves the settings alone when it refuses", () => {
  const { cli, settings: values } = setup();
  const lines = ["timeout x", "timeout -1", "maxsessions -2", "maxcpu -1", "maxload nan"];
  const more = ["maxbw -1", "controltos 256", "controltos x", "deletedelay 5s", "deletedelay 1e3"];
  for (const line of [...lines, ...more, "loglevel nope 3", "maxopenfiles 70000"]) {
    assert.match(cli.run(`set ${line}`), /^(Fail|Invalid) /, line);
  }
  assert.deepEqual(values, settings());
});

Deno.test("terminate ends one call, or all of a kind, for the operator's reason", () => {
  const calls = new FakeCalls(
    fakeCall({ callId: "a" }),
    fakeCall({ callId: "b", foreign: true }),
    fakeCall({ callId: "c" }),
    fakeCall({ callId: "with a space" }),
  );
  const { cli } = setup(calls);
  assert.equal(
    cli.run("terminate with a space"),
    "\nCall Id (with a space) successfully terminated by operator.\n\n",
  );
  assert.equal(cli.run("terminate foreign"), "All foreign calls terminated by operator.\n");
  assert.deepEqual(calls.ended, [
    { callId: "with a space", reason: "force_terminated" },
    { callId: "b", reason: "force_terminated" },
  ]);
  assert.equal(cli.run("terminate own"), "All own calls terminated by operator.\n");
  assert.equal(calls.size, 0);
});

Deno.test("terminate takes no beginning of a word for the word", () => {
  const { cli, calls } = setup(new FakeCalls(fakeCall({ callId: "allo" })));
  for (const word of ["a", "al", "allx", "ALL", "all "]) {
    assert.equal(cli.run(`terminate ${word}`), `\nCall Id not found (${word}).\n\n`);
  }
  assert.equal(calls.size, 1);
});

Deno.test("list numsessions tells calls by the family of their local addresses", () => {
  const offered = answered("offered", "192.0.2.1");
  const { cli } = setup(
    new FakeCalls(
      answered("four", "192.0.2.1", "192.0.2.2"),
      answered("six", "2001:db8::1", "2001:db8::2"),
      answered("both", "192.0.2.1", "2001:db8::2"),
      { ...offered, foreign: true },
    ),
  );
  assert.equal(
    cli.run("list numsessions"),
    "Current sessions own: 3\nCurrent sessions foreign: 1\nCurrent sessions total: 4\n" +
      "Current transcoded media: 0\nCurrent sessions ipv4 only media: 1\n" +
      "Current sessions ipv6 only media: 1\nCurrent sessions ip mixed  media: 1\n",
  );
});

Deno.test("list sessions puts the newest call first", () => {
  const { cli } = setup(new FakeCalls(fakeCall({ callId: "old" }), fakeCall({ callId: "new" })));
  const ids = [...cli.run("list sessions all").matchAll(/^ID: +(\S+) /gm)].map(([, id]) => id);
  assert.deepEqual(ids, ["new", "old"]);
});

Deno.test("list sessions takes a call named like a property for a call-id", () => {
  const { cli } = setup();
  assert.equal(cli.run("list sessions toString"), "\nCall ID not found (toString).\n\n");
});

Deno.test("list sessions shows the details of a call in rtpengine's lines", () => {
  const streams = [
    fakeStream({
      endpoint: endpoint("192.0.2.9", 4000),
      counters: {
        rxPackets: 10,
        rxBytes: 1720,
        rxErrors: 1,
        txErrors: 2,
        lastRx: 1_700_000_005_999,
        ssrcs: [fakeSsrc({ ssrc: 0x1234, last: 5 }), fakeSsrc({ ssrc: 0xabcd1234, last: 6 })],
      },
    }),
    fakeStream({ component: "rtcp", local: undefined }),
  ];
  const call = fakeCall({
    callId: "abc@192.0.2.1",
    deleting: true,
    tos: 184,
    participants: [fakeParty({ tag: "ft", label: "l", medias: [fakeMedia(streams)] })],
  });
  const { cli, clock } = setup(new FakeCalls(call));
  clock.advance(2500);
  assert.equal(
    cli.run("list sessions abc@192.0.2.1"),
    `
callid: abc@192.0.2.1
deletionmark: yes
created: 1700000000
proxy: 127.0.0.1:5060
tos: 184
last_signal: 1700000000
redis_keyspace: -1
last redis update: 0
foreign: no
recording: no

--- Tag 'ft', type: FROM_TAG, label 'l', branch '', callduration 2.500000
------ Media #1 (audio over RTP/AVP) using unknown codec
-------- Port       127.0.0.1:30000 <>       192.0.2.9:4000 , SSRC abcd1234, 10 p, 1720 b, 3 e, 1700000005 uts 0 kts
-------- Port         0.0.0.0:0     <>                :0     (RTCP), SSRC abcd1234, 0 p, 0 b, 0 e, 1700000000 uts 0 kts

`,
  );
});

Deno.test("list sessions tells which streams are in the kernel, and why others are not", () => {
  const share = {
    packets: 9,
    bytes: 900,
    errors: 0,
    last: 1_700_000_004_000,
    lastUser: 1_700_000_001_000,
  };
  const streams = [
    fakeStream({ counters: { rxPackets: 10, kernel: { ...share, forwards: true } } }),
    fakeStream({
      component: "rtcp",
      counters: { kernel: { ...share, last: 0, forwards: false, obstacle: "read here" } },
    }),
  ];
  const party = fakeParty({ tag: "ft", medias: [fakeMedia(streams)] });
  const { cli } = setup(new FakeCalls(fakeCall({ callId: "a", participants: [party] })));
  const lines = cli.run("list sessions a").split("\n").filter((line) => line.includes("Port"));
  assert.match(lines[0]!, / 1700000001 uts 1700000004 kts, kernelized$/);
  assert.match(
    lines[1]!,
    / 1700000001 uts 0 kts, not kernelized: all its packets are read by the daemon$/,
  );
});

Deno.test("list sessions names the other tags of a party", () => {
  const party = fakeParty({ tag: "new", aliases: ["old", "older"] });
  const { cli } = setup(new FakeCalls(fakeCall({ callId: "a", participants: [party] })));
  assert.match(
    cli.run("call a tag new info"),
    /^--- Tag 'new', .*\n--- {5}Aliases: 'old', 'older'\n/,
  );
});

Deno.test("debug keeps a set of calls that ended calls leave", () => {
  const debugCalls = new Set<string>();
  const calls = new FakeCalls(fakeCall({ callId: "a" }), fakeCall({ callId: "b" }));
  const { cli } = setup(calls, { debugCalls });
  assert.equal(cli.run("debug a"), "Enabled debugging for call 'a'\n");
  cli.run("call b debug on");
  assert.deepEqual([...debugCalls], ["a", "b"]);
  calls.terminate("a", "terminated");
  cli.run("debug b off");
  assert.deepEqual([...debugCalls], []);
});

Deno.test("active and standby need a standby role", () => {
  const seen: boolean[] = [];
  const { cli } = setup(new FakeCalls(), { setForeign: (foreign) => seen.push(foreign) });
  assert.equal(cli.run("standby"), "Ok, all calls set to 'foreign (standby)'\n");
  assert.equal(cli.run("active"), "Ok, all calls set to 'owned (active)'\n");
  assert.deepEqual(seen, [true, false]);
  assert.match(setup().cli.run("standby"), /^Fail setting calls to 'foreign \(standby\)'/);
});

Deno.test("params diff shows what set changed, and params revert takes it back", () => {
  const { cli, settings: values } = setup();
  assert.equal(cli.run("params diff"), "");
  for (const line of ["maxsessions 5", "maxcpu 80", "timeout 61", "deletedelay 0"]) {
    cli.run(`set ${line}`);
  }
  cli.run("set loglevel ice 3");
  cli.run("set redisconnecttimeout 50");
  assert.equal(
    cli.run("params diff"),
    "log-level-ice: 6 => 3\nmax-sessions: -1 => 5\nmax-cpu: 0 => 8000\n" +
      "timeout: 60000000 => 61000000\ndelete-delay: 30000000 => 0\n" +
      "redis_connect_timeout-db: 1000 => 50\n",
  );
  assert.equal(cli.run("params revert"), "");
  assert.equal(cli.run("params diff"), "");
  assert.deepEqual(values, settings());
});

Deno.test("params prints configured values, and no secret", () => {
  const configured: Record<string, string> = {
    "mysql-pass": "hunter2",
    "recording-dir": "/var/spool",
    "no-fallback": "true",
    "listen-ng": "127.0.0.1:2223; [::1]:2223",
  };
  const { cli } = setup(new FakeCalls(), { option: (name) => configured[name] });
  const text = cli.run("params start");
  assert.equal(text.includes("hunter2"), false);
  assert.match(text, /^mysql_pass = \(hidden\)$/m);
  assert.match(text, /^redis_auth = \(null\)$/m);
  assert.match(text, /^spooldir = \/var\/spool$/m);
  assert.match(text, /^no_fallback = 1$/m);
  assert.match(text, /^ng_listen_ep = 127\.0\.0\.1:2223\nng_listen_ep = \[::1\]:2223$/m);
  assert.match(text, /^endpoint_learning = 0$/m);
  assert.match(text, /^interface\[0\] = default\\127\.0\.0\.1$/m);
});

Deno.test("params start keeps the values at creation", () => {
  const { cli } = setup();
  cli.run("set timeout 99");
  assert.match(cli.run("params start"), /^timeout_us = 60000000$/m);
  assert.match(cli.run("params current"), /^timeout_us = 99000000$/m);
});

Deno.test("set maxopenfiles asks the system, and says when that refuses", () => {
  const asked: number[] = [];
  const setOpenFiles = (limit: number): boolean => asked.push(limit) === 1;
  const { cli } = setup(new FakeCalls(), { setOpenFiles });
  assert.equal(cli.run("set maxopenfiles 70000"), "Success setting open_files to 70000\n");
  assert.equal(
    cli.run("set maxopenfiles 80000"),
    "Fail setting open_files to 80000; errno = 1\n",
  );
  assert.match(cli.run("set maxopenfiles 65535"), /can't set it under 65536/);
  assert.match(setup().cli.run("set maxopenfiles 70000"), /errno = 1/);
  assert.deepEqual(asked, [70000, 80000]);
});

Deno.test("list maxopenfiles shows what it is told", () => {
  const { cli } = setup(new FakeCalls(), { openFiles: () => 150000 });
  assert.equal(
    cli.run("list maxopenfiles"),
    "Maximum open-files configured on rtpengine: 150000; cat /proc/42/limits\n",
  );
});

Deno.test("list interfaces averages quality once there are samples", () => {
  const { cli, statistics } = setup();
  assert.match(cli.run("list interfaces"), /MOS: {4}avg -nan, packet loss avg -nan%/);
  const labels = ["default", "127.0.0.1"];
  statistics.counters.set("rtpengine_interface_mos_total", 21.1, ...labels);
  statistics.counters.set("rtpengine_interface_mos_samples_total", 5, ...labels);
  statistics.counters.set("rtpengine_interface_packetloss_samples_total", 6, ...labels);
  assert.match(cli.run("list interfaces"), /MOS: {4}avg 4\.2, packet loss avg {3}0%/);
});

Deno.test("every command of the tree answers with text that ends a line, or nothing", () => {
  const { cli } = setup();
  const names = [...cli.run("usage").matchAll(/^ {8}(\w+)/gm)].map(([, name]) => name!);
  assert.ok(names.length > 40);
  for (const group of ["list", "set", "get", "params", "media list", "media evict"]) {
    for (const name of names) {
      for (const rest of ["", " ", " 1", " x y", " \xff"]) {
        const answer = cli.run(`${group} ${name}${rest}`);
        const unfinished = /^(list|get) jsonstats/.test(`${group} ${name}`) ||
          answer.startsWith("Failed to evict '");
        assert.ok(answer === "" || unfinished || answer.endsWith("\n"), `${group} ${name}${rest}`);
      }
    }
  }
});

Deno.test("params knows every option it names, and reads the values that options write", () => {
  for (const { name, option, fallback } of [...NUMBERS, ...TEXTS]) {
    if (option === undefined) continue;
    assert.ok(isOptionName(option), `${name}: no option ${option}`);
    assert.ok(fallback !== undefined || name.endsWith("_listen_ep"), name);
  }
  const configured: Record<string, string> = {
    "redis": "secret@192.0.2.9:6379/3",
    "redis-write": "192.0.2.8:6380/4",
    "homer-protocol": "tcp",
    "nftables-family": "ip6",
    "rtcp-interval": "3000",
    "max-dtx": "20",
    "dtls-mtu": "1300",
    "mos": "LQ;G.107",
    "ssrc-reporting": "none",
    "graphite": "192.0.2.7:2003",
  };
  const { cli } = setup(new FakeCalls(), { option: (name) => configured[name] });
  const lines = cli.run("params current").split("\n");
  const expected = [
    ...["redis_db = 3", "redis_auth = (hidden)", "redis_hostname = 192.0.2.9"],
    ...["redis_ep = 192.0.2.9:6379", "redis_write_db = 4", "redis_write_auth = (null)"],
    ...["redis_write_hostname = 192.0.2.8", "redis_subscribe_db = 0", "homer_protocol = 1"],
    ...["nftables_family = 10", "rtcp_interval_us = 3000000", "max_dtx_us = 20000000"],
    ...["dtls_mtu = 1252", "mos = 1", "ssrc_reporting = 3", "dtx_lag_us = 100000"],
    ...["graphite_interval = 1", "graphite_ep = 192.0.2.7:2003", "jb_adaptive_max = 0"],
  ];
  for (const line of expected) assert.ok(lines.includes(line), line);
  assert.equal(lines.join().includes("secret@"), false);
});
