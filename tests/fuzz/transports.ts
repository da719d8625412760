/**
 * Drivers that push many messages through one transport, as many at once as it takes, and check what comes
 * back.
 *
 * @module
 */

import WsClient from "ws";
import { fromBytes, toBytes } from "../../src/core/bytes.ts";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { MessageScanner } from "../../src/ng/scanner.ts";
import { within } from "../ng/clients.ts";
import { checkReply, type Outcome } from "./check.ts";

/** Gives the payloads one by one; undefined at the end. */
export type Source = () => string | undefined;

const PATIENCE = 10_000;

/** Milliseconds after which a proxy asks again with the same cookie. */
const RETRY_AFTER = 1000;

/**
 * UDP: every message has a cookie of its own and must be answered. Datagrams get lost in full buffers, so
 * what stays unanswered is asked again, as proxies do.
 */
export async function fuzzUdp(to: Endpoint, source: Source): Promise<Outcome> {
  const outcome: Outcome = { ok: 0, error: 0, silent: 0 };
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const peer = { transport: "udp" as const, hostname: to.address, port: to.port };
  const open = new Map<string, string>();
  const sentAt = new Map<string, number>();
  const repeated = new Set<string>();
  let cookie = 0;
  const send = async (key: string, payload: string): Promise<void> => {
    sentAt.set(key, performance.now());
    await socket.send(toBytes(`${key} ${payload}`), peer);
  };
  const fill = async (): Promise<void> => {
    while (open.size < 64) {
      const payload = source();
      if (payload === undefined) return;
      const key = `u${cookie++}`;
      open.set(key, payload);
      await send(key, payload);
    }
  };
  const retry = setInterval(() => {
    for (const [key, payload] of open) {
      if (performance.now() - sentAt.get(key)! < RETRY_AFTER) continue;
      repeated.add(key);
      send(key, payload).catch(() => undefined);
    }
  }, RETRY_AFTER / 4);
  try {
    for (await fill(); open.size > 0; await fill()) {
      const oldest = open.entries().next().value as [string, string];
      const [bytes] = await within(
        PATIENCE,
        `answer to ${JSON.stringify(oldest)}`,
        socket.receive(new Uint8Array(65_536)),
      );
      const reply = fromBytes(bytes);
      const key = reply.slice(0, reply.indexOf(" "));
      if (repeated.has(key) && !open.has(key)) continue;
      settle(reply, open, outcome);
      sentAt.delete(key);
    }
  } finally {
    clearInterval(retry);
    socket.close();
  }
  return outcome;
}

/**
 * TCP: a damaged message may swallow those behind it or end the connection, so messages go in small groups
 * over many connections, and all that comes back before the end must be replies.
 */
export async function fuzzTcp(to: Endpoint, source: Source): Promise<Outcome> {
  const outcome: Outcome = { ok: 0, error: 0, silent: 0 };
  let cookie = 0;
  await inParallel(16, async () => {
    for (;;) {
      const group = new Map<string, string>();
      const size = 1 + cookie % 3;
      while (group.size < size) {
        const payload = source();
        if (payload === undefined) break;
        group.set(`t${cookie++}`, payload);
      }
      if (group.size === 0) return;
      await within(PATIENCE, JSON.stringify([...group]), exchange(to, group, outcome));
    }
  });
  return outcome;
}

async function exchange(
  to: Endpoint,
  group: Map<string, string>,
  outcome: Outcome,
): Promise<void> {
  const request = [...group].map(([cookie, payload]) => `${cookie} ${payload}`).join("");
  using conn = await Deno.connect({ hostname: to.address, port: to.port });
  const scanner = new MessageScanner(1 << 22);
  const reading = (async () => {
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const count = await conn.read(buffer);
      if (count === null) return;
      scanner.push(buffer.subarray(0, count));
    }
  })();
  try {
    const all = toBytes(request);
    for (let at = 0; at < all.length;) at += await conn.write(all.subarray(at));
    await conn.closeWrite();
  } catch (error) {
    // The daemon may have ended a stream that is none while we were still sending.
    if (
      !(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset)
    ) {
      throw error;
    }
  }
  await reading.catch((error) => {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  });
  let answers = 0;
  for (let next = scanner.next(); next !== undefined; next = scanner.next()) {
    const reply = fromBytes(next);
    checkReply(reply.slice(reply.indexOf(" ") + 1), request, outcome);
    answers++;
  }
  if (scanner.pending > 0) throw new Error(`half a reply to ${JSON.stringify(request)}`);
  outcome.silent += Math.max(0, group.size - answers);
}

