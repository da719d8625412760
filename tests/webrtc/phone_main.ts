/**
 * A plain phone: sends a tone as A-law, and sends video it gets back to where it is told, as a source of
 * its own. Feedback about that source goes back as feedback about the one that was heard. Needs
 * `--unstable-net`.
 *
 * @module
 */

import { buildReceiverReport, buildRtp, decodeAlaw, encodeAlaw, parseRtp } from "../support/rtp.ts";
import {
  type PhoneCommand,
  type PhoneSetup,
  type PhoneTargets,
  type SectionReport,
  SSRC,
} from "./phone_protocol.ts";

/** Samples per packet: 20 ms. */
const FRAME = 160;
const RATE = 8000;
/** RTCP: transport-wide and payload-specific feedback (RFC 4585). */
const FEEDBACK: readonly number[] = [205, 206];

const setup: PhoneSetup = JSON.parse(Deno.args[0] ?? "");
let targets: PhoneTargets = {};

class Section {
  #packets = 0;
  #other = 0;
  #rtcp: Record<number, number> = {};
  #feedback: Record<string, number> = {};
  #types: Record<number, number> = {};
  #sources = new Set<string>();
  readonly rtp: Deno.DatagramConn;
  readonly rtcp: Deno.DatagramConn;

  constructor(port: number, heard: (datagram: Uint8Array) => void) {
    const open = (port: number) =>
      Deno.listenDatagram({ transport: "udp", hostname: setup.host, port });
    this.rtp = open(port);
    this.rtcp = open(port + 1);
    for (const socket of [this.rtp, this.rtcp]) this.#listen(socket, heard);
  }

  async #listen(socket: Deno.DatagramConn, heard: (datagram: Uint8Array) => void): Promise<void> {
    for await (const [datagram, from] of socket) {
      this.#count(datagram, from as Deno.NetAddr);
      heard(datagram);
    }
  }

  #count(datagram: Uint8Array, from: Deno.NetAddr): void {
    const packet = parseRtp(datagram);
    if (isRtcp(datagram)) this.#countRtcp(datagram);
    else if (packet === undefined) this.#other++;
    else {
      this.#packets++;
      this.#types[packet.payloadType] = (this.#types[packet.payloadType] ?? 0) + 1;
      this.#sources.add(`${from.hostname}:${from.port} ${packet.ssrc.toString(16)}`);
    }
  }

  #countRtcp(compound: Uint8Array): void {
    for (const part of partsOf(compound)) {
      const type = part[1] ?? 0;
      this.#rtcp[type] = (this.#rtcp[type] ?? 0) + 1;
      if (!FEEDBACK.includes(type)) continue;
      const name = `${type}/${(part[0] ?? 0) & 31}`;
      this.#feedback[name] = (this.#feedback[name] ?? 0) + 1;
    }
  }

  report(): SectionReport {
    const report = {
      packets: this.#packets,
      other: this.#other,
      rtcp: this.#rtcp,
      feedback: this.#feedback,
      types: this.#types,
      sources: [...this.#sources],
    };
    this.#packets = this.#other = 0;
    this.#rtcp = {};
    this.#feedback = {};
    this.#types = {};
    this.#sources = new Set();
    return report;
  }
}

/** Whether a datagram is RTCP (RFC 5761 section 4). */
function isRtcp(datagram: Uint8Array): boolean {
  const type = datagram[1] ?? 0;
  return (datagram[0] ?? 0) >> 6 === 2 && type >= 192 && type <= 223;
}

/** The packets of a compound RTCP packet (RFC 3550 section 6.1). */
function partsOf(compound: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at + 4 <= compound.length;) {
    const words = (compound[at + 2] ?? 0) << 8 | (compound[at + 3] ?? 0);
    parts.push(compound.subarray(at, at + 4 * (words + 1)));
    at += 4 * (words + 1);
  }
  return parts;
}

const samples: number[] = [];
let videoSource = 0;

