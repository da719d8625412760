/**
 * Keeps pages of other sites from using a browser on our network as a way in. Programs send no `Origin` and
 * are not affected.
 *
 * @module
 */

/** The headers that tell; names as node has them. */
export interface OriginHeaders {
  /** Scheme, host and port of the page. */
  readonly origin?: string | undefined;
  /** Host and port asked. */
  readonly host?: string | undefined;
  /** What the browser thinks of the two. */
  readonly "sec-fetch-site"?: string | string[] | undefined;
}

/**
 * Whether a request comes from a page of another origin.
 *
 * @param secure whether it came over TLS
 */
export function isCrossOrigin(headers: OriginHeaders, secure: boolean): boolean {
  const site = headers["sec-fetch-site"];
  if (site === "cross-site" || site === "same-site") return true;
  const { origin, host } = headers;
  if (origin === undefined) return false;
  if (host === undefined) return true;
  const expected = `${secure ? "https" : "http"}://${host}`.toLowerCase();
  const given = origin.toLowerCase();
  // A WebSocket handshake names the page's scheme or its own, depending on the client.
  return given !== expected && given !== expected.replace("http", "ws");
}
