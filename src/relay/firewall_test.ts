import assert from "node:assert/strict";
import {
  Firewall,
  type FirewallBackend,
  IptablesChain,
  NftablesChain,
  type ToolRun,
} from "./firewall.ts";
import { runTool } from "./firewall_tool.ts";
import type { LocalAddress, PortPair } from "./types.ts";

function pairAt(address: string, port: number): PortPair {
  const family = address.includes(":") ? 6 : 4;
  const local: LocalAddress = {
    name: "default",
    family,
    address,
    advertised: address,
    advertisedFamily: family,
    portMin: 30000,
    portMax: 39999,
  };
  return {
    local,
    rtp: { slot: 0, local, port },
    rtcp: { slot: 1, local, port: port + 1 },
  };
}

const A = pairAt("192.0.2.1", 30000);
const B = pairAt("2001:db8::1", 30002);

/** A firewall whose tool is a list, and which gathers until it is told. */
function setUp(backend: FirewallBackend, fails: (run: ToolRun) => boolean = () => false) {
  const runs: ToolRun[] = [];
  const failures: string[] = [];
  const waiting: (() => void)[] = [];
  const firewall = new Firewall({
    backend,
    run(run) {
      runs.push(run);
      return Promise.resolve(fails(run) ? { ok: false, output: "no\n" } : { ok: true, output: "" });
    },
    soon: (callback) => void waiting.push(callback),
    failed: (message) => failures.push(message),
  });
  const settle = async () => {
    for (const callback of waiting.splice(0)) callback();
    await firewall.settled();
    return runs.splice(0);
  };
  return { firewall, settle, failures, runs };
}

Deno.test("Firewall hands many changes to the tool in one run for each family", async () => {
  const { firewall, settle } = setUp(new IptablesChain("media"));
  await firewall.start();
  await settle();
  firewall.opened(A);
  firewall.opened(B);
  const runs = await settle();
  assert.deepEqual(runs.map(({ program, args }) => [program, ...args]), [
    ["iptables-restore", "--noflush", "--wait=5"],
    ["ip6tables-restore", "--noflush", "--wait=5"],
  ]);
  assert.equal(
    runs[0]!.input,
    "*filter\n" +
      "-A media -d 192.0.2.1 -p udp --dport 30000 -m comment --comment rtpedge -j ACCEPT\n" +
      "-A media -d 192.0.2.1 -p udp --dport 30001 -m comment --comment rtpedge -j ACCEPT\n" +
      "COMMIT\n",
  );
  firewall.closed(A);
  assert.match((await settle())[0]!.input, /-D media -d 192.0.2.1 -p udp --dport 30000/);
});

Deno.test("Firewall starts no tool for ports that are closed before it is their turn", async () => {
  const { firewall, settle } = setUp(new IptablesChain("media"));
  await firewall.start();
  await settle();
  firewall.opened(A);
  firewall.closed(A);
  assert.deepEqual(await settle(), []);
});

Deno.test("Firewall.start fills the chain with ports that were open before, at one stroke", async () => {
  const { firewall, settle } = setUp(new IptablesChain("media"));
  firewall.opened(A);
  assert.deepEqual(await settle(), []);
  await firewall.start();
  const [four, six] = await settle();
  assert.match(four!.input, /:media - \[0:0\]\n-A media -d 192.0.2.1 -p udp --dport 30000/);
  assert.doesNotMatch(six!.input, /-A/);
});

Deno.test("Firewall makes the chain anew when somebody else has changed it", async () => {
  const { firewall, settle, failures } = setUp(
    new IptablesChain("media"),
    ({ input }) => input.includes("-D "),
  );
  await firewall.start();
  firewall.opened(A);
  firewall.opened(B);
  await settle();
  firewall.closed(A);
  const runs = await settle();
  assert.deepEqual(failures, ["iptables-restore: no"]);
  assert.match(runs[2]!.input, /:media - \[0:0\]\n-A media -d 2001:db8::1/);
  assert.doesNotMatch(runs[1]!.input, /-A/);
});

