/**
 * Requests that need the rights of root go to a helper of the appliance, one line each.
 *
 * @module
 */

import { connect } from "node:net";

/** Where the helper listens. */
export const SYSTEM_SOCKET = "/run/rtpedge-system.sock";

/**
 * Sends a request and passes on what comes back.
 *
 * @param line takes each line of progress
 * @returns the helper's exit status
 * @throws Error when there is no helper, as on a host that is no appliance
 */
export function requestSystem(
  request: string,
  line: (text: string) => void,
  path = SYSTEM_SOCKET,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let rest = "";
    let status: number | undefined;
    const socket = connect({ path }, () => socket.write(`${request}\n`));
    function take(text: string): void {
      const matched = /^exit (\d+)$/.exec(text);
      if (matched !== null) status = Number(matched[1]);
      else line(text);
    }
    socket.on("data", (chunk: Uint8Array) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const text of lines) take(text);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "ENOENT"
          ? new Error(`${path} does not exist: this host is no rtpedge appliance`)
          : error,
      );
    });
    socket.on("close", () => {
      if (rest !== "") take(rest);
      if (status === undefined) reject(new Error("the helper ended without an answer"));
      else resolve(status);
    });
  });
}
