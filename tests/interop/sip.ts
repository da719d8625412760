/**
 * As much of SIP (RFC 3261) as the scripted phones of this folder need: messages to text and back.
 *
 * @module
 */

/** A request or a response. */
export interface SipMessage {
  /** Method of a request, or of the request a response belongs to. */
  readonly method: string;
  /** Of a request. */
  readonly uri?: string;
  /** Of a response. */
  readonly status?: number;
  /** In order; names in lower case, long form. */
  readonly headers: readonly (readonly [string, string])[];
  /** A session description or nothing. */
  readonly body: string;
}

const SHORT: Readonly<Record<string, string>> = {
  v: "via",
  f: "from",
  t: "to",
  i: "call-id",
  m: "contact",
  l: "content-length",
  c: "content-type",
};

/** Reads a message. @throws Error when it is none */
export function parseSip(text: string): SipMessage {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) throw new Error(`This is not SIP: ${JSON.stringify(text)}`);
  const [start = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    return [SHORT[name] ?? name, line.slice(colon + 1).trim()];
  });
  const body = text.slice(end + 4);
  const cseq = headers.find(([name]) => name === "cseq")?.[1] ?? "";
  const status = /^SIP\/2\.0 (\d{3})/.exec(start)?.[1];
  if (status !== undefined) {
    return { method: cseq.split(/\s+/)[1] ?? "", status: Number(status), headers, body };
  }
  const [method = "", uri = ""] = start.split(" ");
  return { method, uri, headers, body };
}

/** Writes a message. */
export function printSip({ method, uri, status, headers, body }: SipMessage): string {
  const start = status === undefined ? `${method} ${uri} SIP/2.0` : `SIP/2.0 ${status} Scripted`;
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  if (body !== "") lines.push("content-type: application/sdp");
  lines.push(`content-length: ${body.length}`);
  return [start, ...lines, "", body].join("\r\n");
}

/** The first header of that name. */
export function header(message: SipMessage, name: string): string {
  return message.headers.find(([other]) => other === name)?.[1] ?? "";
}

/** All headers of that name, lists taken apart. */
export function headerList(message: SipMessage, name: string): string[] {
  return message.headers.filter(([other]) => other === name)
    .flatMap(([, value]) => value.split(/,\s*(?=<)/));
}

/** The `tag` of a From or To header. */
export function tagOf(value: string): string | undefined {
  return /;tag=([^;>\s]+)/.exec(value)?.[1];
}

/** The address inside `<…>`. */
export function uriOf(value: string): string {
  return /<([^>]+)>/.exec(value)?.[1] ?? value.split(";")[0] ?? value;
}
