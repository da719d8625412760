/**
 * Kamailio's own lwsc module against listeners that demand a credential: the token is a segment of the path.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Access, AccessDatabase } from "../../src/access/mod.ts";
import { systemClock } from "../../src/core/clock.ts";
import { audioCall } from "../interop/audio_call.ts";
import { interopUnavailable } from "../interop/checks.ts";
import { runKamailio, startKamailio } from "../interop/kamailio.ts";
import { CONTROL, startRelay } from "../interop/media_daemon.ts";
import { ADDRESS, Rig } from "../interop/rig.ts";
import { type Daemon, say } from "../support/mod.ts";
import { CONSOLE } from "./rig.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`Kamailio with tokens is not tested: ${reason}`);

/** The relay with guarded HTTP and HTTPS, and a token for each scope. */
async function startGuarded(rig: Rig) {
  const path = rig.folder.path("access.db");
  const token = makeTokens(path);
  const relay = await startRelay(rig, "rtpedge", [
    `--access-db=${path}`,
    "--control-auth=listen-http;listen-https;listen-tcp-ng",
  ]);
  return { relay, token };
}

function makeTokens(path: string): { ng: string; read: string } {
  using database = AccessDatabase.open(path, "now").database;
  const { tokens } = new Access({ database, clock: systemClock });
  return {
    ng: tokens.create({ name: "kamailio", scopes: ["ng"] }, CONSOLE).text,
    read: tokens.create({ name: "prometheus", scopes: ["read"] }, CONSOLE).text,
  };
}

/** A Kamailio that pings the relay at its start and does nothing else. */
function pinging(control: string): string {
  return `
debug=2
log_stderror=yes
children=1
auto_aliases=no
disable_tcp=yes
listen=udp:${ADDRESS.coreA}:5060
loadmodule "tm.so"
loadmodule "lwsc.so"
loadmodule "rtpengine.so"
modparam("rtpengine", "wsapi", "lwsc")
modparam("rtpengine", "rtpengine_sock", "${control}")
request_route { exit; }
`;
}

Deno.test({
  name: "Kamailio's lwsc with a token in its path: two phones hear each other over wss",
  ignore: reason !== undefined,
  async fn() {
    let token = "";
    await audioCall({
      async relay(rig) {
        const guarded = await startGuarded(rig);
        token = guarded.token.ng;
        return guarded.relay;
      },
      proxy: (rig) =>
        startKamailio(rig, {
          control: `wss://127.0.0.1:${CONTROL.https}/${token}/`,
          phoneB: ADDRESS.phoneB,
        }),
    });
  },
});

Deno.test({
  name: "Kamailio's lwsc finds the relay with a token for ng only, over ws and wss",
  ignore: reason !== undefined,
  async fn() {
    await using rig = await Rig.open();
    const { token } = await startGuarded(rig);
    const bases = [`ws://127.0.0.1:${CONTROL.http}`, `wss://127.0.0.1:${CONTROL.https}`];
    const outcome = async (control: string): Promise<string> => {
      const kamailio: Daemon = await runKamailio(
        rig,
        pinging(control),
        /rtpengine instance .* found, support for it enabled|proxy did not respond|disabled temporarily|can't send|failed/i,
      );
      const text = kamailio.lines.join("\n");
      await kamailio.stop();
      return /found, support for it enabled/.test(text) ? "found" : "refused";
    };
    for (const base of bases) {
      assert.equal(await outcome(`${base}/${token.ng}/`), "found", base);
      assert.equal(await outcome(`${base}/`), "refused", base);
      assert.equal(await outcome(`${base}/${token.read}/`), "refused", base);
      assert.equal(
        await outcome(`${base}/${token.ng.slice(0, -1)}${token.ng.endsWith("x") ? "y" : "x"}/`),
        "refused",
        base,
      );
    }
  },
});
