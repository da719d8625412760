/**
 * DTLS as a relay core's threads do it: over ports on the loopback, with policy and keys on this side.
 *
 * @module
 */

import assert from "node:assert/strict";
import { systemClock } from "../../src/core/clock.ts";
import { formatEndpoint } from "../../src/core/endpoint.ts";
import {
  DtlsAssociation,
  type DtlsEngine,
  type DtlsKeys,
  fingerprintOf,
  nativeDtls,
} from "../../src/dtls/mod.ts";
import { locateLibrary, type NativeRelay, startNativeRelay } from "../../src/relay/mod.ts";
import { generateKey, selfSign } from "../../src/tls/self_signed.ts";
import { Wire } from "./wire.ts";
import { libraryMissing, openPort, type Port, rule, sleep, until } from "./harness.ts";

const missing = libraryMissing();

function test(name: string, fn: (stage: Stage) => Promise<void>): void {
  const suffix = missing === undefined ? "" : ` (not here: ${missing})`;
  Deno.test({
    name: `DTLS ${name}${suffix}`,
    ignore: missing !== undefined,
    // OpenSSL is loaded once and stays
    sanitizeResources: false,
    async fn() {
      const stage = new Stage();
      try {
        await fn(stage);
      } finally {
        await stage.close();
      }
    },
  });
}

interface End {
  readonly keys: Promise<DtlsKeys>;
  readonly association: DtlsAssociation;
  readonly port: Port;
  /** Called while it is being told that it is connected. */
  onConnected: () => void;
}

/** A core, with ends of DTLS at its ports. */
class Stage {
  readonly relay: NativeRelay = startNativeRelay({ mode: "sockets", threads: 2, maxSlots: 256 });
  readonly ends = new Map<number, End>();
  readonly #timers = new Set<number>();
  readonly #engines: DtlsEngine[] = [];
  #closed = false;

  constructor() {
    this.relay.engine.onEvent((event) => {
      if (event.type !== "punt" || event.class !== "dtls") return;
      this.ends.get(event.slot)?.association.receive(event.source, event.payload);
    });
  }

  async engine(): Promise<DtlsEngine> {
    const key = await generateKey();
    const certificate = await selfSign(key, [], systemClock.wall());
    const links = () => this.relay.dtls;
    const engine = nativeDtls({ library: locateLibrary(), links, certificate, key });
    this.#engines.push(engine);
    return engine;
  }

  /** @param peer certificate that is expected */
  end(own: DtlsEngine, peer: Uint8Array, role: "active" | "passive"): End {
    const { promise, resolve, reject } = Promise.withResolvers<DtlsKeys>();
    // whoever is not asked may fail
    promise.catch(() => {});
    const port = openPort(this.relay);
    this.relay.engine.setRule(port.slot, rule({ punt: ["dtls"], outputs: [] }));
    const association = new DtlsAssociation(own, role, [fingerprintOf(peer, "sha-256")], {
      portTowards: () => port.slot,
      connected: (keys) => {
        end.onConnected();
        resolve(keys);
      },
      failed: (reason, _peer, mismatch) => reject(new Error(`${reason} (${mismatch})`)),
      closed() {},
      schedule: (ms, callback) => {
        const timer = Number(setTimeout(callback, ms));
        this.#timers.add(timer);
        return () => clearTimeout(timer);
      },
    });
    const end: End = {
      keys: promise,
      association,
      port,
      onConnected() {},
    };
    this.ends.set(port.slot, end);
    return end;
  }

  /** Two ends that expect each other. */
  async pair(): Promise<{ readonly active: End; readonly passive: End }> {
    const [one, other] = [await this.engine(), await this.engine()];
    return {
      active: this.end(one, other.certificate, "active"),
      passive: this.end(other, one.certificate, "passive"),
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const { association } of this.ends.values()) association.close();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const engine of this.#engines) engine.free();
    this.relay.engine.shutdown();
    await sleep(0);
  }
}

/** Whether a datagram says that a handshake is done: ChangeCipherSpec, or what is encrypted. */
function saysDone(datagram: Uint8Array): boolean {
  for (let at = 0; at + 13 <= datagram.length;) {
    if (datagram[at] === 20 || datagram[at + 3] !== 0 || datagram[at + 4] !== 0) return true;
    at += 13 + datagram[at + 11]! * 256 + datagram[at + 12]!;
  }
  return false;
}

test("between two ends gives both the same keys", async (stage) => {
  const { active, passive } = await stage.pair();
  active.association.begin(passive.port.local);
  const [a, b] = await Promise.all([active.keys, passive.keys]);
  assert.equal(a.suite, b.suite);
  assert.deepEqual(a.local, b.remote);
  assert.deepEqual(a.remote, b.local);
  assert.notDeepEqual(a.local, a.remote);
  assert.ok(a.local.key.some((byte) => byte !== 0));
});

test("shakes hands with many at a time", async (stage) => {
  const [one, other] = [await stage.engine(), await stage.engine()];
  const pairs = Array.from({ length: 40 }, () => ({
    active: stage.end(one, other.certificate, "active"),
    passive: stage.end(other, one.certificate, "passive"),
  }));
  for (const { active, passive } of pairs) active.association.begin(passive.port.local);
  for (const { active, passive } of pairs) {
    const [a, b] = await Promise.all([active.keys, passive.keys]);
    assert.deepEqual(a.local, b.remote);
    assert.deepEqual(a.remote, b.local);
  }
});

