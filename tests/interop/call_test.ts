/**
 * A SIP call: Kamailio drives the relay, two phones in namespaces of their own hear each other.
 *
 * @module
 */

import { say } from "../support/mod.ts";
import { audioCall } from "./audio_call.ts";
import { interopUnavailable } from "./checks.ts";
import { startKamailio } from "./kamailio.ts";
import { CONTROL, type Relay, startRelay, UNDER_TEST } from "./media_daemon.ts";
import { ADDRESS } from "./rig.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`interop tests are ignored: ${reason}`);

async function call(relay: Relay, control: string, ipv6 = false): Promise<void> {
  const phoneB = ipv6 ? ADDRESS.phoneB6 : ADDRESS.phoneB;
  await audioCall({
    relay: (rig) => startRelay(rig, relay),
    proxy: (rig) => startKamailio(rig, { control, phoneB }),
    ipv6,
  });
}

const CONTROLS = {
  "UDP": `udp:127.0.0.1:${CONTROL.udp}`,
  "ws": `ws://127.0.0.1:${CONTROL.http}/`,
  "wss": `wss://127.0.0.1:${CONTROL.https}/`,
};

for (const [name, control] of Object.entries(CONTROLS)) {
  Deno.test({
    name: `Kamailio over ${name}: two phones hear each other and nothing is left of their call`,
    ignore: reason !== undefined,
    fn: () => call(UNDER_TEST, control),
  });
}

Deno.test({
  name: "Kamailio over UDP: an IPv4 phone and an IPv6 phone hear each other",
  ignore: reason !== undefined,
  fn: () => call(UNDER_TEST, CONTROLS.UDP, true),
});

Deno.test({
  name: "the same rig carries a call through rtpengine, so that a failure is not the rig's",
  ignore: reason !== undefined,
  fn: () => call("rtpengine", CONTROLS.ws),
});
