/**
 * DTLS-SRTP without ICE: the openssl program shakes hands, libsrtp speaks under the keys.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { ADDRESS } from "../interop/rig.ts";
import { run, say } from "../support/mod.ts";
import {
  type AgreedKeys,
  DTLS_SUITES,
  type DtlsSuite,
  makeCertificate,
  shakeHands,
} from "../security/dtls_client.ts";
import { assertPhoneHears } from "./judge.ts";
import { TO_PLAIN } from "./profiles.ts";
import { attributes, sectionsOf } from "./sdp_text.ts";
import { assertArrives, SrtpPeer } from "./srtp_peer.ts";
import { Stage } from "./stage.ts";

async function unavailable(): Promise<string | undefined> {
  const reason = await interopUnavailable();
  if (reason !== undefined) return reason;
  const found = await run(["sh", "-c", "test -e /usr/include/srtp2/srtp.h && command -v cc"]);
  return found.success ? undefined : "libsrtp2-dev and a C compiler are not installed";
}

const reason = await unavailable();
if (reason !== undefined) say(`tests with openssl and libsrtp are ignored: ${reason}`);

/** Each call has ports of its own. */
let nextPort = 23_000;

/**
 * A calls B with this suite, and B, who has SDES with AES_CM_128_HMAC_SHA1_80, is called.
 *
 * @param server whether A waits for the relay's ClientHello
 */
async function call(stage: Stage, suite: DtlsSuite, server: boolean): Promise<void> {
  const [a, b] = [stage.place("a").ns, stage.place("b").ns];
  const from = { host: ADDRESS.phoneA, port: nextPort };
  nextPort += 2;
  const certificate = await makeCertificate(stage.rig.folder.outside, `phone-${from.port}`);
  await using callee = await SrtpPeer.start(
    b,
    { host: ADDRESS.phoneB, port: from.port },
    "AES_CM_128_HMAC_SHA1_80",
  );
  await using dialogue = stage.call();
  const offer = [
    "v=0",
    `o=- 1 1 IN IP4 ${from.host}`,
    "s=-",
    `c=IN IP4 ${from.host}`,
    "t=0 0",
    `m=audio ${from.port} UDP/TLS/RTP/SAVP 8`,
    "a=rtpmap:8 PCMA/8000",
    `a=fingerprint:${certificate.fingerprint}`,
    `a=setup:${server ? "passive" : "active"}`,
    "a=rtcp-mux",
    "",
  ].join("\r\n");
  const offered = await dialogue.offer(offer, {
    "transport protocol": "RTP/SAVP",
    "DTLS": "off",
    "SDES": ["only-AES_CM_128_HMAC_SHA1_80"],
    "rtcp-mux": ["demux"],
  });
  const [atB] = sectionsOf(offered);
  assert.ok(atB !== undefined, offered);
  await callee.learn(offered);
  let answered = "";
  const answer = async () => {
    answered = await dialogue.answer(callee.describe(), {});
    const setup = server ? "active" : "passive";
    assert.deepEqual(attributes(answered, "setup"), [setup]);
  };
  let keys: AgreedKeys;
  const handshake = { from, certificate, suite };
  if (server) keys = await shakeHands(a, { ...handshake, to: from, server }, answer);
  else {
    await answer();
    keys = await shakeHands(a, { ...handshake, to: sectionsOf(answered)[0]!.at });
  }
  const [atA] = sectionsOf(answered);
  assert.ok(atA !== undefined);
  await using caller = await SrtpPeer.start(a, from, suite);
  if (server) await caller.useKeys(keys.server, keys.client);
  else await caller.useKeys(keys.client, keys.server);
  await assertArrives(caller, callee, atA);
  await assertArrives(callee, caller, atB);
}

interface Case {
  readonly name: string;
  readonly options: readonly string[];
  readonly suites: readonly DtlsSuite[];
}

const CASES: readonly Case[] = [
  { name: "ECDSA", options: [], suites: DTLS_SUITES },
  { name: "RSA", options: ["--dtls-cert-cipher=RSA"], suites: DTLS_SUITES.slice(0, 1) },
];

for (const { name, options, suites } of CASES) {
  Deno.test({
    name: `openssl and libsrtp: ${suites.length} profiles in each role, our certificate is ${name}`,
    ignore: reason !== undefined,
    async fn(t) {
      await using stage = await Stage.open(undefined, options);
      for (const suite of suites) {
        for (const server of [false, true]) {
          await t.step(
            `${suite}, the relay is the ${server ? "client" : "server"}`,
            () => stage.scenario((stage) => call(stage, suite, server)),
          );
        }
      }
      if (name === "RSA") {
        await t.step("Chromium takes the certificate", () =>
          stage.scenario(async (stage) => {
            const peer = await stage.browser("a", { audio: true });
            const phone = await stage.phone();
            await using call = stage.call();
            phone.sendTo(await call.offer(await peer.offer(), TO_PLAIN));
            await peer.accept(await call.answer(phone.describe(), { "ICE": "force" }));
            await assertPhoneHears(phone, 400);
          }));
      }
    },
  });
}
