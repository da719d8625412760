/**
 * The network side of the Graphite exporter.
 *
 * @module
 */

import { connect } from "node:net";
import { toBytes } from "../core/bytes.ts";
import type { GraphiteConnect } from "./exporter.ts";

/**
 * Makes the function that connects to a server. A host name is looked up at each attempt.
 *
 * @param host address or host name
 */
export function connectGraphite(host: string, port: number): GraphiteConnect {
  return ({ opened, closed }) => {
    const socket = connect({ host, port }, opened);
    let reason = "the server closed the connection";
    // Nothing is expected to arrive, but without reading the end of the connection is not seen.
    socket.resume();
    socket.on("error", (error: Error) => reason = error.message);
    socket.on("close", () => closed(reason));
    return {
      send: (text) => void socket.write(toBytes(text)),
      get pending() {
        return socket.writableLength;
      },
      close: () => void socket.destroy(),
    };
  };
}
