/**
 * The program behind {@link Agent}: serves the operations of `agent_protocol.ts` from standard input in
 * whatever network namespace it was started in. Needs `--unstable-net`.
 *
 * @module
 */

import type { Address, AgentOperation, AgentOperations, Datagram } from "./agent_protocol.ts";
import { frame, fromBytes, toBytes, unframe } from "./ng_codec.ts";

interface Socket {
  readonly conn: Deno.DatagramConn;
  received: Datagram[];
}

type Handlers = {
  [Op in AgentOperation]: (args: AgentOperations[Op]["in"]) => Promise<AgentOperations[Op]["out"]>;
};

const sockets = new Map<number, Socket>();
let nextSocket = 1;
let nextCookie = 1;

function toNet(address: Address): Deno.NetAddr {
  return { transport: "udp", hostname: address.host, port: address.port };
}

function fromNet(address: Deno.Addr): Address {
  const net = address as Deno.NetAddr;
  return { host: net.hostname, port: net.port };
}

function open(at: Address): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname: at.host, port: at.port });
}

async function exchange(to: Address, data: Uint8Array, timeout: number) {
  const conn = open({ host: to.host.includes(":") ? "::" : "0.0.0.0", port: 0 });
  let inTime = true;
  const timer = setTimeout(() => {
    inTime = false;
    conn.close();
  }, timeout);
  try {
    await conn.send(data, toNet(to));
    const [answer] = await conn.receive(new Uint8Array(65_536));
    return answer;
  } catch (error) {
    if (!inTime) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
    if (inTime) conn.close();
  }
}

async function collect(socket: Socket): Promise<void> {
  for await (const [data, from] of socket.conn) {
    socket.received.push({ from: fromNet(from), data: fromBytes(data) });
  }
}

function find(id: number): Socket {
  const socket = sockets.get(id);
  if (socket === undefined) throw new Error(`Socket ${id} is not open`);
  return socket;
}

const handlers: Handlers = {
  async ng({ to, message, wire, timeout }) {
    const cookie = `t${Deno.pid}_${nextCookie++}`;
    const answer = await exchange(to, frame(cookie, message, wire), timeout);
    if (answer === undefined) return { message: null };
    const reply = unframe(answer);
    if (reply.cookie !== cookie) throw new Error(`Cookie ${reply.cookie} is not ${cookie}`);
    return { message: reply.message };
  },
  async exchange({ to, data, timeout }) {
    const answer = await exchange(to, toBytes(data), timeout);
    return { data: answer === undefined ? null : fromBytes(answer) };
  },
  bind({ at }) {
    const conn = open(at);
    const id = nextSocket++;
    const socket: Socket = { conn, received: [] };
    sockets.set(id, socket);
    collect(socket);
    return Promise.resolve({ socket: id, at: fromNet(conn.addr) });
  },
  async send({ socket, to, data }) {
    await find(socket).conn.send(toBytes(data), toNet(to));
    return {};
  },
  take({ socket }) {
    const found = find(socket);
    const datagrams = found.received;
    found.received = [];
    return Promise.resolve({ datagrams });
  },
  close({ socket }) {
    find(socket).conn.close();
    sockets.delete(socket);
    return Promise.resolve({});
  },
  free({ host, ports }) {
    const busy = ports.filter((port) => {
      try {
        open({ host, port }).close();
        return false;
      } catch (error) {
        if (error instanceof Deno.errors.AddrInUse) return true;
        throw error;
      }
    });
    return Promise.resolve({ busy });
  },
};

interface Request {
  readonly id: number;
  readonly op: AgentOperation;
  readonly args: never;
}

async function serve(line: string): Promise<void> {
  const request: Request = JSON.parse(line);
  let answer: unknown;
  try {
    answer = { id: request.id, ok: await handlers[request.op](request.args) };
  } catch (error) {
    answer = { id: request.id, error: error instanceof Error ? error.message : String(error) };
  }
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
}

if (import.meta.main) {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) serve(line);
  }
  Deno.exit(0);
}
