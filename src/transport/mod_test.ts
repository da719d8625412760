import assert from "node:assert/strict";
import type { Endpoint } from "../core/endpoint.ts";
import { generateKey, selfSign } from "../tls/self_signed.ts";
import { FakeSockets, makeContext } from "./fixture.ts";
import { type ListenAddresses, ListenError, startListeners } from "./mod.ts";

const ANY: Endpoint = { family: 4, address: "127.0.0.1", port: 0 };
const NONE: ListenAddresses = {
  ng: [],
  tcpNg: [],
  http: [],
  https: [],
  cli: [],
  rtpproxy: [],
  mediaproxy: [],
};

Deno.test("startListeners() tells the real ports and closes everything", async () => {
  const sockets = new FakeSockets();
  const key = await generateKey();
  const context = makeContext();
  const listeners = await startListeners({
    listen: {
      ng: [ANY, ANY],
      tcpNg: [ANY],
      http: [ANY],
      https: [ANY],
      cli: [ANY],
      rtpproxy: [ANY],
      mediaproxy: [ANY],
    },
    tls: { key, cert: await selfSign(key, [], context.clock.wall()) },
    controlTos: 0,
    sockets,
    context,
  });
  const { addresses } = listeners;
  assert.equal(addresses.ng.length, 2);
  for (const kind of ["tcpNg", "http", "https", "cli", "mediaproxy"] as const) {
    assert.ok((addresses[kind][0]?.port ?? 0) > 0, kind);
  }
  assert.deepEqual(listeners.connections(), {
    ng: 0,
    tcpNg: 0,
    http: 0,
    https: 0,
    cli: 0,
    rtpproxy: 0,
    mediaproxy: 0,
  });
  await listeners.close(0);
  assert.equal(sockets.closed, 3);
  const port = addresses.tcpNg[0]?.port ?? 0;
  await assert.rejects(Deno.connect({ port }));
});

Deno.test("startListeners() names the address that is taken and leaves nothing open", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const address = { ...ANY, port };
  const sockets = new FakeSockets();
  for (
    const [kind, name] of [
      ["tcpNg", "ng over TCP"],
      ["http", "HTTP"],
      ["cli", "cli"],
    ] as const
  ) {
    await assert.rejects(
      startListeners({
        listen: { ...NONE, ng: [ANY], [kind]: [address] },
        controlTos: 0,
        sockets,
        context: makeContext(),
      }),
      (error) => {
        assert.ok(error instanceof ListenError);
        assert.equal(
          error.message,
          `cannot listen on 127.0.0.1:${port} for ${name}: address already in use (EADDRINUSE)`,
        );
        return true;
      },
    );
  }
  taken.close();
  assert.equal(sockets.closed, 3, "the UDP listener was closed each time");
});

Deno.test("startListeners() says why HTTPS or an address cannot be had", async () => {
  const start = (listen: Partial<ListenAddresses>) => {
    return startListeners({
      listen: { ...NONE, ...listen },
      controlTos: 0,
      sockets: new FakeSockets(),
      context: makeContext(),
    });
  };
  await assert.rejects(start({ https: [ANY] }), /for HTTPS: no certificate is configured$/);
  const elsewhere: Endpoint = { family: 4, address: "192.0.2.1", port: 80 };
  await assert.rejects(
    start({ tcpNg: [elsewhere] }),
    /^ListenError: cannot listen on 192.0.2.1:80/,
  );
  await assert.rejects(start({ http: [elsewhere] }), /^ListenError: cannot listen on 192.0.2.1:80/);
});
