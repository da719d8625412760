/**
 * A SIP phone: baresip that sends a pure tone and records what it hears.
 *
 * @module
 */

import { oracleFolder } from "../oracle/mod.ts";
import { Daemon } from "../support/mod.ts";
import type { Place, Rig } from "./rig.ts";
import { buildTone } from "./wav.ts";

/** Samples per second of G.711. */
const RATE = 8000;
/** Seconds of tone a phone has to send. */
const LONGEST_CALL = 40;

/** What a phone is told. */
export interface PhoneOptions {
  /** User part of its SIP address. */
  readonly name: "a" | "b";
  /** Its own address, IPv4 or IPv6. */
  readonly address: string;
  /** The proxy all requests go to. */
  readonly proxy: string;
  /** Frequency of the tone it sends, hertz. */
  readonly tone: number;
  /** How its media is secured; absent: not at all. */
  readonly security?: PhoneSecurity;
}

/** Names of baresip's media encryptions: SDES, SDES with feedback, DTLS-SRTP; all mandatory. */
export type PhoneSecurity = "srtp-mand" | "srtp-mandf" | "dtls_srtp";

/**
 * The phone has died of a fault of its own: when media arrives while it sets up its audio, it may find a
 * format that is none.
 */
export class PhoneFault extends Error {
  override readonly name = "PhoneFault";
}

/** A running phone. */
export class Phone {
  /** Wraps a running program; {@link startPhone} makes one. */
  constructor(readonly program: Daemon, readonly recording: string) {}

  /** Calls a SIP address. */
  dial(uri: string): void {
    this.program.write(`/dial ${uri}\n`);
  }

  /** Ends the call. */
  hangup(): void {
    this.program.write("/hangup\n");
  }

  /** The fault the phone has died of, if it has. */
  get fault(): PhoneFault | undefined {
    const line = this.program.lines.find((line) => /unsupported sample format/.test(line));
    return line === undefined ? undefined : new PhoneFault(line);
  }

  /** Waits for the phone to print a line. @param timeout milliseconds */
  async says(pattern: RegExp, timeout = 10_000): Promise<void> {
    await this.program.line(pattern, timeout);
  }
}

function config(options: PhoneOptions, tone: string, recording: string): string {
  return `
poll_method epoll
sip_listen ${bracketed(options.address)}:5060
call_local_timeout 30
call_max_calls 1
audio_path /usr/share/baresip
audio_source aufile,${tone}
audio_player aufile,${recording}
audio_alert aufile,/dev/null
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_buffer 20-160
rtp_ports 20000-20099
module_path /usr/lib/baresip/modules
module stdio.so
module g711.so
module aufile.so
${MODULES[options.security ?? "none"]}
module_app account.so
module_app menu.so
`;
}

/** The module that each way to secure media needs. */
const MODULES = {
  "none": "",
  "srtp-mand": "module srtp.so",
  "srtp-mandf": "module srtp.so",
  "dtls_srtp": "module dtls_srtp.so",
} as const;

/** An address as URIs and listeners write it. */
function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** Starts a phone in a namespace. */
export async function startPhone(rig: Rig, place: Place, options: PhoneOptions): Promise<Phone> {
  const { name, address, proxy } = options;
  const home = `phone-${name}`;
  const recording = `${home}/heard.wav`;
  const tone = `${home}/tone.wav`;
  await rig.folder.write(
    config(options, rig.folder.inside(tone), rig.folder.inside(recording)),
    home,
    "config",
  );
  await Deno.writeFile(rig.folder.path(tone), buildTone(options.tone, RATE, LONGEST_CALL));
  await rig.folder.write(
    `<sip:${name}@${
      bracketed(address)
    };transport=udp>;regint=0;audio_codecs=PCMA;answermode=auto;` +
      (options.security === undefined ? "" : `mediaenc=${options.security};`) +
      `outbound="sip:${bracketed(proxy)};transport=udp"\n`,
    home,
    "accounts",
  );
  await rig.folder.write("", home, "contacts");
  const folder = rig.folder.inside(home);
  const argv = ["chroot", oracleFolder(), "baresip", "-f", folder];
  const program = rig.use(new Daemon(`phone ${name}`, place.ns.argv(argv)));
  await program.line(/baresip is ready/, 10_000);
  return new Phone(program, rig.folder.path(recording));
}
