/**
 * Quality as others see it: Kamailio's `mos_*` variables at the end of a call, and what a phone makes of
 * RTCP that the relay originates.
 *
 * @module
 */

import assert from "node:assert/strict";
import { ensureOracle } from "../oracle/mod.ts";
import { type Daemon, type NgMessage, say, sleep } from "../support/mod.ts";
import { kamailioHead, MOS_VARIABLES } from "./kamailio_head.ts";
import { startPhone } from "./baresip.ts";
import { callIds, interopUnavailable } from "./checks.ts";
import { runKamailio } from "./kamailio.ts";
import { CONTROL, NG, startRelay, UNDER_TEST } from "./media_daemon.ts";
import { ADDRESS, Rig } from "./rig.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`interop tests are ignored: ${reason}`);

/** Phones report every 5 s; the second report answers the first one. */
const TALK = 12_500;
const TONE = { a: 400, b: 1000 } as const;

function config(flags: string): string {
  const direction = "direction=inside direction=outside";
  return `${kamailioHead({ modules: ["rtpengine"] })}

modparam("rtpengine", "rtpengine_sock", "udp:127.0.0.1:${CONTROL.udp}")
${MOS_VARIABLES}

request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (has_totag()) {
    if (!loose_route()) exit;
    if (is_method("BYE")) {
      rtpengine_delete();
      xlog("L_NOTICE", "quality: min $avp(mos_min) max $avp(mos_max) avg $avp(mos_average) loss $avp(mos_loss) jitter $avp(mos_jitter) rtt $avp(mos_roundtrip) leg $avp(mos_leg) samples $avp(mos_samples);\\n");
    }
    t_relay();
    exit;
  }
  if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  record_route();
  rtpengine_offer("${flags} ${direction}");
  $ru = "sip:b@${ADDRESS.phoneB}:5060";
  t_on_reply("MEDIA");
  t_relay();
}

onreply_route[MEDIA] {
  if (has_body("application/sdp")) rtpengine_answer("${flags}");
}
`;
}

/** What is known at the end of a call. */
interface Known {
  /** Kamailio's variables by name. */
  readonly variables: ReadonlyMap<string, number>;
  /** Answer to a query shortly before the end. */
  readonly query: NgMessage;
}

async function call(flags: string): Promise<Known> {
  await ensureOracle();
  await using rig = await Rig.open();
  const programs: Daemon[] = [];
  try {
    programs.push(await startRelay(rig, UNDER_TEST, ["--rtcp-interval=2000"]));
    const kamailio = await runKamailio(rig, config(flags));
    const b = await startPhone(rig, rig.b, {
      name: "b",
      address: ADDRESS.phoneB,
      proxy: ADDRESS.coreB,
      tone: TONE.b,
    });
    const a = await startPhone(rig, rig.a, {
      name: "a",
      address: ADDRESS.phoneA,
      proxy: ADDRESS.coreA,
      tone: TONE.a,
    });
    programs.push(kamailio, a.program, b.program);
    a.dial(`sip:b@${ADDRESS.coreA}`);
    await a.says(/Call established/);
    await sleep(TALK);
    const [id] = await callIds(rig);
    const query = await rig.core.agent.ng(NG, { "command": "query", "call-id": id! });
    a.hangup();
    const line = await kamailio.line(/quality: .*;/, 5000);
    const words = /quality: (.*);/.exec(line)![1]!.split(" ");
    const variables = new Map<string, number>();
    for (let i = 0; i + 1 < words.length; i += 2) variables.set(words[i]!, Number(words[i + 1]));
    return { variables, query };
  } catch (error) {
    const told = programs.map((program) => program.tail()).join("\n");
    throw new Error(`${error instanceof Error ? error.message : error}\n${told}`, { cause: error });
  }
}

Deno.test({
  name: "Kamailio reads the quality of a call between two phones",
  ignore: reason !== undefined,
  async fn() {
    const { variables } = await call("trust-address");
    const value = (name: string) => variables.get(name) ?? NaN;
    assert(value("avg") >= 4 && value("avg") <= 4.5, `average ${value("avg")}`);
    assert(value("min") <= value("avg") && value("avg") <= value("max"));
    assert(value("samples") >= 1, `${value("samples")} samples`);
    assert(value("loss") <= 5, `loss ${value("loss")} %`);
    assert(value("rtt") > 0 && value("rtt") < 500_000, `round trip ${value("rtt")} µs`);
    assert(value("leg") > 0 && value("leg") < value("rtt"), `leg ${value("leg")} µs`);
  },
});

Deno.test({
  name: "phones answer reports that the relay originates",
  ignore: reason !== undefined,
  async fn() {
    const { query } = await call("trust-address generate-RTCP");
    // RTCP of the phones ends at the relay: what they have to answer is the relay's
    const sources = Object.values(query["SSRC"] as { [ssrc: string]: NgMessage });
    assert.equal(sources.length, 2);
    for (const source of sources) {
      const average = source["average MOS"] as NgMessage | undefined;
      assert(average !== undefined, `no report was answered: ${JSON.stringify(source)}`);
      const leg = Number(average["round-trip time leg"]);
      assert(leg > 0 && leg < 200_000, `leg of ${leg} µs`);
      assert(Number(average["MOS"]) >= 40, `MOS of ${average["MOS"]}`);
      assert(Number(source["cumulative loss"]) < 50, `${source["cumulative loss"]} packets lost`);
    }
  },
});
