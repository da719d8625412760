import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { systemClock } from "../../src/core/clock.ts";
import type { Endpoint } from "../../src/core/endpoint.ts";
import {
  DtlsAssociation,
  type DtlsEngine,
  type DtlsKeys,
  fingerprintOf,
  nativeDtls,
} from "../../src/dtls/mod.ts";
import { locateLibrary } from "../../src/relay/mod.ts";
import { generateKey, selfSign } from "../../src/tls/self_signed.ts";

const A: Endpoint = { family: 4, address: "192.0.2.1", port: 1 };
const B: Endpoint = { family: 4, address: "192.0.2.2", port: 2 };

async function engine(): Promise<DtlsEngine> {
  const key = await generateKey();
  const certificate = await selfSign(key, [], systemClock.wall());
  return nativeDtls({ library: locateLibrary(), certificate, key });
}

interface End {
  readonly keys: Promise<DtlsKeys>;
  readonly association: DtlsAssociation;
  stop(): void;
}

/** @param deliver takes what this end sends */
function end(
  own: DtlsEngine,
  peer: Uint8Array,
  role: "active" | "passive",
  deliver: (to: Endpoint, datagram: Uint8Array) => void,
): End {
  const { promise, resolve, reject } = Promise.withResolvers<DtlsKeys>();
  const timers = new Set<number>();
  const association = new DtlsAssociation(own, role, [fingerprintOf(peer, "sha-256")], {
    send: deliver,
    connected: resolve,
    failed: (reason) => reject(new Error(reason)),
    closed() {},
    schedule(ms, callback) {
      const timer = Number(setTimeout(callback, ms));
      timers.add(timer);
      return () => clearTimeout(timer);
    },
  });
  return {
    keys: promise,
    association,
    stop() {
      association.close();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

Deno.test({
  name: "DTLS between two engines gives both the same keys",
  // OpenSSL is loaded once and stays
  sanitizeResources: false,
  async fn() {
    const [one, other] = [await engine(), await engine()];
    const active: End = end(one, other.certificate, "active", (_to, bytes) => {
      queueMicrotask(() => passive.association.receive(A, bytes));
    });
    const passive: End = end(other, one.certificate, "passive", (_to, bytes) => {
      queueMicrotask(() => active.association.receive(B, bytes));
    });
    active.association.begin(B);
    const [a, b] = await Promise.all([active.keys, passive.keys]);
    assert.equal(a.suite, b.suite);
    assert.deepEqual(a.local, b.remote);
    assert.deepEqual(a.remote, b.local);
    assert.notDeepEqual(a.local, a.remote);
    active.stop();
    passive.stop();
    one.free();
    other.free();
  },
});

Deno.test({
  name: "DTLS refuses a peer with another certificate",
  sanitizeResources: false,
  async fn() {
    const [one, other, third] = [await engine(), await engine(), await engine()];
    const active: End = end(one, third.certificate, "active", (_to, bytes) => {
      queueMicrotask(() => passive.association.receive(A, bytes));
    });
    const passive: End = end(other, one.certificate, "passive", (_to, bytes) => {
      queueMicrotask(() => active.association.receive(B, bytes));
    });
    active.association.begin(B);
    await assert.rejects(active.keys, /another fingerprint/);
    await passive.keys;
    active.stop();
    passive.stop();
  },
});

Deno.test({
  name: "DTLS agrees with the openssl program on the keys",
  sanitizeResources: false,
  async fn() {
    const own = await engine();
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-dtls-" });
    const key = await generateKey();
    const certificate = await selfSign(key, [], systemClock.wall());
    await Deno.writeTextFile(`${folder}/peer.pem`, `${certificate}\n${key}`);
    const der = Uint8Array.from(
      atob(certificate.replace(/-----[^-]+-----|\s/g, "")),
      (char) => char.charCodeAt(0),
    );
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const passive = end(
      own,
      der,
      "passive",
      (to, bytes) => socket.send(bytes, to.port, to.address),
    );
    socket.on("message", (bytes: Uint8Array, from: { address: string; port: number }) => {
      passive.association.receive({ family: 4, address: from.address, port: from.port }, bytes);
    });
    const client = new Deno.Command("openssl", {
      args: [
        ..."s_client -dtls1_2 -use_srtp SRTP_AES128_CM_SHA1_80 -keymatexport".split(" "),
        ..."EXTRACTOR-dtls_srtp -keymatexportlen 60 -cert".split(" "),
        ...[`${folder}/peer.pem`, "-connect", `127.0.0.1:${socket.address().port}`],
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
      passive.stop();
      socket.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
