/**
 * Whether a process with a relay in it lives and ends as it should. The core's threads ring a bell in the
 * event loop; they must not do so while the event loop goes away.
 *
 * @module
 */

import assert from "node:assert/strict";
import { libraryMissing } from "./harness.ts";
import { runProgram } from "./program.ts";

const missing = libraryMissing();

function test(name: string, fn: () => Promise<void>): void {
  const suffix = missing === undefined ? "" : ` (not here: ${missing})`;
  Deno.test({ name: `a process ${name}${suffix}`, ignore: missing !== undefined, fn });
}

const OPEN_CONTROL = `
  const socket = controlSockets.open({ family: 4, address: "127.0.0.1", port: 0 }, 0);
  createSocket("udp4").unref().send("x", socket.bound.port, "127.0.0.1");
`;

/** Packets go round between two ports, each handed up; `heard` says that it has begun. */
const START_FLOOD = `
  const ports: number[] = [];
  const locals: number[] = [];
  for (let port = 20000 + Deno.pid % 9000; ports.length < 2; port++) {
    const slot = engine.open({ family: 4, address: "127.0.0.1", port });
    if (typeof slot !== "number") continue;
    ports.push(slot);
    locals.push(port);
  }
  const at = (i: number) => ({ family: 4, address: "127.0.0.1", port: locals[i]! }) as const;
  for (const i of [0, 1]) {
    engine.setRule(ports[i]!, {
      sourceAction: "ignore", learning: "off", learnMs: 0, relearn: false, blackhole: false,
      rtcpMux: false, rtcpOnly: false, opaque: true, waitInput: false, punt: ["other"],
      outputs: [{ slot: ports[i]!, match: ["other"], dst: at(1 - i) }],
    });
  }
  const heard = new Promise<void>((resolve) => engine.onEvent(() => resolve()));
  for (let i = 0; i < 8; i++) engine.send(ports[0]!, new Uint8Array(20), at(1));
  await heard;
`;

test("with an idle relay ends by itself", async () => {
  // the core rings for the first time just when the event loop goes away
  for (let i = 0; i < 10; i++) {
    assert.deepEqual(await runProgram(""), { code: 0, output: "", errors: "" });
  }
});

test("with an open control socket stays until it is closed", async () => {
  const outcome = await runProgram(`${OPEN_CONTROL}
    socket.onDatagram(() => {
      socket.close();
      Deno.exitCode = 7;
    });`);
  assert.deepEqual(outcome, { code: 7, output: "", errors: "" });
});

test("ends by itself and by Deno.exit under a flood of events", async () => {
  for (let i = 0; i < 4; i++) {
    assert.deepEqual(await runProgram(START_FLOOD), { code: 0, output: "", errors: "" });
    const exit = await runProgram(`${START_FLOOD}\nDeno.exit(5);`);
    assert.deepEqual(exit, { code: 5, output: "", errors: "" });
  }
});

test("ends with a trace when an exception is not caught under a flood of events", async () => {
  for (let i = 0; i < 4; i++) {
    const { code, errors } = await runProgram(
      `${START_FLOOD}\nsetTimeout(() => { throw new Error("expected"); }, 5);`,
    );
    assert.equal(code, 1, errors);
    assert.match(errors, /Uncaught .*expected/);
  }
});

test("ends with a trace when a handler throws", async () => {
  const { code, errors } = await runProgram(`${OPEN_CONTROL}
    socket.onDatagram(() => { throw new Error("expected"); });`);
  assert.equal(code, 1);
  assert.match(errors, /expected/);
});

test("that prevents the end after an exception goes on hearing events", async () => {
  const outcome = await runProgram(`${OPEN_CONTROL}
    globalThis.addEventListener("error", (event) => event.preventDefault());
    let count = 0;
    socket.onDatagram(() => {
      if (++count === 3) Deno.exit(9);
      createSocket("udp4").unref().send("x", socket.bound.port, "127.0.0.1");
      throw new Error("handled");
    });`);
  assert.deepEqual(outcome, { code: 9, output: "", errors: "" });
});