const audio = new Section(setup.audio, (datagram) => {
  const packet = isRtcp(datagram) ? undefined : parseRtp(datagram);
  if (packet?.payloadType !== 8) return;
  samples.push(...Array.from(packet.payload, decodeAlaw));
  samples.splice(0, samples.length - RATE);
});

const video = new Section(setup.video, (datagram) => {
  if (targets.video === undefined) return;
  if (isRtcp(datagram)) sendFeedback(datagram);
  else sendBack(datagram, targets.video);
});

function to(address: { host: string; port: number }): Deno.NetAddr {
  return { transport: "udp", hostname: address.host, port: address.port };
}

function sendBack(datagram: Uint8Array, target: { host: string; port: number }): void {
  const packet = parseRtp(datagram);
  if (packet === undefined || packet.payloadType !== targets.videoType) return;
  videoSource = packet.ssrc;
  if (targets.loseOneOf !== undefined && packet.sequence % targets.loseOneOf === 0) return;
  const { payloadType, sequence, timestamp, payload, marker = false } = packet;
  const padding = ((datagram[0] ?? 0) & 0x20) !== 0 ? datagram.at(-1) ?? 0 : 0;
  const body = payload.subarray(0, payload.length - padding);
  const back = { payloadType, sequence, timestamp, marker, payload: body, ssrc: SSRC.video };
  video.rtp.send(buildRtp(back), to(target)).catch(() => {});
}

/** Feedback about the video sent back is about the video heard. */
function sendFeedback(compound: Uint8Array): void {
  if (targets.video === undefined || videoSource === 0) return;
  const parts: Uint8Array[] = [buildReceiverReport(SSRC.video)];
  for (const part of partsOf(compound)) {
    if (!FEEDBACK.includes(part[1] ?? 0) || part.length < 12) continue;
    const copy = part.slice();
    const view = new DataView(copy.buffer);
    if (view.getUint32(8) !== SSRC.video) continue;
    view.setUint32(4, SSRC.video);
    view.setUint32(8, videoSource);
    parts.push(copy);
  }
  if (parts.length > 1) sendVideoRtcp(parts);
}

/** A picture loss indication (RFC 4585 section 6.3.1). */
function askForKeyFrame(): void {
  const pli = new Uint8Array(12);
  const view = new DataView(pli.buffer);
  view.setUint32(0, 0x81ce0002);
  view.setUint32(4, SSRC.video);
  view.setUint32(8, videoSource);
  sendVideoRtcp([buildReceiverReport(SSRC.video), pli]);
}

function sendVideoRtcp(parts: readonly Uint8Array[]): void {
  if (targets.video === undefined) return;
  const target = targets.videoRtcp ?? { ...targets.video, port: targets.video.port + 1 };
  video.rtcp.send(Uint8Array.from(parts.flatMap((part) => [...part])), to(target)).catch(() => {});
}

let sequence = 1000;

/** One second of tone as octets; frequencies are whole numbers, so that it can be repeated. */
const TONE = Uint8Array.from(
  { length: RATE },
  (_, i) => encodeAlaw(11_000 * Math.sin(2 * Math.PI * setup.tone * i / RATE)),
);

function sendTone(): void {
  if (targets.audio === undefined) return;
  const at = sequence * FRAME;
  const payload = TONE.subarray(at % RATE, at % RATE + FRAME);
  const packet = { payloadType: 8, sequence, timestamp: at, ssrc: SSRC.audio, payload };
  audio.rtp.send(buildRtp(packet), to(targets.audio)).catch(() => {});
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

function serve(command: PhoneCommand): void {
  if ("send" in command) {
    targets = command.send;
    return;
  }
  if ("pli" in command) {
    askForKeyFrame();
    return;
  }
  const report = { audio: audio.report(), samples, video: video.report() };
  const line = JSON.stringify({ id: command.report, report });
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) {
  pace();
  let rest = "";
  Deno.stdout.writeSync(new TextEncoder().encode("ready\n"));
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) serve(JSON.parse(line));
  }
  Deno.exit(0);
}
