/**
 * One HTTP request of the notifier.
 *
 * @module
 */

import { type ByteString, fromBytes, toBytes } from "../core/bytes.ts";

/** What became of a request. */
export interface PostResult {
  /** HTTP status. */
  readonly status: number;
  /** Body of the response; not more than its beginning. */
  readonly body: ByteString;
}

/**
 * Posts a document.
 *
 * @throws Error when there is no response in time
 */
export type Post = (url: string, body: ByteString, timeoutMs: number) => Promise<PostResult>;

/** Bytes of a response that are looked at. */
const MAX_RESPONSE = 65_536;

/** Posts over HTTP or HTTPS; redirects are not followed. A {@link Post}. */
export async function httpPost(
  url: string,
  body: ByteString,
  timeoutMs: number,
): Promise<PostResult> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "text/xml" },
    body: toBytes(body),
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.status, body: await beginning(response) };
}

async function beginning(response: Response): Promise<ByteString> {
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += fromBytes(chunk.subarray(0, MAX_RESPONSE - text.length));
    if (text.length >= MAX_RESPONSE) break;
  }
  return text;
}
