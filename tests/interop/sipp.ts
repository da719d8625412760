/**
 * Many calls at once: sipp calls sipp through Kamailio, streams A-law and has it echoed.
 *
 * @module
 */

import { oracleFolder } from "../oracle/mod.ts";
import { Daemon } from "../support/mod.ts";
import type { Headers } from "./sip_phone.ts";
import { ADDRESS, type Rig } from "./rig.ts";

/** How many calls are made. */
export interface SippLoad {
  /** In all. */
  readonly calls: number;
  /** Begun per second. */
  readonly rate: number;
  /** Milliseconds of media in each call. */
  readonly talk: number;
}

/** Bytes of A-law: a second of a slow ramp. */
const AUDIO = Uint8Array.from({ length: 8000 }, (_, i) => (i >> 4) & 0xff);

function scenario(headers: Headers, file: string, talk: number): string {
  const extra = Object.entries(headers).map(([name, value]) => `      ${name}: ${value}`).join(
    "\n",
  );
  return `<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
      INVITE sip:b@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:a@[local_ip]:[local_port]>;tag=[call_number]
      To: <sip:b@[remote_ip]>
      Call-ID: [call_id]
      CSeq: 1 INVITE
      Contact: <sip:a@[local_ip]:[local_port]>
      Max-Forwards: 70
${extra}
      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=a 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [media_ip]
      t=0 0
      m=audio [rtpstream_audio_port] RTP/AVP 8
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="200" rrs="true"/>
  <send><![CDATA[
      ACK [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      [routes]
      From: <sip:a@[local_ip]:[local_port]>;tag=[call_number]
      [last_To:]
      Call-ID: [call_id]
      CSeq: 1 ACK
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <nop><action><exec rtp_stream="${file},-1,8,PCMA/8000"/></action></nop>
  <pause milliseconds="${talk}"/>
  <send retrans="500"><![CDATA[
      BYE [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      [routes]
      From: <sip:a@[local_ip]:[local_port]>;tag=[call_number]
      [last_To:]
      Call-ID: [call_id]
      CSeq: 2 BYE
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <recv response="200"/>
</scenario>
`;
}

/**
 * Makes the calls from phone A's namespace to phone B's and waits for their end.
 *
 * @throws Error with sipp's last words when a call failed
 */
export async function runSipp(rig: Rig, headers: Headers, load: SippLoad): Promise<void> {
  const file = await rig.folder.write("", "audio.alaw");
  await Deno.writeFile(rig.folder.path("audio.alaw"), AUDIO);
  const xml = await rig.folder.write(scenario(headers, file, load.talk), "caller.xml");
  const sipp = (
    ...args: readonly string[]
  ) => ["chroot", oracleFolder(), "sipp", "-nostdin", ...args];
  await using callee = new Daemon(
    "sipp b",
    rig.b.ns.argv(sipp("-sn", "uas", "-i", ADDRESS.phoneB, "-p", "5060", "-rtp_echo")),
  );
  await using caller = new Daemon(
    "sipp a",
    rig.a.ns.argv(sipp(
      `${ADDRESS.coreA}:5060`,
      ...["-sf", xml, "-i", ADDRESS.phoneA, "-p", "5060", "-mi", ADDRESS.phoneA],
      ...["-m", String(load.calls), "-r", String(load.rate), "-timeout", "30", "-timeout_error"],
    )),
  );
  const { code } = await caller.status;
  if (code !== 0) {
    throw new Error(`sipp ended with code ${code}\n${caller.tail(60)}\n${callee.tail(20)}`);
  }
}
