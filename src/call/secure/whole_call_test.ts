/**
 * Calls from description to description: what is negotiated, agreed and put into rules.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Endpoint } from "../../core/endpoint.ts";
import type { Slot, SrtpKeys } from "../../relay/types.ts";
import { A, AUDIO, AUDIO_B, B } from "../scenario_test_support.ts";
import { accept, assertConnected, Daemon, describe, PLAIN, WEB } from "./daemon_test_support.ts";

const KEY_A = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd";

Deno.test("a browser calls a phone, offers again, restarts ICE, and hangs up", async () => {
  const daemon = new Daemon();
  const { bench, internet } = daemon;
  const browser = daemon.browser("198.51.100.1 4000", 7);
  const offered = bench.offer(describe(browser, "actpass"), PLAIN);
  assert.ok(!/ice-|candidate|fingerprint|setup/.test(offered.sdp), offered.sdp);
  const answered = bench.answer(B + AUDIO_B.replace("8\n", "96\n"), WEB);
  accept(browser, answered, "actpass");
  await internet.run(1000);
  const rules = () => [bench.rule(answered)!, bench.rule(offered)!] as const;
  assertConnected(browser, rules()[0], [rules()[1]]);
  // the same again changes nothing that matters
  const port = () => bench.engine.locals.get(bench.slot(answered))!.port;
  const before = port();
  bench.offer(describe(browser, "actpass").replace("1 1 IN", "1 2 IN"), {
    ...PLAIN,
    "to-tag": "b",
  });
  const again = bench.answer(B + AUDIO_B.replace("8\n", "96\n"), WEB);
  assert.equal(bench.engine.locals.get(bench.slot(again))!.port, before);
  await internet.run(500);
  assertConnected(browser, rules()[0], [rules()[1]]);
  assert.equal(daemon.dtls.begun, 1);
  // another ufrag is a restart
  const former = /a=ice-ufrag:(.*)\r/.exec(again.sdp)![1];
  browser.restart();
  bench.offer(describe(browser, "actpass").replace("1 1 IN", "1 3 IN"), {
    ...PLAIN,
    "to-tag": "b",
  });
  const fresh = bench.answer(B + AUDIO_B.replace("8\n", "96\n"), WEB);
  assert.notEqual(/a=ice-ufrag:(.*)\r/.exec(fresh.sdp)![1], former);
  assertConnected(browser, rules()[0], [rules()[1]]);
  const { keys } = browser;
  accept(browser, fresh, "actpass");
  Object.assign(browser, { keys, association: undefined });
  await internet.run(1000);
  assertConnected(browser, rules()[0], [rules()[1]]);
  assert.deepEqual(bench.log, []);
  bench.send("delete", { "call-id": "c", "from-tag": "a" });
  bench.engine.sent.length = 0;
  await internet.run(10_000);
  assert.deepEqual(bench.engine.sent, []);
  assert.equal(bench.engine.openSlots, 0);
});

for (const setup of ["active", "passive"] as const) {
  Deno.test(`a phone calls a browser that is ${setup}`, async () => {
    const daemon = new Daemon();
    const { bench, internet } = daemon;
    const browser = daemon.browser("198.51.100.2 5000", 7, false);
    const offered = bench.offer(A + AUDIO, { ...WEB, "rtcp-mux": ["offer"] });
    accept(browser, offered, setup);
    // it may begin before its answer has come this far
    await internet.run(100);
    const answer = describe(browser, setup).replace("SAVPF 96", "SAVPF 8")
      .replace("rtpmap:96 opus/48000/2", "rtpmap:8 PCMA/8000");
    const answered = bench.answer(answer, PLAIN);
    await internet.run(1500);
    assertConnected(browser, bench.rule(offered)!, [bench.rule(answered)!]);
  });
}

Deno.test("two browsers, audio and video in one bundle: one transport each", async () => {
  const daemon = new Daemon();
  const { bench, internet } = daemon;
  const types = ["audio", "video"];
  const a = daemon.browser("198.51.100.1 4000", 7);
  const b = daemon.browser("198.51.100.2 5000", 8, false);
  const offered = bench.offer(describe(a, "actpass", types), {
    "ICE": "force",
    "bundle": ["accept", "require"],
    "rtcp-mux": ["offer"],
  });
  accept(b, offered, "active");
  const answered = bench.answer(describe(b, "active", types), {
    "ICE": "force",
    "bundle": ["accept", "require"],
    "rtcp-mux": ["offer"],
  });
  accept(a, answered, "actpass");
  await internet.run(1500);
  const [towardsA, towardsB] = [bench.rule(answered)!, bench.rule(offered)!];
  assertConnected(a, towardsA, [towardsB]);
  assertConnected(b, towardsB, [towardsA]);
  assert.equal(towardsA.bundle?.sections.length, 2);
  assert.equal(daemon.dtls.begun, 2);
});

Deno.test("candidates that come as fragments are tried", async () => {
  const daemon = new Daemon();
  const { bench, internet } = daemon;
  const browser = daemon.browser("198.51.100.1 4000", 7, false);
  const [candidate] = /a=candidate.*\n/.exec(describe(browser, "actpass"))!;
  const sdp = describe(browser, "actpass").replace(candidate, "")
    .replace("a=end-of-candidates\n", "a=ice-options:trickle\n");
  bench.offer(sdp, PLAIN);
  const answered = bench.answer(B + AUDIO_B.replace("8\n", "96\n"), WEB);
  await internet.run(100);
  assert.ok(!bench.engine.sent.some(({ destination }) => destination.port === 4000));
  const { ufrag, pwd } = browser.agent.local;
  const fragment = `a=ice-ufrag:${ufrag}\na=ice-pwd:${pwd}\nm=audio 9 UDP/TLS/RTP/SAVPF 96\n` +
    `a=mid:0\n${candidate}`;
  assert.equal(bench.offer(fragment, { flags: ["fragment"] }).result, "ok");
  await internet.run(200);
  assert.ok(bench.engine.sent.some(({ destination }) => destination.port === 4000));
  accept(browser, answered, "actpass");
  await internet.run(1500);
  assert.deepEqual(bench.rule(answered)!.remote, browser.address);
});

Deno.test("SDES to plain RTP, and the same keys on both sides", () => {
  const { bench } = new Daemon();
  const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}\n`;
  const secure = (sdp: string) => sdp.replace("RTP/AVP", "RTP/SAVP");
  const offered = bench.offer(A + secure(AUDIO) + crypto, PLAIN);
  const answered = bench.answer(B + AUDIO_B, { "transport protocol": "RTP/SAVP" });
  const bytes = Uint8Array.from(atob(KEY_A), (char) => char.charCodeAt(0));
  assert.deepEqual(bench.rule(answered)!.decrypt?.key, bytes.slice(0, 16));
  const told = /inline:([A-Za-z0-9+/]+)/.exec(answered.sdp)![1]!;
  const own = Uint8Array.from(atob(told), (char) => char.charCodeAt(0));
  assert.deepEqual(bench.rule(offered)!.outputs[0]!.encrypt?.key, own.slice(0, 16));
  assert.equal(bench.rule(offered)!.decrypt, undefined);
});

Deno.test("a call with SDES goes on after a restart, keys included", () => {
  const daemon = new Daemon();
  const { bench } = daemon;
  const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}\n`;
  const offered = bench.offer(A + AUDIO.replace("RTP/AVP", "RTP/SAVP") + crypto, PLAIN);
  const answered = bench.answer(B + AUDIO_B, {});
  const [call] = bench.service.registry.calls();
  const text = bench.service.snapshot(call!, "file");
  const after = new Daemon();
  after.bench.service.resume(text, () => undefined);
  for (const reply of [offered, answered]) {
    const slot = after.bench.slot(reply);
    const [then, now] = [bench.rule(reply)!, after.bench.engine.rule(slot)!];
    assert.deepEqual(now.decrypt, then.decrypt);
    assert.deepEqual(
      now.outputs.map(({ encrypt }) => encrypt),
      then.outputs.map(({ encrypt }) => encrypt),
    );
  }
  // and can be changed
  const again = after.bench.offer(
    A.replace("1 1 IN", "1 2 IN") + AUDIO.replace("RTP/AVP", "RTP/SAVP") + crypto,
    { ...PLAIN, "to-tag": "b" },
  );
  assert.equal(again.result, "ok");
});

Deno.test("keys are in no log, unless log-srtp-keys says so", async () => {
  for (const logKeys of [false, true]) {
    const daemon = new Daemon({ logKeys });
    const { bench, internet } = daemon;
    const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}\n`;
    const browser = daemon.browser("198.51.100.2 5000", 7, false);
    const offered = bench.offer(A + AUDIO.replace("RTP/AVP", "RTP/SAVP") + crypto, {
      ...WEB,
      "SDES": ["off"],
    });
    accept(browser, offered, "active");
    const answer = describe(browser, "active").replace("SAVPF 96", "SAVPF 8")
      .replace("rtpmap:96 opus/48000/2", "rtpmap:8 PCMA/8000");
    bench.answer(answer, { "transport protocol": "RTP/SAVP", "ICE": "remove" });
    await internet.run(1500);
    assert.deepEqual(browser.log, ["connected"]);
    const lines = [...bench.log, ...bench.debug];
    assert.ok(lines.some((line) => line.includes("connected")));
    const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
    const { local, remote } = browser.keys!;
    const secrets = [base64(local.key), base64(remote.key), KEY_A.slice(0, 20)];
    for (const secret of secrets) {
      const shown = lines.filter((line) => line.includes(secret)).length;
      assert.equal(shown, logKeys ? 1 : 0, secret);
    }
  }
});

Deno.test("reports of our own, and feedback, leave under the receiver's keys", () => {
  const { bench } = new Daemon();
  const sent: { slot: number; keys: SrtpKeys | undefined }[] = [];
  const send = bench.engine.send.bind(bench.engine);
  bench.engine.send = (slot: Slot, payload: Uint8Array, dst?: Endpoint, keys?: SrtpKeys) => {
    sent.push({ slot, keys });
    return send(slot, payload, dst);
  };
  const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}\n`;
  const offered = bench.offer(A + AUDIO.replace("RTP/AVP", "RTP/SAVP") + crypto, {
    ...PLAIN,
    "generate RTCP": "on",
  });
  const answered = bench.answer(B + AUDIO_B, {});
  const own = bench.rule(offered)!.outputs[0]!.encrypt;
  assert.ok(own !== undefined);
  // a picture loss indication of the phone, whose reports end here
  const pli = Uint8Array.of(
    ...[0x80, 201, 0, 1, 0, 0, 0, 9],
    ...[0x81, 206, 0, 2, 0, 0, 0, 9, 0, 0, 0, 7],
  );
  const phone: Endpoint = { family: 4, address: "198.51.100.2", port: 5001 };
  bench.engine.inject(bench.slot(offered, 0, "rtcp"), pli, phone);
  assert.deepEqual(sent, [{ slot: bench.slot(answered, 0, "rtcp"), keys: own }]);
});
