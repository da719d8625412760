import assert from "node:assert/strict";
import { fromBytes, toBytes } from "../core/bytes.ts";
import { FakeClock } from "../core/clock.ts";
import { type Handler, NgDispatcher, type RequestReport } from "./dispatcher.ts";
import { LoadLimit, NgError, type NgSource, type NgTransport } from "./types.ts";

function source(transport: NgTransport = "udp", address = "192.0.2.1"): NgSource {
  return {
    transport,
    peer: { family: 4, address, port: 5000 },
    local: { family: 4, address: "192.0.2.2", port: 2223 },
  };
}

function rig(handlers: Record<string, Handler> = {}) {
  const clock = new FakeClock();
  const logs: { level: string; message: string; details: Readonly<Record<string, unknown>> }[] = [];
  const reports: RequestReport[] = [];
  const ng = new NgDispatcher({
    handlers: new Map(Object.entries(handlers)),
    clock,
    log: (level, message, details) => void logs.push({ level, message, details }),
    observer: (report) => void reports.push(report),
  });
  const ask = (text: string, from = source()): string | undefined => {
    const reply = ng.handle(toBytes(text), from);
    assert.ok(!(reply instanceof Promise));
    return reply === undefined ? undefined : fromBytes(reply);
  };
  return { clock, logs, reports, ng, ask };
}

Deno.test("NgDispatcher answers ping in both encodings", () => {
  const { ask } = rig();
  assert.equal(ask("1 d7:command4:pinge"), "1 d6:result4:ponge");
  assert.equal(ask('2 {"command":"ping"}'), '2 {"result":"pong"}');
});

Deno.test("NgDispatcher gives no answer without a cookie", () => {
  const { ask, logs } = rig();
  for (const text of ["", " ", "nocookie", "d7:command4:pinge", " d7:command4:pinge"]) {
    assert.equal(ask(text), undefined, text);
  }
  assert.equal(logs.length, 1, "rate limited");
});

Deno.test("NgDispatcher answers what it cannot read with the reason", () => {
  const { ask } = rig();
  const cases: [string, string][] = [
    ["", "d6:result5:error12:error-reason25:Invalid data (no payload)e"],
    ["x", "d6:result5:error12:error-reason22:Invalid NG data formate"],
    ["d1", "d6:result5:error12:error-reason35:Could not decode bencode dictionarye"],
    ["{", '{"result":"error","error-reason":"Failed to parse JSON document"}'],
    ["de", 'd6:result5:error12:error-reason36:Dictionary contains no key "command"e'],
    ["{}", '{"result":"error","error-reason":"Dictionary contains no key \\"command\\""}'],
    ["d7:command3:fooe", "d6:result5:error12:error-reason20:Unrecognized commande"],
    ['{"command":"PING"}', '{"result":"error","error-reason":"Unrecognized command"}'],
    [
      '{"command":"start recording"}',
      '{"result":"error","error-reason":"\'start recording\' needs recording, which is not part of this build"}',
    ],
    ["d7:command11:constructore", "d6:result5:error12:error-reason20:Unrecognized commande"],
  ];
  cases.forEach(([payload, reply], i) => assert.equal(ask(`c${i} ${payload}`), `c${i} ${reply}`));
});

Deno.test("NgDispatcher puts result last unless the handler has put it", () => {
  const { ask } = rig({
    list: () => ({ calls: ["a\xff"] }),
    explicit: () => ({ result: "ok", warning: "w" }),
  });
  assert.equal(ask("1 d7:command4:liste"), "1 d5:callsl2:a\xffe6:result2:oke");
  assert.equal(ask("2 d7:command8:explicite"), "2 d6:result2:ok7:warning1:we");
});

Deno.test("NgDispatcher turns errors of handlers into replies", () => {
  const { ask, logs } = rig({
    known: () => {
      throw new NgError("Unknown call-id");
    },
    limit: () => {
      throw new LoadLimit("CPU usage limit exceeded");
    },
    bug: () => {
      throw new TypeError("undefined is not a function");
    },
    unencodable: () => ({ x: NaN }),
    wide: () => ({ x: "\u20ac" }),
  });
  const error = (reason: string) => `d6:result5:error12:error-reason${reason.length}:${reason}e`;
  assert.equal(ask("1 d7:command5:knowne"), `1 ${error("Unknown call-id")}`);
  assert.equal(ask("2 d7:command5:limite"), `2 ${error("Parallel session limit reached")}`);
  assert.equal(
    ask("3 d7:command5:limit8:supportsl10:load limitee"),
    "3 d6:result10:load limit7:message24:CPU usage limit exceedede",
  );
  assert.equal(ask("4 d7:command3:buge"), `4 ${error("Internal error")}`);
  assert.equal(ask("5 d7:command11:unencodablee"), `5 ${error("Internal error")}`);
  assert.equal(ask("6 d7:command4:widee"), `6 ${error("Internal error")}`);
  assert.deepEqual(logs.filter(({ level }) => level === "error").map(({ message }) => message), [
    "A command failed unexpectedly",
    "A reply could not be encoded",
  ]);
});

Deno.test("NgDispatcher carries a repeated cookie out once and repeats the bytes", () => {
  let count = 0;
  const { ask, clock, reports } = rig({ next: () => ({ n: ++count }) });
  const first = ask("c d7:command4:nexte");
  for (let i = 0; i < 5; i++) {
    clock.advance(1000);
    assert.equal(ask("c d7:command4:nexte"), first);
  }
  assert.equal(count, 1);
  assert.equal(reports.filter(({ duplicate }) => duplicate).length, 5);
  clock.advance(60_000);
  assert.notEqual(ask("c d7:command4:nexte"), first);
});

