/**
 * Network addresses as values.
 *
 * @module
 */

/** IP version. */
export type Family = 4 | 6;

/** A UDP transport address. `address` is in canonical text form, without brackets or zone. */
export interface Endpoint {
  /** IP version. */
  readonly family: Family;
  /** Canonical text form. */
  readonly address: string;
  /** 0..65535 */
  readonly port: number;
}

/** `192.0.2.1:5004` or `[2001:db8::1]:5004`. */
export function formatEndpoint(endpoint: Endpoint): string {
  const { family, address, port } = endpoint;
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Whether both name the same address and port. */
export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.family === b.family && a.address === b.address;
}
