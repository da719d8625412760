/**
 * A scripted phone: a SIP user agent in a namespace that does what the test says, one step at a time. It
 * has an RTP socket and an RTCP socket beside the SIP one.
 *
 * @module
 */

import type { Address, Agent, AgentSocket } from "../support/mod.ts";
import { until } from "../support/mod.ts";
import { header, headerList, parseSip, printSip, type SipMessage, tagOf, uriOf } from "./sip.ts";

/** Time for a SIP message to arrive, milliseconds. */
const WAIT = 5000;

let serial = 0;

/** What a phone is told. */
export interface SipPhoneOptions {
  /** User part of its address. */
  readonly user: string;
  /** Its own address in the namespace. */
  readonly host: string;
  /** The proxy all requests go to. */
  readonly proxy: Address;
}

/** Further headers of a request. */
export type Headers = Readonly<Record<string, string>>;

/** A dialogue as one phone has it. */
export interface Dialogue {
  readonly callId: string;
  /** From header of own requests. */
  readonly local: string;
  /** To header of own requests, with the other side's tag. */
  readonly remote: string;
  /** Contact of the other side. */
  readonly target: string;
  readonly routes: readonly string[];
  /** Sequence number of the last own request. */
  cseq: number;
}

/** A request under way. */
export interface Transaction {
  readonly request: SipMessage;
  readonly callId: string;
}

/** A scripted phone. */
export class SipPhone {
  #inbox: SipMessage[] = [];

  /** Wraps open sockets; {@link open} makes a phone. */
  constructor(
    readonly options: SipPhoneOptions,
    readonly sip: AgentSocket,
    readonly rtp: AgentSocket,
    readonly rtcp: AgentSocket,
  ) {}

  /** Opens the sockets: SIP on 5060, media on `port` and the one above. */
  static async open(agent: Agent, options: SipPhoneOptions, port = 4000): Promise<SipPhone> {
    const { host } = options;
    return new SipPhone(
      options,
      await agent.bind(host, 5060),
      await agent.bind(host, port),
      await agent.bind(host, port + 1),
    );
  }

  /** Closes the sockets. */
  async close(): Promise<void> {
    for (const socket of [this.sip, this.rtp, this.rtcp]) await socket.close();
  }

  /** Forgets everything received so far. */
  async forget(): Promise<void> {
    this.#inbox = [];
    for (const socket of [this.sip, this.rtp, this.rtcp]) await socket.take();
  }

  /** Sends an INVITE that begins a call. */
  async invite(uri: string, body: string, headers: Headers = {}): Promise<Transaction> {
    return await this.begin("INVITE", uri, body, headers);
  }

