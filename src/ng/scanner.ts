/**
 * Finds where messages end in a byte stream that has no delimiters: `cookie SP payload`, again and again.
 * Every byte is looked at once, however the stream is cut into pieces; strings of bencode are skipped without
 * being looked at.
 *
 * @module
 */

import { DecodeError } from "./errors.ts";
import { MAX_DEPTH, MAX_MESSAGE } from "./limits.ts";

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const COLON = 0x3a;
const MINUS = 0x2d;

/** Where the scanner is inside a message. */
const enum State {
  Cookie,
  Payload,
  Bencode,
  Length,
  Skip,
  Integer,
  Json,
  JsonString,
  JsonEscape,
}

/**
 * Cuts a stream into messages. After {@link MessageScanner.next} has thrown, the place in the stream is lost
 * and the connection is of no further use.
 */
export class MessageScanner {
  readonly #limit: number;
  #buffer = new Uint8Array(4096);
  /** Bytes in the buffer. */
  #filled = 0;
  /** Start of the message being scanned. */
  #start = 0;
  /** Next byte to look at. */
  #at = 0;
  #state = State.Cookie;
  #depth = 0;
  /** Length read so far, or bytes of a string still to skip. */
  #count = 0;
  #payload = 0;

  /**
   * A scanner at the start of a stream.
   *
   * @param limit most bytes a message may have, cookie included
   */
  constructor(limit: number = MAX_MESSAGE) {
    this.#limit = limit;
  }

  /** Bytes received that are not part of a finished message. */
  get pending(): number {
    return this.#filled - this.#start;
  }

  /** The unfinished message, for an answer to one that cannot be finished; a view. */
  get rest(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#filled);
  }

  /** Adds what was received. */
  push(chunk: Uint8Array): void {
    if (this.#filled + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length);
    this.#buffer.set(chunk, this.#filled);
    this.#filled += chunk.length;
  }

  /**
   * Takes the next whole message.
   *
   * @returns a copy, or undefined when more bytes are needed
   * @throws {DecodeError} when the message is neither bencode nor JSON, or is longer than the limit
   */
  next(): Uint8Array | undefined {
    while (this.#at < this.#filled) {
      if (this.#step()) return this.#take();
    }
    if (this.pending > this.#limit) {
      throw new DecodeError(`message is longer than ${this.#limit} bytes`, this.#limit);
    }
    return undefined;
  }

  #makeRoom(more: number): void {
    const used = this.#filled - this.#start;
    let size = 4096;
    while (size < used + more) size *= 2;
    const target = size > this.#buffer.length || size * 4 <= this.#buffer.length
      ? new Uint8Array(size)
      : this.#buffer;
    target.set(this.#buffer.subarray(this.#start, this.#filled));
    this.#buffer = target;
    this.#at -= this.#start;
    this.#payload -= this.#start;
    this.#start = 0;
    this.#filled = used;
  }

  #take(): Uint8Array {
    if (this.#at - this.#start > this.#limit) {
      throw new DecodeError(`message is longer than ${this.#limit} bytes`, this.#limit);
    }
    const message = this.#buffer.slice(this.#start, this.#at);
    this.#start = this.#at;
    this.#state = State.Cookie;
    if (this.#start === this.#filled) this.#start = this.#at = this.#filled = 0;
    return message;
  }

  /** Advances over one or more bytes. @returns whether a message ends there */
  #step(): boolean {
    switch (this.#state) {
      case State.Cookie:
        this.#cookie();
        return false;
      case State.Payload:
        this.#open();
        return false;
      case State.Skip:
        this.#skip();
        return false;
      case State.Json:
      case State.JsonString:
      case State.JsonEscape:
        return this.#json();
      default:
        return this.#bencode();
    }
  }

  #cookie(): void {
    const space = this.#buffer.subarray(0, this.#filled).indexOf(SPACE, this.#at);
    if (space < 0) {
      this.#at = this.#filled;
      return;
    }
    if (space === this.#start) throw new DecodeError("message has no cookie", 0);
    this.#at = space + 1;
    this.#payload = this.#at;
    this.#state = State.Payload;
  }

  #open(): void {
    const first = this.#buffer[this.#at];
    if (first === 0x64) this.#state = State.Bencode;
    else if (first === 0x7b) this.#state = State.Json;
    else throw this.#error("payload is neither bencode nor JSON");
    this.#depth = 1;
    this.#at++;
  }

  #skip(): void {
    const step = Math.min(this.#count, this.#filled - this.#at);
    this.#at += step;
    this.#count -= step;
    if (this.#count === 0) this.#state = State.Bencode;
  }

  #bencode(): boolean {
    const byte = this.#buffer[this.#at] as number;
    const digit = byte - ZERO;
    const isDigit = digit >= 0 && digit <= 9;
    if (this.#state === State.Integer) {
      if (byte === 0x65) this.#state = State.Bencode;
      else if (!isDigit && byte !== MINUS) throw this.#error("integer has a stray character");
    } else if (this.#state === State.Length) {
      if (byte === COLON) this.#state = this.#count === 0 ? State.Bencode : State.Skip;
      else if (!isDigit) throw this.#error("string length lacks a colon");
      else this.#length(digit);
    } else if (isDigit) {
      this.#count = 0;
      this.#length(digit);
      this.#state = State.Length;
    } else if (byte === 0x69) {
      this.#state = State.Integer;
    } else if (byte === 0x64 || byte === 0x6c) {
      this.#nest();
    } else if (byte === 0x65) {
      this.#depth--;
    } else {
      throw this.#error("unknown type of value");
    }
    this.#at++;
    return this.#depth === 0;
  }

  #length(digit: number): void {
    this.#count = this.#count * 10 + digit;
    if (this.#count > this.#limit) throw this.#error("string is longer than a message may be");
  }

  #json(): boolean {
    const buffer = this.#buffer;
    // One tight loop: JSON cannot be skipped over.
    for (; this.#at < this.#filled; this.#at++) {
      const byte = buffer[this.#at] as number;
      if (this.#state === State.JsonEscape) {
        this.#state = State.JsonString;
      } else if (this.#state === State.JsonString) {
        if (byte === QUOTE) this.#state = State.Json;
        else if (byte === BACKSLASH) this.#state = State.JsonEscape;
      } else if (byte === QUOTE) {
        this.#state = State.JsonString;
      } else if (byte === 0x7b || byte === 0x5b) {
        this.#nest();
      } else if ((byte === 0x7d || byte === 0x5d) && --this.#depth === 0) {
        this.#at++;
        return true;
      }
    }
    return false;
  }

  #nest(): void {
    if (this.#depth >= MAX_DEPTH) throw this.#error("nested too deeply");
    this.#depth++;
  }

  #error(message: string): DecodeError {
    return new DecodeError(message, this.#at - this.#payload);
  }
}
