/**
 * What must hold after a call, and whether the suite can run at all.
 *
 * @module
 */

import assert from "node:assert/strict";
import { oracleUnavailable } from "../oracle/mod.ts";
import { netnsUnavailable, type NgData, run, until } from "../support/mod.ts";
import { MEDIA, NG } from "./media_daemon.ts";
import { ADDRESS, type Rig } from "./rig.ts";

/** Why the interop suite cannot run here, or `undefined`. */
export async function interopUnavailable(): Promise<string | undefined> {
  const reason = oracleUnavailable() ?? await netnsUnavailable();
  if (reason !== undefined) return reason;
  for (const program of ["curl", "openssl"]) {
    const found = await run(["sh", "-c", `command -v ${program}`]);
    if (!found.success) return `${program} is not installed`;
  }
  return undefined;
}

/** The call-ids the relay has. */
export async function callIds(rig: Rig): Promise<readonly string[]> {
  const reply = await rig.core.agent.ng(NG, { command: "list" });
  assert.ok(Array.isArray(reply["calls"]), `list answered ${JSON.stringify(reply)}`);
  return reply["calls"];
}

/** The media ports of a call as `query` tells them. */
export async function mediaPorts(rig: Rig, callId: string): Promise<readonly number[]> {
  const reply = await rig.core.agent.ng(NG, { command: "query", "call-id": callId });
  return localPorts(reply);
}

function localPorts(value: NgData): number[] {
  if (typeof value !== "object") return [];
  if (Array.isArray(value)) return value.flatMap(localPorts);
  return Object.entries(value).flatMap(([key, item]) =>
    key === "local port" && typeof item === "number" && item > 0 ? [item] : localPorts(item)
  );
}

/**
 * Waits until the relay has no call and lets go of its media ports: a port that is still held for late
 * packets is waited for.
 */
export async function nothingLeft(rig: Rig, ports: readonly number[]): Promise<void> {
  await until("list is empty", async () => {
    return (await callIds(rig)).length === 0 ? true : undefined;
  }, 5000);
  assert.ok(ports.length > 0, "the call had no ports to be freed");
  for (const port of ports) assert.ok(port >= MEDIA.min && port <= MEDIA.max, `port ${port}`);
  await until(
    `ports ${ports.join(", ")} are free`,
    async () => {
      for (const host of [ADDRESS.coreA, ADDRESS.coreB, ADDRESS.coreB6]) {
        const { busy } = await rig.core.agent.call("free", { host, ports });
        if (busy.length > 0) return undefined;
      }
      return true;
    },
    30_000,
    500,
  );
}
