/**
 * ffmpeg as one end of a call whose media is secured by SDES.
 *
 * @module
 */

import { oracleFolder } from "../oracle/mod.ts";
import { type Address, Daemon } from "../support/mod.ts";
import type { Place, Rig } from "../interop/rig.ts";
import { parseWav, type Recording } from "../interop/wav.ts";

/** Suites that ffmpeg knows. */
export type FfmpegSuite = "AES_CM_128_HMAC_SHA1_80" | "AES_CM_128_HMAC_SHA1_32";

/** A suite with its key and salt in base64. */
export interface FfmpegKey {
  readonly suite: FfmpegSuite;
  readonly inline: string;
}

/** Makes a new key. */
export function newKey(suite: FfmpegSuite): FfmpegKey {
  const bytes = crypto.getRandomValues(new Uint8Array(30));
  return { suite, inline: btoa(String.fromCharCode(...bytes)) };
}

/** The key that a description names for a suite. */
export function keyIn(sdp: string): FfmpegKey | undefined {
  const found = /^a=crypto:\d+ (AES_CM_128_HMAC_SHA1_(?:80|32)) inline:([A-Za-z0-9+/]{40})/m.exec(
    sdp,
  );
  return found?.[1] === undefined || found[2] === undefined
    ? undefined
    : { suite: found[1] as FfmpegSuite, inline: found[2] };
}

/** A description of one section of A-law, secured by a key. */
export function describe(host: string, port: number, key: FfmpegKey, direction: string): string {
  return [
    "v=0",
    `o=ffmpeg 1 1 IN IP4 ${host}`,
    "s=-",
    `c=IN IP4 ${host}`,
    "t=0 0",
    `m=audio ${port} RTP/SAVP 8`,
    "a=rtpmap:8 PCMA/8000",
    `a=crypto:1 ${key.suite} inline:${key.inline}`,
    `a=${direction}`,
    "",
  ].join("\r\n");
}

function start(rig: Rig, place: Place, args: readonly string[]): Daemon {
  const command = ["chroot", oracleFolder(), "ffmpeg", "-hide_banner", "-nostdin", "-y"];
  return rig.use(new Daemon("ffmpeg", place.ns.argv([...command, ...args])));
}

/** Sends a tone, secured, for some seconds. @param from its own RTP port */
export function sendSecured(
  rig: Rig,
  place: Place,
  { to, from, key, tone }: { to: Address; from: number; key: FfmpegKey; tone: number },
): Daemon {
  return start(rig, place, [
    ...["-re", "-f", "lavfi", "-i", `sine=frequency=${tone}:sample_rate=8000:duration=10`],
    ...["-ac", "1", "-c:a", "pcm_alaw", "-f", "rtp", "-payload_type", "8"],
    ...["-srtp_out_suite", key.suite, "-srtp_out_params", key.inline],
    `srtp://${to.host}:${to.port}?localrtpport=${from}&localrtcpport=${from + 1}&pkt_size=172`,
  ]);
}

/**
 * Records what arrives at a port, secured.
 *
 * @param sdp describes the receiver with the sender's key
 * @param seconds length of the recording
 */
export async function recordSecured(
  rig: Rig,
  place: Place,
  sdp: string,
  seconds: number,
): Promise<{ program: Daemon; recording: () => Promise<Recording> }> {
  const file = await rig.folder.write(sdp, "ffmpeg", "receive.sdp");
  const wav = rig.folder.inside("ffmpeg", "heard.wav");
  const program = start(rig, place, [
    ...["-protocol_whitelist", "file,rtp,srtp,udp", "-f", "sdp", "-i", file],
    ...["-t", String(seconds), "-c:a", "pcm_s16le", wav],
  ]);
  return {
    program,
    recording: async () => parseWav(await Deno.readFile(rig.folder.path("ffmpeg", "heard.wav"))),
  };
}
