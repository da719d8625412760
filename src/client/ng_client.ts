/**
 * A client of the ng protocol over HTTP: JSON, no cookies, no retransmissions.
 *
 * @module
 */

import { type ClientOptions, Connection } from "./connection.ts";

/** A value in a message. */
export type NgField = string | number | readonly NgField[] | { readonly [key: string]: NgField };

/** A reply: `result` is `ok`, or `pong`. */
export interface NgReply {
  /** What the command came to. */
  readonly result: string;
  /** The description to send on, where there is one. */
  readonly sdp?: string;
  /** Other keys. */
  readonly [key: string]: unknown;
}

/** Keys of an offer; all others of the protocol may be there as well (docs/ng.md). */
export interface NgOffer {
  /** SIP Call-ID. */
  readonly "call-id": string;
  /** Tag of the one who offers. */
  readonly "from-tag": string;
  /** The description. */
  readonly sdp: string;
  /** Flags such as `trust-address`. */
  readonly flags?: readonly string[];
  /** What is replaced besides media addresses, such as `origin`. */
  readonly replace?: readonly string[];
  /** What is done with ICE. */
  readonly ICE?: string;
  /** Profile towards the other side, such as `RTP/SAVPF`. */
  readonly "transport-protocol"?: string;
  /** Interfaces towards sender and receiver. */
  readonly direction?: readonly string[];
  /** Other keys. */
  readonly [key: string]: NgField | undefined;
}

/** Keys of an answer. */
export interface NgAnswer extends NgOffer {
  /** Tag of the one who answers. */
  readonly "to-tag": string;
}

/** Which call, or which part of it. */
export interface NgTarget {
  /** SIP Call-ID. */
  readonly "call-id": string;
  /** Only this party. */
  readonly "from-tag"?: string;
  /** Only this party. */
  readonly "to-tag"?: string;
  /** Other keys. */
  readonly [key: string]: NgField | undefined;
}

/** The command was refused; the message is its `error-reason`. */
export class NgRefusal extends Error {
  /** Always `NgRefusal`. */
  override readonly name = "NgRefusal";

  /** A refusal. */
  constructor(
    reason: string,
    /** The whole reply. */
    readonly reply: NgReply,
  ) {
    super(reason);
  }
}

/** Sends ng commands with a token of the scope `ng`. */
export class NgClient {
  readonly #connection: Connection;

  /** A client; nothing is sent yet. */
  constructor(options: ClientOptions) {
    this.#connection = new Connection(options);
  }

  /** Whether rtpedge answers. @throws NgRefusal, AdminError */
  ping(): Promise<NgReply> {
    return this.command("ping");
  }

  /** Offers a description; `sdp` of the reply goes to the other side. @throws NgRefusal, AdminError */
  offer(message: NgOffer): Promise<NgReply> {
    return this.command("offer", message);
  }

  /** Answers an offer. @throws NgRefusal, AdminError */
  answer(message: NgAnswer): Promise<NgReply> {
    return this.command("answer", message);
  }

  /** Ends a call or a part of it; the reply has its statistics. @throws NgRefusal, AdminError */
  delete(message: NgTarget): Promise<NgReply> {
    return this.command("delete", message);
  }

  /** Statistics of a call. @throws NgRefusal, AdminError */
  query(message: NgTarget): Promise<NgReply> {
    return this.command("query", message);
  }

  /** Any command. @throws NgRefusal when the reply is an error, AdminError when HTTP refuses */
  async command(
    command: string,
    message: { readonly [key: string]: NgField | undefined } = {},
  ): Promise<NgReply> {
    const reply = await this.#connection.ask("POST", "/ng-plain", {
      ...message,
      command,
    }) as NgReply;
    if (reply.result !== "error") return reply;
    throw new NgRefusal(String(reply["error-reason"]), reply);
  }
}
