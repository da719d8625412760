/**
 * The vectors of RFC 3711, 6188, 7714 and 5769, from the files that the relay core is held against too.
 *
 * @module
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parseStun } from "../../src/stun/mod.ts";
import { counterIv, counterMode, deriveKey, f8, gcmIv, sealGcm } from "./srtp.ts";

const FOLDER = fileURLToPath(new URL("../vectors", import.meta.url));

/** One paragraph of a file. */
class Vector {
  readonly #fields: ReadonlyMap<string, string>;

  constructor(paragraph: string) {
    const lines = paragraph.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    this.#fields = new Map(lines.map((line) => {
      const space = line.indexOf(" ");
      return [line.slice(0, space), line.slice(space + 1)];
    }));
  }

  text(name: string): string {
    const value = this.#fields.get(name);
    assert.ok(value !== undefined, `there is no ${name}`);
    return value;
  }

  bytes(name: string): Uint8Array {
    return Uint8Array.from(this.text(name).match(/../g) ?? [], (pair) => parseInt(pair, 16));
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }
}

async function vectors(file: string): Promise<Vector[]> {
  const text = await Deno.readTextFile(`${FOLDER}/${file}`);
  return text.split(/\n{2,}/).filter((part) => /^kind /m.test(part)).map((part) =>
    new Vector(part)
  );
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const CHECKS: Readonly<Record<string, (vector: Vector) => void>> = {
  derive(vector) {
    const [key, salt] = [vector.bytes("key"), vector.bytes("salt")];
    const length = vector.bytes("out").length;
    const lengths = { key: key.length, salt: salt.length };
    const master = Uint8Array.of(...key, ...salt);
    const derived = deriveKey(master, Number(vector.text("label")), length, lengths);
    assert.equal(hex(derived), vector.text("out"));
  },

  keystream(vector) {
    const [at, length] = [Number(vector.text("at")), vector.bytes("out").length];
    const iv = counterIv(vector.bytes("salt"), new Uint8Array(4), 0);
    const stream = counterMode(vector.bytes("key"), iv, new Uint8Array(at + length));
    assert.equal(hex(stream.subarray(at)), vector.text("out"));
  },

  f8(vector) {
    const iv = Uint8Array.of(...vector.bytes("header"), ...vector.bytes("roc"));
    iv[0] = 0;
    const out = f8(vector.bytes("key"), vector.bytes("salt"), iv, vector.bytes("in"));
    assert.equal(hex(out), vector.text("out"));
  },

  rtp(vector) {
    const packet = vector.bytes("in");
    const header = packet.subarray(0, 12);
    const view = new DataView(packet.buffer);
    const index = parseInt(vector.text("roc"), 16) * 65536 + view.getUint16(2);
    const keys = { key: vector.bytes("key"), salt: vector.bytes("salt") };
    const iv = gcmIv(packet.subarray(8, 12), index, false);
    const sealed = sealGcm(keys, iv, header, packet.subarray(12));
    assert.equal(hex(header) + hex(sealed), vector.text("out"));
  },

  rtcp(vector) {
    const packet = vector.bytes("in");
    const index = parseInt(vector.text("index"), 16);
    const encrypted = vector.text("encrypted") === "1";
    const word = (encrypted ? index + 2 ** 31 : index).toString(16).padStart(8, "0");
    const head = encrypted ? 8 : packet.length;
    const additional = Uint8Array.of(
      ...packet.subarray(0, head),
      ...(word.match(/../g) ?? []).map((pair) => parseInt(pair, 16)),
    );
    const keys = { key: vector.bytes("key"), salt: vector.bytes("salt") };
    const iv = gcmIv(packet.subarray(4, 8), index, true);
    const sealed = sealGcm(keys, iv, additional, packet.subarray(head));
    assert.equal(hex(packet.subarray(0, head)) + hex(sealed) + word, vector.text("out"));
  },

  stun(vector) {
    const bytes = vector.bytes("message");
    const message = parseStun(bytes);
    assert.ok(message !== undefined);
    const password = new TextDecoder().decode(vector.bytes("password"));
    assert.equal(message.class, vector.text("class"));
    assert.equal(message.authentic(password), true);
    assert.equal(message.authentic(`${password}x`), false);
    if (vector.has("username")) {
      assert.equal(message.username, new TextDecoder().decode(vector.bytes("username")));
    }
    if (vector.has("mapped")) {
      const address = vector.bytes("mapped");
      const port = parseInt(vector.text("port"), 16);
      assert.deepEqual(message.mapped, {
        family: address.length === 4 ? 4 : 6,
        address: address.length === 4
          ? address.join(".")
          : (vector.text("mapped").match(/..../g) ?? []).map((word) => word.replace(/^0+/, ""))
            .join(":"),
        port,
      });
    }
    const damaged = bytes.slice();
    damaged[damaged.length - 1] = (damaged[damaged.length - 1] ?? 0) ^ 1;
    assert.equal(parseStun(damaged), undefined, "a wrong fingerprint is taken");
  },
};

for (
  const [file, count] of [
    ["rfc3711.txt", 6],
    ["rfc6188.txt", 10],
    ["rfc7714.txt", 6],
    ["rfc5769.txt", 3],
  ] as const
) {
  Deno.test(`D2-11 the vectors of ${file} pass in TypeScript`, async () => {
    const found = await vectors(file);
    assert.equal(found.length, count);
    for (const vector of found) {
      const check = CHECKS[vector.text("kind")];
      assert.ok(check !== undefined, `nobody knows the kind ${vector.text("kind")}`);
      check(vector);
    }
  });
}
