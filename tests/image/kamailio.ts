/**
 * Kamailio beside a machine, told about the appliance as README.md says, and two phones that call each other.
 *
 * @module
 */

import assert from "node:assert/strict";
import { root } from "../../tools/proc.ts";
import { describe, target } from "../interop/sip_media.ts";
import { SipPhone } from "../interop/sip_phone.ts";
import { Folder } from "../interop/rig.ts";
import { oracleFolder } from "../oracle/mod.ts";
import {
  Agent,
  buildRtp,
  Daemon,
  fromBytes,
  parseRtp,
  sleep,
  toBytes,
  until,
} from "../support/mod.ts";
import type { Network } from "./machine.ts";

const PROXY = "192.0.2.3";
const PHONES = ["192.0.2.4", "192.0.2.5"] as const;
const PACKETS = 50;
const ENOUGH = 45;
/** How long an emulated machine may take for what a real one does at once, in ms. */
const PATIENCE = 60_000;

/** The lines that README.md has for Kamailio, for this appliance. @throws Error when it has none */
async function manual(address: string, token: string): Promise<string> {
  const text = await Deno.readTextFile(`${root}/README.md`);
  const block = /^### As an appliance$[^]*?^```\n([^]*?)^```$/m.exec(text)?.[1];
  if (block === undefined || !block.includes("wss://ADDRESS/TOKEN/")) {
    throw new Error("README.md does not say how Kamailio finds the appliance");
  }
  return block.replace("ADDRESS", address).replace("TOKEN", token);
}

/** A proxy of one's own, with the manual's lines in it. */
function config(lines: string): string {
  const modules = ["tm", "sl", "rr", "pv", "maxfwd", "textops", "siputils", "xlog"];
  return `
debug=2
log_stderror=yes
children=2
auto_aliases=no
disable_tcp=yes
listen=udp:${PROXY}:5060
${modules.map((name) => `loadmodule "${name}.so"`).join("\n")}
${lines}
# an emulated machine is slow
modparam("lwsc", "timeout_init", 30000000)
modparam("lwsc", "timeout_read", 30000000)
modparam("rtpengine", "rtpengine_tout_ms", 30000)
request_route {
  if (has_totag()) {
    loose_route();
    if (is_method("BYE")) rtpengine_delete();
    t_relay();
    exit;
  }
  record_route();
  if (!rtpengine_offer("replace-origin")) {
    sl_send_reply("500", "No Relay");
    exit;
  }
  $ru = "sip:b@${PHONES[1]}:5060";
  t_on_reply("MEDIA");
  t_relay();
}
onreply_route[MEDIA] {
  if (status =~ "2[0-9][0-9]") rtpengine_answer("replace-origin");
}
`;
}

/** 20 ms of PCMA. */
function packet(number: number, ssrc: number): string {
  const payload = new Uint8Array(160).fill(0xd5);
  return fromBytes(
    buildRtp({ payloadType: 8, sequence: 7000 + number, timestamp: 160 * number, ssrc, payload }),
  );
}

/** Makes a call through Kamailio and the appliance. @throws Error or AssertionError when the phones do not hear each other */
export async function kamailioCall(
  network: Network,
  address: string,
  token: string,
): Promise<void> {
  await using folder = await Folder.create();
  await network.ns.addresses("tap0", ...[PROXY, ...PHONES].map((host) => `${host}/24`));
  const file = await folder.write(config(await manual(address, token)), "kamailio.cfg");
  const argv = [
    "chroot",
    oracleFolder(),
    "kamailio",
    "-DD",
    "-E",
    "-f",
    file,
    "-Y",
    folder.inside(),
  ];
  await using kamailio = new Daemon("kamailio", network.ns.argv(argv));
  await kamailio.line(/rtpengine instance .* found, support for it enabled/i, PATIENCE);
  await using agent = await Agent.start(network.ns);
  const proxy = { host: PROXY, port: 5060 };
  const phones = await Promise.all(
    PHONES.map((host, at) => SipPhone.open(agent, { user: "ab"[at]!, host, proxy })),
  );
  const [a, b] = [phones[0]!, phones[1]!];
  try {
    const invite = await a.invite(`sip:b@${PROXY}`, describe(a));
    const asked = await until(
      "the INVITE at the other phone",
      () => b.expectRequest("INVITE").catch(() => undefined),
      PATIENCE,
    );
    assert.equal(target(asked.body).host, address, "the offer does not lead to the appliance");
    await b.respond(asked, 200, describe(b));
    const answered = await until(
      "the answer",
      () => a.expectStatus(invite, 200).catch(() => undefined),
      PATIENCE,
    );
    assert.equal(target(answered.body).host, address, "the answer does not lead to the appliance");
    const dialogue = a.dialogueOut(invite, answered);
    await a.request(dialogue, "ACK");
    await b.expectRequest("ACK");
    for (const phone of phones) await phone.rtp.take();
    for (let number = 0; number < PACKETS; number++) {
      await a.rtp.send(target(answered.body), packet(number, 1));
      await b.rtp.send(target(asked.body), packet(number, 2));
      await sleep(20);
    }
    for (const [phone, ssrc] of [[a, 2], [b, 1]] as const) {
      let heard = 0;
      await until(`${ENOUGH} packets at ${phone.options.user}`, async () => {
        for (const { data } of await phone.rtp.take()) {
          if (parseRtp(toBytes(data))?.ssrc === ssrc) heard++;
        }
        return heard >= ENOUGH || undefined;
      }, PATIENCE);
    }
    const bye = await a.request(dialogue, "BYE");
    await b.respond(await b.expectRequest("BYE"), 200);
    await until(
      "the end of the call",
      () => a.expectStatus(bye, 200).catch(() => undefined),
      PATIENCE,
    );
  } finally {
    for (const phone of phones) await phone.close();
  }
}