  /** Sends a request outside of any dialogue. */
  async begin(
    method: string,
    uri: string,
    body: string,
    headers: Headers = {},
  ): Promise<Transaction> {
    const { user } = this.options;
    const callId = `scripted-${crypto.randomUUID()}`;
    const request = this.#request(method, uri, body, [
      ["from", `<sip:${user}@${this.#host}>;tag=${user}${++serial}`],
      ["to", `<${uri}>`],
      ["call-id", callId],
      ["cseq", `1 ${method}`],
      ...Object.entries(headers),
    ]);
    await this.#send(request);
    return { request, callId };
  }

  /** Sends a request within a dialogue. */
  async request(
    dialogue: Dialogue,
    method: string,
    body = "",
    headers: Headers = {},
  ): Promise<Transaction> {
    const cseq = method === "ACK" ? dialogue.cseq : ++dialogue.cseq;
    const request = this.#request(method, dialogue.target, body, [
      ["from", dialogue.local],
      ["to", dialogue.remote],
      ["call-id", dialogue.callId],
      ["cseq", `${cseq} ${method}`],
      ...dialogue.routes.map((route): [string, string] => ["route", route]),
      ...Object.entries(headers),
    ]);
    await this.#send(request);
    return { request, callId: dialogue.callId };
  }

  /** Sends CANCEL for an INVITE. */
  async cancel({ request }: Transaction): Promise<void> {
    const kept = request.headers.filter(([name]) =>
      ["via", "from", "to", "call-id", "max-forwards"].includes(name)
    );
    const cseq = header(request, "cseq").replace("INVITE", "CANCEL");
    await this.#send({
      method: "CANCEL",
      uri: request.uri ?? "",
      headers: [...kept, ["cseq", cseq]],
      body: "",
    });
  }

  /** Acknowledges a final response that is no success. */
  async ackFailure({ request }: Transaction, response: SipMessage): Promise<void> {
    const kept = request.headers.filter(([name]) =>
      ["via", "from", "call-id", "max-forwards"].includes(name)
    );
    await this.#send({
      method: "ACK",
      uri: request.uri ?? "",
      headers: [
        ...kept,
        ["to", header(response, "to")],
        ["cseq", header(request, "cseq").replace("INVITE", "ACK")],
      ],
      body: "",
    });
  }

  /** Waits for the next request with this method. */
  async expectRequest(method: string): Promise<SipMessage> {
    return await this.#expect(
      `a ${method}`,
      (message) => message.status === undefined && message.method === method,
    );
  }

  /** Waits for a response to a transaction. */
  async expectStatus(transaction: Transaction, status: number): Promise<SipMessage> {
    const cseq = header(transaction.request, "cseq");
    return await this.#expect(
      `${status} to ${cseq}`,
      (message) =>
        message.status === status && header(message, "cseq") === cseq &&
        header(message, "call-id") === transaction.callId,
    );
  }

  /** Answers a request; a tag is added to To where it is missing. */
  async respond(request: SipMessage, status: number, body = ""): Promise<void> {
    const headers = request.headers.filter(([name]) =>
      ["via", "from", "call-id", "cseq", "record-route"].includes(name)
    );
    const to = header(request, "to");
    const tagged = tagOf(to) === undefined ? `${to};tag=${this.#tagFor(request)}` : to;
    await this.#send({
      method: request.method,
      status,
      headers: [...headers, ["to", tagged], ["contact", this.#contact]],
      body,
    });
  }

  /** The dialogue of one who called. */
  dialogueOut({ request }: Transaction, response: SipMessage): Dialogue {
    return {
      callId: header(request, "call-id"),
      local: header(request, "from"),
      remote: header(response, "to"),
      target: uriOf(header(response, "contact")),
      routes: headerList(response, "record-route").toReversed(),
      cseq: Number(header(request, "cseq").split(" ")[0]),
    };
  }

  /** The dialogue of one who was called. */
  dialogueIn(request: SipMessage): Dialogue {
    const to = header(request, "to");
    return {
      callId: header(request, "call-id"),
      local: tagOf(to) === undefined ? `${to};tag=${this.#tagFor(request)}` : to,
      remote: header(request, "from"),
      target: uriOf(header(request, "contact")),
      routes: headerList(request, "record-route"),
      cseq: 100,
    };
  }

  get #host(): string {
    const { host } = this.options;
    return host.includes(":") ? `[${host}]` : host;
  }

  get #contact(): string {
    return `<sip:${this.options.user}@${this.#host}:5060>`;
  }

  #tagFor(request: SipMessage): string {
    return `${this.options.user}-${header(request, "call-id").slice(-8)}`;
  }

  #request(
    method: string,
    uri: string,
    body: string,
    headers: readonly (readonly [string, string])[],
  ): SipMessage {
    const via = `SIP/2.0/UDP ${this.#host}:5060;rport;branch=z9hG4bK${crypto.randomUUID()}`;
    return {
      method,
      uri,
      headers: [["via", via], ["max-forwards", "70"], ["contact", this.#contact], ...headers],
      body,
    };
  }

  async #send(message: SipMessage): Promise<void> {
    await this.sip.send(this.options.proxy, printSip(message));
  }

  /** Takes the first matching message; others stay, repeated ones too. */
  async #expect(what: string, matches: (message: SipMessage) => boolean): Promise<SipMessage> {
    return await until(
      `${this.options.user} gets ${what}`,
      async () => {
        for (const { data } of await this.sip.take()) this.#inbox.push(parseSip(data));
        const at = this.#inbox.findIndex(matches);
        return at < 0 ? undefined : this.#inbox.splice(at, 1)[0];
      },
      WAIT,
      10,
    ).catch((error) => {
      const seen = this.#inbox.map(({ method, status }) => `${status ?? ""} ${method}`.trim());
      throw new Error(`${error.message}; got ${seen.join(", ") || "nothing"}`);
    });
  }
}
