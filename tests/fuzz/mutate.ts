/**
 * Damage to messages: to their values before encoding, so that the damage reaches the SDP and the commands,
 * and to their bytes after it, so that it meets the codecs.
 *
 * @module
 */

import { encodeBencode } from "../../src/ng/bencode.ts";
import { encodeJson } from "../../src/ng/json.ts";
import type { ReplyDict, ReplyValue } from "../../src/ng/types.ts";
import { makeMessage } from "./corpus.ts";
import type { Random } from "./random.ts";

const TOKENS = [
  "",
  "\0",
  "\r\n",
  "\n",
  " ",
  "=",
  ":",
  "/",
  "-1",
  "0",
  "65535",
  "65536",
  "4294967296",
  "18446744073709551616",
  "99999999999999999999999",
  "1e309",
  "0.0.0.0",
  "127.0.0.1",
  "255.255.255.255",
  "224.0.0.1",
  "::",
  "::1",
  "ff02::1",
  "::ffff:127.0.0.1",
  "IN IP6",
  "RTP/AVP",
  "m=audio 9 RTP/AVP 0\r\n",
  "m=",
  "c=IN IP4 198.51.100.9\r\n",
  "a=rtcp:9 IN IP4 1.2.3.4\r\n",
  "a=rtcp-mux\r\n",
  "a=inactive\r\n",
  "\xff\xfe\x80",
  "\xc3\xa9",
  "%00%ff",
  "__proto__",
  "constructor",
  "all",
  "x".repeat(300),
  "l",
  "d",
  "e",
  "i0e",
  "99999999999:",
  "-3:",
  "i-0e",
  '"',
  "\\",
  "\\u0000",
  "\\ud800",
  "[[[[[[[[",
  "llllllll",
];

const ODD_VALUES: readonly ReplyValue[] = [0, -1, 2 ** 31, 2n ** 62n, [], {}, [[{}]], ""];

/** A message without its cookie, damaged or not. */
export function makePayload(random: Random): string {
  const json = random.oneIn(2);
  const whole = makeMessage(random);
  const message = random.oneIn(4) ? whole : damageValues(whole, random);
  const text = json ? encodeJson(message) : encodeBencode(message);
  return random.oneIn(2) ? damageBytes(text, random) : text;
}

/** Damages one to three values of a dictionary, or drops, adds or renames keys. */
function damageValues(message: ReplyDict, random: Random): ReadonlyMap<string, ReplyValue> {
  const damaged = new Map<string, ReplyValue>();
  for (const [key, value] of Object.entries(message)) {
    if (value !== undefined) damaged.set(key, value);
  }
  for (let rounds = 1 + random.below(3); rounds > 0 && damaged.size > 0; rounds--) {
    const key = random.oneIn(2) && damaged.has("sdp") ? "sdp" : random.pick([...damaged.keys()]);
    const value = damaged.get(key) ?? "";
    switch (random.below(6)) {
      case 0:
        damaged.delete(key);
        break;
      case 1:
        damaged.set(random.pick([...TOKENS, "sdp", "call-id", "to-tag", "flags"]), value);
        break;
      case 2:
        damaged.set(key, random.pick(ODD_VALUES));
        break;
      default:
        damaged.set(key, damageValue(value, random));
    }
  }
  return damaged;
}

function damageValue(value: ReplyValue, random: Random): ReplyValue {
  if (typeof value === "string") return damageText(value, random);
  return Array.isArray(value) ? [...value, random.pick(TOKENS)] : random.pick(TOKENS);
}

/** Damages text line by line and byte by byte. */
function damageText(text: string, random: Random): string {
  for (let rounds = 1 + random.below(4); rounds > 0; rounds--) {
    const lines = text.split("\r\n");
    const at = random.below(lines.length);
    const line = lines[at] ?? "";
    switch (random.below(7)) {
      case 0:
        lines.splice(at, 1);
        break;
      case 1:
        lines.splice(at, 0, line);
        break;
      case 2:
        lines.splice(random.below(lines.length), 0, ...lines.splice(at, 1));
        break;
      case 3:
        lines[at] = line.replace(/\d+/, () => random.pick(TOKENS));
        break;
      case 4:
        lines[at] = line.slice(0, random.below(line.length + 1));
        break;
      case 5:
        return damageBytes(text, random);
      default: {
        const cut = random.below(line.length + 1);
        lines[at] = line.slice(0, cut) + random.pick(TOKENS) + line.slice(cut);
      }
    }
    text = lines.join("\r\n");
  }
  return text;
}

/** Damages bytes without regard for what they mean. */
export function damageBytes(text: string, random: Random): string {
  for (let rounds = 1 + random.below(4); rounds > 0; rounds--) {
    const at = random.below(text.length + 1);
    const length = random.below(random.oneIn(4) ? 200 : 6);
    switch (random.below(6)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + length);
        break;
      case 1:
        text = text.slice(0, at) + random.pick(TOKENS) + text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
        break;
      case 3:
        text = text.slice(0, at) + text.slice(at, at + length) + text.slice(at);
        break;
      case 4:
        text = text.slice(0, at);
        break;
      default:
        text = text.replace(/\d+/g, (digits) => random.oneIn(20) ? random.pick(TOKENS) : digits);
    }
  }
  return text.slice(0, 60_000);
}
