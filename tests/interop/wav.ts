/**
 * Reads WAV recordings and writes tones to be sent.
 *
 * @module
 */

/** A mono recording. */
export interface Recording {
  /** Samples per second. */
  readonly rate: number;
  /** 16-bit samples. */
  readonly samples: Int16Array;
}

/**
 * Reads 16-bit PCM out of a WAV file. A length field that was never filled in (the writer was ended
 * early) means: up to the end of the file.
 */
export function parseWav(bytes: Uint8Array): Recording {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || tag(0) !== "RIFF" || tag(8) !== "WAVE") {
    throw new Error("The recording is not a WAV file");
  }
  let rate = 0;
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    if (tag(at) === "fmt ") {
      const bits = view.getUint16(at + 22, true);
      if (bits !== 16) throw new Error(`The recording has ${bits} bits per sample, not 16`);
      rate = view.getUint32(at + 12, true);
    }
    if (tag(at) === "data") {
      const left = bytes.length - at - 8;
      const length = size === 0 || size > left ? left : size;
      const samples = new Int16Array(length >> 1);
      for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(at + 8 + 2 * i, true);
      return { rate, samples };
    }
    at += 8 + size + size % 2;
  }
  throw new Error("The recording has no data");
}

/**
 * Writes a WAV file (16-bit PCM, mono) with a sine tone of a third of full scale.
 *
 * @param frequency hertz
 * @param rate samples per second
 * @param seconds length
 */
export function buildTone(frequency: number, rate: number, seconds: number): Uint8Array {
  const count = rate * seconds;
  const bytes = new Uint8Array(44 + 2 * count);
  const view = new DataView(bytes.buffer);
  const tag = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  tag(0, "RIFF");
  view.setUint32(4, 36 + 2 * count, true);
  tag(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  tag(36, "data");
  view.setUint32(40, 2 * count, true);
  for (let i = 0; i < count; i++) {
    view.setInt16(44 + 2 * i, 11_000 * Math.sin(2 * Math.PI * frequency * i / rate), true);
  }
  return bytes;
}