/** HTTP and HTTPS: half the messages with a cookie, half without. */
export async function fuzzHttp(url: string, source: Source, cert?: string): Promise<Outcome> {
  const outcome: Outcome = { ok: 0, error: 0, silent: 0 };
  using client = Deno.createHttpClient(cert === undefined ? {} : { caCerts: [cert] });
  let count = 0;
  await inParallel(16, async () => {
    for (let payload = source(); payload !== undefined; payload = source()) {
      const plain = count++ % 2 === 0;
      const cookie = `h${count}`;
      const response = await within(
        PATIENCE,
        JSON.stringify(payload),
        fetch(`${url}${plain ? "/ng-plain" : "/ng"}`, {
          method: "POST",
          body: toBytes(plain ? payload : `${cookie} ${payload}`),
          headers: { "Content-Type": "application/x-rtpengine-ng" },
          client,
        }),
      );
      const text = fromBytes(new Uint8Array(await response.arrayBuffer()));
      if (response.status !== 200) {
        throw new Error(`${response.status} to ${JSON.stringify(payload)}`);
      }
      if (!plain && !text.startsWith(`${cookie} `)) throw new Error(`wrong cookie in ${text}`);
      checkReply(plain ? text : text.slice(cookie.length + 1), payload, outcome);
    }
  });
  return outcome;
}

/** WS and WSS: one connection, answers in order, text and binary frames. */
export async function fuzzWebSocket(url: string, source: Source, cert?: string): Promise<Outcome> {
  const outcome: Outcome = { ok: 0, error: 0, silent: 0 };
  const socket = new WsClient(url, ["ng.rtpengine.com"], cert === undefined ? {} : { ca: cert });
  await within(
    PATIENCE,
    url,
    new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    }),
  );
  const open = new Map<string, string>();
  let cookie = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fill = (): void => {
    while (open.size < 64) {
      const payload = source();
      if (payload === undefined) break;
      const key = `w${cookie++}`;
      open.set(key, payload);
      socket.send(toBytes(`${key} ${payload}`), { binary: cookie % 2 === 0 });
    }
    if (open.size === 0) resolve();
  };
  let latest = 0;
  const watchdog = setInterval(() => {
    if (latest === outcome.ok + outcome.error) {
      reject(new Error(`no answer to ${JSON.stringify(open.entries().next().value)}`));
    }
    latest = outcome.ok + outcome.error;
  }, PATIENCE);
  socket.on("close", (code) => reject(new Error(`connection ended with ${code}`)));
  socket.on("message", (data) => {
    try {
      const oldest = open.keys().next().value;
      const reply = fromBytes(data as Uint8Array);
      if (!reply.startsWith(`${oldest} `)) throw new Error(`answer out of order: ${reply}`);
      settle(reply, open, outcome);
      fill();
    } catch (error) {
      reject(error);
    }
  });
  try {
    fill();
    await promise;
  } finally {
    clearInterval(watchdog);
    socket.removeAllListeners("close");
    socket.terminate();
  }
  return outcome;
}

function settle(reply: string, open: Map<string, string>, outcome: Outcome): void {
  const space = reply.indexOf(" ");
  const cookie = reply.slice(0, space);
  const request = open.get(cookie);
  if (request === undefined) throw new Error(`answer to nothing: ${JSON.stringify(reply)}`);
  open.delete(cookie);
  checkReply(reply.slice(space + 1), request, outcome);
}

async function inParallel(count: number, work: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, work));
}