const NFT = {
  chain: "rtpengine_0",
  base: "INPUT",
  append: false,
  families: ["ip", "ip6"],
} as const;

Deno.test("NftablesChain.start takes its old jumps away first", () => {
  const listing = [
    "table ip filter { # handle 1",
    "  chain INPUT { # handle 2",
    '    meta l4proto udp jump rtpengine_0 comment "rtpedge rtpengine_0" # handle 7',
    "    meta l4proto udp jump rtpengine_0 # handle 8",
    "  }",
    "}",
  ].join("\n").replace("filter {", "filter {");
  const [run] = new NftablesChain(NFT).start(listing, []);
  assert.match(run!.input, /^delete rule ip filter INPUT handle 7\n/);
  assert.doesNotMatch(run!.input, /handle 8/);
  // nor is a base chain made that is there: its policy would change
  assert.doesNotMatch(run!.input, /add chain ip filter INPUT/);
  assert.match(run!.input, /add chain ip6 filter INPUT/);
});

/** Why real tools cannot be started here; undefined = they can. */
async function noTools(): Promise<string | undefined> {
  for (const program of ["nft", "iptables-restore", "ip6tables-restore", "unshare"]) {
    const found = await new Deno.Command("sh", { args: ["-c", `command -v ${program}`] }).output();
    if (!found.success) return `${program} is not installed`;
  }
  const probe = await new Deno.Command("unshare", {
    args: ["-n", "nft", "list", "ruleset"],
    stderr: "null",
  }).output();
  return probe.success ? undefined : "no network namespace can be made";
}

const missing = await noTools();

/** Runs tools in a namespace of its own, one after the other, and shows what came of it. */
async function inNamespace(runs: readonly ToolRun[], show: string): Promise<string> {
  const script = runs.map(({ program, args, input }) =>
    `${program} ${args.join(" ")} <<'END' || echo FAILED ${program}\n${input}END`
  );
  const { stdout, stderr } = await new Deno.Command("unshare", {
    args: ["-n", "sh", "-c", [...script, show].join("\n")],
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

Deno.test("runTool tells why a tool cannot be started, or what it complains about", async () => {
  const { ok, output } = await runTool({
    program: "nft",
    args: ["--no-such-option"],
    input: "",
  });
  assert.equal(ok, false);
  assert.notEqual(output, "");
});

const PORTS = [
  { family: 4, address: "192.0.2.1", port: 30000 },
  { family: 6, address: "2001:db8::1", port: 30002 },
] as const;

Deno.test({
  name: `nft and iptables-restore take what is written for them${
    missing ? ` (not here: ${missing})` : ""
  }`,
  ignore: missing !== undefined,
  async fn() {
    const iptables = new IptablesChain("media");
    const saved = await inNamespace(
      [...iptables.start("", PORTS), ...iptables.change([], [PORTS[1]])],
      "iptables-save; ip6tables-save",
    );
    assert.doesNotMatch(saved, /FAILED/);
    assert.match(saved, /-A media -d 192.0.2.1\/32 -p udp -m udp --dport 30000 .*-j ACCEPT/);
    assert.doesNotMatch(saved, /30002/);
    for (const families of [["ip", "ip6"], ["inet"]] as const) {
      const chain = new NftablesChain({ ...NFT, families });
      const made = await inNamespace(
        [
          ...chain.start("", PORTS),
          ...chain.change([], [PORTS[0]]),
          ...chain.change([], [PORTS[0]]),
        ],
        "nft --handle --numeric list ruleset",
      );
      assert.doesNotMatch(made, /FAILED/);
      assert.match(made, /elements = \{ 2001:db8::1 \. 30002 \}/);
      assert.doesNotMatch(made, /192\.0\.2\.1/);
      assert.ok(chain.isIn(made), made);
      assert.equal(chain.isIn(""), false);
      const again = await inNamespace(
        [...chain.start("", []), ...chain.stop("")],
        "nft list ruleset",
      );
      // without a listing the jump holds the chain
      assert.match(again, /FAILED nft/);
    }
  },
});
