/**
 * `ICE` `optional` and `force-relay`: the parties' own ICE, keys and handshakes pass through a candidate of ours.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Endpoint } from "../core/endpoint.ts";
import { parseEndpoint } from "../core/ip.ts";
import { type Candidate, IceAgent, newCredentials, priorityOf } from "../ice/mod.ts";
import type { Keys, Reply } from "./fixture_test_support.ts";
import { A, B } from "./scenario_test_support.ts";
import { Daemon } from "./secure/daemon_test_support.ts";
import { pseudoRandom } from "./secure/browser_test_support.ts";

/** A phone behind a wall: it is heard of under no address of its own, and has no keys for us. */
class Phone {
  readonly agent: IceAgent;
  readonly media: Uint8Array[] = [];

  constructor(
    readonly daemon: Daemon,
    readonly address: Endpoint,
    controlling: boolean,
    seed: number,
  ) {
    this.agent = new IceAgent({
      local: newCredentials(pseudoRandom(seed)),
      candidates: [{ ...this.candidate, base: 0 }],
      controlling,
      lite: false,
      tieBreaker: BigInt(seed),
      components: 1,
      random: pseudoRandom(seed + 1),
    });
    daemon.internet.connect(this);
    daemon.internet.ticks.push(() => this.#work());
  }

  get candidate(): Candidate {
    const priority = priorityOf("host", 65535, 1);
    return { foundation: "1", component: 1, priority, endpoint: this.address, type: "host" };
  }

  describe(session: string): string {
    const { ufrag, pwd } = this.agent.local;
    return session + `m=audio ${this.address.port} UDP/TLS/RTP/SAVPF 96\n` +
      `a=rtcp-mux\na=ice-ufrag:${ufrag}\na=ice-pwd:${pwd}\n` +
      `a=candidate:1 1 UDP ${this.candidate.priority} 10.9.9.9 9 typ host\n` +
      `a=fingerprint:sha-256 AA:BB\na=setup:actpass\n`;
  }

  /** Knows of nothing but the candidate of the relay. */
  accept({ sdp }: Reply): void {
    const value = (name: string) => new RegExp(`^a=${name}:(.*)\r$`, "m").exec(sdp)?.[1] ?? "";
    const ours = /^a=candidate:\S+ 1 UDP \d+ (203\.0\.113\.1) (\d+) typ host\r$/m.exec(sdp)!;
    const endpoint = { ...this.address, address: ours[1]!, port: Number(ours[2]) };
    this.agent.addRemote({ ...this.candidate, foundation: "r", endpoint });
    this.agent.setRemote(this.#now, { ufrag: value("ice-ufrag"), pwd: value("ice-pwd") });
  }

  receive(source: Endpoint, payload: Uint8Array): void {
    if (payload[0]! < 4) this.agent.receive(this.#now, 0, source, payload);
    else this.media.push(payload);
    this.#work();
  }

  send(destination: Endpoint, payload: Uint8Array): void {
    this.daemon.bench.engine.inject(destination, payload, this.address);
  }

  get #now(): number {
    return this.daemon.bench.clock.now();
  }

  #work(): void {
    if ((this.agent.next() ?? Infinity) <= this.#now) this.agent.tick(this.#now);
    for (const { destination, payload } of this.agent.takeTransmits()) {
      this.send(destination, payload);
    }
  }
}

const KEYS: Keys = { ICE: "optional", "transport protocol": "RTP/AVP" };

Deno.test("ICE optional: two parties that cannot reach each other meet at our candidate", async () => {
  const daemon = new Daemon();
  const { bench, internet } = daemon;
  const a = new Phone(daemon, parseEndpoint("198.51.100.1:4000")!, true, 10);
  const b = new Phone(daemon, parseEndpoint("198.51.100.2:5000")!, false, 20);
  const offered = bench.offer(a.describe(A), KEYS);
  const answered = bench.answer(b.describe(B), {});
  // what a party said is what the other reads
  for (const [phone, reply] of [[a, offered], [b, answered]] as const) {
    assert.match(
      reply.sdp,
      new RegExp(`a=ice-ufrag:${phone.agent.local.ufrag.replace("+", "\\+")}`),
    );
    assert.match(reply.sdp, /a=fingerprint:sha-256 AA:BB\r/);
    assert.match(reply.sdp, /UDP\/TLS\/RTP\/SAVPF 96\r/);
  }
  b.accept(offered);
  a.accept(answered);
  await internet.run(1000);
  assert.equal(a.agent.state, "completed");
  assert.equal(b.agent.state, "completed");
  // handshakes and encrypted media go the same way, unread
  const through = a.agent.selected(1)!.remote;
  const hello = Uint8Array.of(22, 254, 253, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
  const sealed = Uint8Array.of(0x80, 96, 0, 1, 0, 0, 0, 9, 0, 0, 0, 7, ...new Array(30).fill(1));
  a.send(through, hello);
  a.send(through, sealed);
  assert.deepEqual(b.media, [hello, sealed]);
  assert.equal(daemon.dtls.begun, 0);
  bench.send("delete", { "call-id": "c", "from-tag": "a" });
  assert.equal(bench.engine.openSlots, 0);
});

Deno.test("ICE optional: stays through re-offers and a restart of the process", () => {
  const daemon = new Daemon();
  const { bench } = daemon;
  const a = new Phone(daemon, parseEndpoint("198.51.100.1:4000")!, true, 10);
  const b = new Phone(daemon, parseEndpoint("198.51.100.2:5000")!, false, 20);
  const offered = bench.offer(a.describe(A), KEYS);
  bench.answer(b.describe(B), {});
  const [call] = bench.service.registry.calls();
  const after = new Daemon();
  after.bench.service.resume(bench.service.snapshot(call!, "file"), () => undefined);
  const again = after.bench.offer(a.describe(A), { "to-tag": "b", ICE: "force" });
  assert.equal(again.sdp, offered.sdp);
});

Deno.test("ICE optional: our candidate stays when the address of a party changes", () => {
  const { bench } = new Daemon();
  const a = "m=audio 4000 RTP/AVP 8\na=ice-ufrag:aaaa\na=ice-pwd:" + "p".repeat(24) + "\n";
  const ours = ({ sdp }: Reply) => /^a=candidate:\S+ 1 UDP \d+ 203\.0\.113\.1 \d+/m.exec(sdp)?.[0];
  const before = bench.offer(A + a, KEYS);
  bench.answer(B + a, {});
  const moved = bench.offer((A + a).replaceAll("198.51.100.1", "198.51.100.9"), { "to-tag": "b" });
  assert.notEqual(ours(before), undefined);
  assert.equal(ours(moved), ours(before));
});

Deno.test("ICE optional: no passthrough ends it", () => {
  const daemon = new Daemon();
  const a = new Phone(daemon, parseEndpoint("198.51.100.1:4000")!, true, 10);
  const reply = daemon.bench.offer(a.describe(A), { ...KEYS, flags: ["no passthrough"] });
  assert.doesNotMatch(reply.sdp, new RegExp(`a=ice-ufrag:${a.agent.local.ufrag.slice(0, 3)}`));
  assert.doesNotMatch(reply.sdp, /10\.9\.9\.9/);
});