Deno.test("NgDispatcher keeps cookies of other sources and transports apart", () => {
  let count = 0;
  const { ask } = rig({ next: () => ({ n: ++count }) });
  ask("c d7:command4:nexte", source("udp", "192.0.2.1"));
  ask("c d7:command4:nexte", source("udp", "192.0.2.9"));
  ask("c d7:command4:nexte", source("tcp", "192.0.2.1"));
  ask("d d7:command4:nexte", source("udp", "192.0.2.1"));
  assert.equal(count, 4);
});

Deno.test("NgDispatcher lets a duplicate wait for the first", async () => {
  let count = 0;
  let release = (): void => {};
  const { ng } = rig({
    slow: () => {
      count++;
      return new Promise((resolve) => release = () => resolve({ n: count }));
    },
  });
  const message = toBytes("c d7:command4:slowe");
  const replies = [ng.handle(message, source()), ng.handle(message, source())];
  release();
  const [first, second] = await Promise.all(replies);
  assert.equal(fromBytes(first as Uint8Array), "c d1:ni1e6:result2:oke");
  assert.equal(second, first);
  assert.equal(ng.handle(message, source()), first);
  assert.equal(count, 1);
});

Deno.test("NgDispatcher answers when a slow handler fails", async () => {
  const { ng } = rig({ slow: () => Promise.reject(new NgError("No such thing")) });
  const reply = await ng.handle(toBytes("c d7:command4:slowe"), source());
  assert.equal(
    fromBytes(reply as Uint8Array),
    "c d6:result5:error12:error-reason13:No such thinge",
  );
});

Deno.test("NgDispatcher.handlePlain() answers without a cookie and remembers nothing", () => {
  let count = 0;
  const { ng } = rig({ next: () => ({ n: ++count }) });
  const ask = (text: string) => fromBytes(ng.handlePlain(toBytes(text), source()) as Uint8Array);
  assert.equal(ask('{"command":"next"}'), '{"n":1,"result":"ok"}');
  assert.equal(ask('{"command":"next"}'), '{"n":2,"result":"ok"}');
  assert.equal(ask(""), "d6:result5:error12:error-reason25:Invalid data (no payload)e");
});

Deno.test("NgDispatcher answers with an error when a reply does not fit its transport", () => {
  const { ask } = rig({ big: () => ({ x: "y".repeat(70_000) }) });
  assert.match(ask("1 d7:command3:bige") ?? "", /^1 d6:result5:error12:error-reason\d+:Reply is/);
  assert.equal(
    ask("1 d7:command3:bige", source("tcp"))?.length,
    70_000 + "1 d1:x70000:6:result2:oke".length,
  );
});

Deno.test("NgDispatcher warns about unknown words once per interval", () => {
  const { ask, logs, clock } = rig({ offer: () => ({}) });
  for (let i = 0; i < 5; i++) {
    assert.equal(ask(`${i} d7:command5:offer5:flagsl4:frobee`), `${i} d6:result2:oke`);
  }
  assert.equal(logs.length, 1);
  assert.deepEqual(logs[0]?.details["unknown"], ["flag frob"]);
  clock.advance(1000);
  ask("x d7:command5:offer5:flagsl4:frobee");
  assert.equal(logs.length, 2);
  assert.equal(logs[1]?.details["suppressed"], 4);
});

Deno.test("NgDispatcher tells its observer about every answer, and survives it", () => {
  const clock = new FakeClock();
  const { reports, ask } = rig({ offer: () => ({}) });
  ask("1 d7:command5:offere");
  ask("2 d7:command3:fooe");
  ask("3 x");
  assert.deepEqual(reports.map(({ command, ok }) => [command, ok]), [
    ["offer", true],
    ["foo", false],
    ["", false],
  ]);
  const broken = new NgDispatcher({
    handlers: new Map(),
    clock,
    log: () => {},
    observer: () => {
      throw new Error("no");
    },
  });
  assert.ok(broken.handle(toBytes("1 d7:command4:pinge"), source()) instanceof Uint8Array);
});

Deno.test("NgDispatcher.refuse() answers what was not even looked at", () => {
  const { ng } = rig();
  const reply = ng.refuse(toBytes('c {"comm'), "Rate limit exceeded", source("tcp"));
  assert.equal(
    fromBytes(reply as Uint8Array),
    'c {"result":"error","error-reason":"Rate limit exceeded"}',
  );
  assert.equal(ng.refuse(toBytes("nocookie"), "x", source("tcp")), undefined);
});

Deno.test("NgDispatcher gives each exchange to the trace, which may fail, but no duplicates", () => {
  const traced: string[] = [];
  const dispatcher = new NgDispatcher({
    handlers: new Map(),
    clock: new FakeClock(),
    log: () => {},
    trace({ command, callId, request, requested, reply, replied, source: { transport } }) {
      const texts = [request, reply].map(fromBytes);
      traced.push(`${command} ${callId} ${transport} ${replied - requested}: ${texts.join(" → ")}`);
      throw new Error("no");
    },
  });
  const message = toBytes('7 {"command":"ping","call-id":"c1"}');
  const reply = dispatcher.handle(message, source());
  assert.deepEqual(dispatcher.handle(message, source()), reply);
  dispatcher.handlePlain(toBytes("rubbish"), source("http"));
  assert.deepEqual(traced, [
    'ping c1 udp 0: 7 {"command":"ping","call-id":"c1"} → 7 {"result":"pong"}',
    "  http 0: rubbish → d6:result5:error12:error-reason22:Invalid NG data formate",
  ]);
});
