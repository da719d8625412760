/**
 * A WebRTC stack that is neither a browser's nor ours, in a namespace: sends a tone as A-law and keeps what
 * it hears. Reads operations from standard input.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters } from "werift";
import { buildRtp, decodeAlaw, encodeAlaw } from "../support/rtp.ts";
import type { FoundCandidate } from "./browser_peer.ts";
import type { WeriftOperation, WeriftOperations, WeriftSetup } from "./werift_protocol.ts";

const RATE = 8000;
/** Samples per packet: 20 ms. */
const FRAME = 160;

const setup: WeriftSetup = JSON.parse(Deno.args[0] ?? "");
const TONE = Uint8Array.from(
  { length: RATE },
  (_, i) => encodeAlaw(11_000 * Math.sin(2 * Math.PI * setup.tone * i / RATE)),
);

const pcma = new RTCRtpCodecParameters({
  mimeType: "audio/PCMA",
  clockRate: RATE,
  channels: 1,
  payloadType: 8,
});
const connection = new RTCPeerConnection({
  codecs: { audio: [pcma] },
  iceLite: setup.lite,
  iceServers: [],
  iceUseTcp: false,
  iceUseIpv6: false,
  iceInterfaceAddresses: { udp4: setup.host },
  bundlePolicy: "max-bundle",
});
const track = new MediaStreamTrack({ kind: "audio" });
connection.addTransceiver(track, { direction: "sendrecv" });

let packets = 0;
let sources = new Set<number>();
const samples: number[] = [];
let found: FoundCandidate[] = [];
let since = 0;
let connectedAfter: number | undefined;

connection.onTrack.subscribe((remote) => {
  remote.onReceiveRtp.subscribe(({ header, payload }) => {
    packets++;
    sources.add(header.ssrc);
    samples.push(...Array.from(payload, decodeAlaw));
    samples.splice(0, samples.length - RATE);
  });
});
connection.onIceCandidate.subscribe((candidate) => {
  if (candidate === undefined) return;
  found.push({ line: candidate.candidate ?? "", mid: candidate.sdpMid ?? "0" });
});
connection.connectionStateChange.subscribe((state) => {
  if (state === "connected") connectedAfter = performance.now() - since;
});

async function gathered(): Promise<void> {
  if (connection.iceGatheringState === "complete") return;
  await new Promise<void>((resolve) => {
    connection.iceGatheringStateChange.subscribe((state) => {
      if (state === "complete") resolve();
    });
  });
}

async function local(
  description: { type: "offer" | "answer"; sdp: string },
  trickle: boolean,
): Promise<string> {
  await connection.setLocalDescription(description);
  if (!trickle) await gathered();
  return connection.localDescription?.sdp ?? "";
}

type Handlers = {
  [Op in WeriftOperation]: (
    args: WeriftOperations[Op]["in"],
  ) => Promise<WeriftOperations[Op]["out"]>;
};

const handlers: Handlers = {
  async offer({ trickle, restart }) {
    const { sdp } = await connection.createOffer({ iceRestart: restart });
    return await local({ type: "offer", sdp }, trickle);
  },
  async answer({ sdp, trickle }) {
    since = performance.now();
    await connection.setRemoteDescription({ type: "offer", sdp });
    const answer = await connection.createAnswer();
    return await local({ type: "answer", sdp: answer.sdp }, trickle);
  },
  async accept({ sdp }) {
    since = performance.now();
    await connection.setRemoteDescription({ type: "answer", sdp });
    return null;
  },
  candidates() {
    const taken = found;
    found = [];
    return Promise.resolve(taken);
  },
  report() {
    const report = {
      packets,
      sources: [...sources],
      samples,
      connection: connection.connectionState,
      ice: connection.iceConnectionState,
      ...(connectedAfter === undefined ? {} : { connectedAfter }),
    };
    packets = 0;
    sources = new Set();
    return Promise.resolve(report);
  },
};

let sequence = 500;

function sendTone(): void {
  const at = sequence * FRAME;
  const payload = TONE.subarray(at % RATE, at % RATE + FRAME);
  const packet = buildRtp({ payloadType: 8, sequence, timestamp: at, ssrc: 0x3e71f7, payload });
  if (connection.connectionState === "connected") track.writeRtp(Buffer.from(packet));
  sequence++;
}

/** Sends what is due: a busy machine makes packets late, not fewer. */
function pace(): void {
  const start = performance.now();
  let sent = 0;
  setInterval(() => {
    for (; sent * 20 <= performance.now() - start; sent++) sendTone();
  }, 10);
}

async function serve(line: string): Promise<void> {
  const { id, op, args }: { id: number; op: WeriftOperation; args: never } = JSON.parse(line);
  let answer: unknown;
  try {
    answer = { id, ok: await handlers[op](args) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.stack : String(error) };
  }
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
}

if (import.meta.main) {
  pace();
  let rest = "";
  Deno.stdout.writeSync(new TextEncoder().encode("ready\n"));
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) serve(line);
  }
  Deno.exit(0);
}