test("says what gets lost again", async (stage) => {
  const { active, passive } = await stage.pair();
  using wire = await Wire.to(passive.port.local);
  wire.there.deaf = true;
  active.association.begin(wire.address);
  await sleep(100);
  assert.equal(wire.there.heard.length, 0);
  wire.there.deaf = false;
  wire.back.deaf = true;
  // the ClientHello once more, and our answer to it
  await until("it says hello again", () => wire.there.heard.length > 0);
  await sleep(50);
  wire.back.deaf = false;
  const [a, b] = await Promise.all([active.keys, passive.keys]);
  assert.deepEqual(a.local, b.remote);
});

test("a server does not say that all is done before the keys are in place", async (stage) => {
  const { active, passive } = await stage.pair();
  const sent = () => stage.relay.engine.counters(passive.port.slot).txPackets;
  const counts: number[] = [];
  passive.onConnected = () => {
    counts.push(sent());
    // the core's threads go on meanwhile
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    counts.push(sent());
  };
  using wire = await Wire.to(passive.port.local);
  active.association.begin(wire.address);
  await active.keys;
  const [first = 0, second] = counts;
  assert.ok(first > 0, "it has said something");
  assert.equal(second, first, "nothing is said while keys are put in place");
  assert.ok(sent() > first, "but afterwards");
  assert.ok(wire.back.heard.some(saysDone));
});

for (const strict of ["active", "passive"] as const) {
  test(`tells a peer with another certificate that it is refused, and never that all is done (${strict})`, async (stage) => {
    const [one, other, third] = [
      await stage.engine(),
      await stage.engine(),
      await stage.engine(),
    ];
    const active = stage.end(one, (strict === "active" ? third : other).certificate, "active");
    const passive = stage.end(other, (strict === "passive" ? third : one).certificate, "passive");
    const [ours, theirs] = strict === "active" ? [active, passive] : [passive, active];
    using wire = await Wire.to(passive.port.local);
    active.association.begin(wire.address);
    await assert.rejects(ours.keys, /another fingerprint \(true\)/);
    await assert.rejects(theirs.keys, /\(false\)/);
    await sleep(50);
    const { heard } = strict === "active" ? wire.there : wire.back;
    assert.equal(heard.some(saysDone), false);
    const alert = heard.at(-1)!;
    assert.deepEqual([alert[0], ...alert.slice(13)], [21, 2, 42], "bad_certificate");
  });
}

test("handshakes may be given up at any moment, and ports closed under them", async (stage) => {
  const [one, other] = [await stage.engine(), await stage.engine()];
  for (let turn = 0; turn < 30; turn++) {
    const active = stage.end(one, other.certificate, "active");
    const passive = stage.end(other, one.certificate, "passive");
    active.association.begin(passive.port.local);
    // somewhere within a handshake, another place each time
    const until = performance.now() + turn * 0.1;
    while (performance.now() < until) await sleep(0);
    const { engine } = stage.relay;
    if (turn % 3 === 0) engine.close(passive.port.slot);
    if (turn % 2 === 0) active.association.close();
    passive.association.close();
    if (turn % 3 !== 0) engine.close(passive.port.slot);
    active.association.close();
    engine.close(active.port.slot);
  }
  // and others go on
  const { active, passive } = await stage.pair();
  active.association.begin(passive.port.local);
  assert.deepEqual((await active.keys).local, (await passive.keys).remote);
});

test("handshakes end with their core, and may be ended after it", async (stage) => {
  const { active, passive } = await stage.pair();
  active.association.begin(passive.port.local);
  stage.relay.engine.shutdown();
  active.association.move(passive.port.local);
  active.association.close();
  passive.association.close();
  await sleep(10);
});

test("agrees with the openssl program on the keys", async (stage) => {
  const own = await stage.engine();
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-dtls-" });
  const key = await generateKey();
  const certificate = await selfSign(key, [], systemClock.wall());
  await Deno.writeTextFile(`${folder}/peer.pem`, `${certificate}\n${key}`);
  const der = Uint8Array.from(
    atob(certificate.replace(/-----[^-]+-----|\s/g, "")),
    (char) => char.charCodeAt(0),
  );
  const passive = stage.end(own, der, "passive");
  const client = new Deno.Command("openssl", {
    args: [
      ..."s_client -dtls1_2 -use_srtp SRTP_AES128_CM_SHA1_80 -keymatexport".split(" "),
      ..."EXTRACTOR-dtls_srtp -keymatexportlen 60 -cert".split(" "),
      ...[`${folder}/peer.pem`, "-connect", formatEndpoint(passive.port.local)],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const keys = await passive.keys;
    const writer = client.stdin.getWriter();
    await writer.close();
    const { stdout } = await client.output();
    const text = new TextDecoder().decode(stdout);
    const material = /Keying material: ([0-9A-F]{120})/.exec(text)?.[1]?.toLowerCase();
    assert.ok(material !== undefined, text);
    assert.equal(keys.suite, "AES_CM_128_HMAC_SHA1_80");
    // client key, server key, client salt, server salt (RFC 5764 section 4.2)
    const hex = (bytes: Uint8Array) =>
      Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
    const { local, remote } = keys;
    assert.equal(hex(remote.key) + hex(local.key) + hex(remote.salt) + hex(local.salt), material);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
