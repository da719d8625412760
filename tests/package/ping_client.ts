/**
 * Sends ng `ping` over UDP until `pong` comes back, at most for 20 s.
 *
 * Usage: deno run --unstable-net --allow-net ping_client.ts PORT
 *
 * @module
 */

const port = Number(Deno.args[0]);
const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
const server: Deno.NetAddr = { transport: "udp", hostname: "127.0.0.1", port };
const deadline = Date.now() + 20_000;
const asking = setInterval(() => {
  if (Date.now() > deadline) Deno.exit(1);
  socket.send(new TextEncoder().encode("k1 d7:command4:pinge"), server).catch(() => undefined);
}, 200);
const [reply] = await socket.receive();
clearInterval(asking);
const text = new TextDecoder().decode(reply);
Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
Deno.exit(text === "k1 d6:result4:ponge" ? 0 : 1);
