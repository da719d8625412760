import assert from "node:assert/strict";
import { Agent } from "./agent.ts";
import { connect, Netns, netnsUnavailable, ownerOf } from "./netns.ts";
import { must, run, say, until } from "./process.ts";

const reason = await netnsUnavailable();
if (reason !== undefined) say(`namespace tests are ignored: ${reason}`);
const ignore = reason !== undefined;

Deno.test("ownerOf() finds the process id in a namespace's name and in no other name", () => {
  assert.equal(ownerOf("rtpe-core-a-123-4"), 123);
  assert.equal(ownerOf("rtpe-core"), undefined);
  assert.equal(ownerOf("other-core-123-4"), undefined);
});

Deno.test({
  name: "Netns.create() makes a namespace with loopback up, and disposal removes it",
  ignore,
  async fn() {
    let name = "";
    {
      await using ns = await Netns.create("unit");
      name = ns.name;
      const links = await must(ns.argv(["ip", "-o", "link", "show", "up"]));
      assert.match(links, /^1: lo:/);
    }
    assert.ok(!(await must(["ip", "netns", "list"])).split(/\s/).includes(name));
  },
});

Deno.test({
  name: "Netns.create() removes the namespace of a run that was killed",
  ignore,
  async fn() {
    const child = await new Deno.Command("true").spawn();
    await child.status;
    const stale = `rtpe-unit-${child.pid}-1`;
    await must(["ip", "netns", "add", stale]);
    const code = `import { Netns } from "${new URL("netns.ts", import.meta.url)}";
      await using _ = await Netns.create("unit");`;
    await must([Deno.execPath(), "eval", code]);
    assert.ok(!(await must(["ip", "netns", "list"])).split(/\s/).includes(stale));
  },
});

Deno.test({
  name: "connect() lets two namespaces exchange datagrams, which agents send and take",
  ignore,
  async fn() {
    await using left = await Netns.create("left");
    await using right = await Netns.create("right");
    await connect(
      { ns: left, link: "l", addresses: ["10.76.0.1/24", "fd00:76::1/64"] },
      { ns: right, link: "r", addresses: ["10.76.0.2/24", "fd00:76::2/64"] },
    );
    await using a = await Agent.start(left);
    await using b = await Agent.start(right);
    for (const [from, to] of [["10.76.0.1", "10.76.0.2"], ["fd00:76::1", "fd00:76::2"]] as const) {
      const sender = await a.bind(from);
      const receiver = await b.bind(to);
      const busy = await b.call("free", { host: to, ports: [receiver.at.port] });
      assert.deepEqual(busy, { busy: [receiver.at.port] });
      await sender.send(receiver.at, "bytes \x00\xff");
      const got = await until("the datagram arrives", async () => {
        const datagrams = await receiver.take();
        return datagrams.length === 0 ? undefined : datagrams;
      }, 3000);
      assert.deepEqual(got, [{ from: sender.at, data: "bytes \x00\xff" }]);
      await sender.close();
      await receiver.close();
    }
  },
});

Deno.test({
  name: "Netns.ephemeralPorts() confines the ports sockets get",
  ignore,
  async fn() {
    await using ns = await Netns.create("unit");
    await ns.ephemeralPorts(10_000, 10_001);
    await using agent = await Agent.start(ns);
    const socket = await agent.bind("127.0.0.1");
    assert.ok([10_000, 10_001].includes(socket.at.port), `port ${socket.at.port}`);
  },
});

Deno.test({
  name: "Agent.call() passes on the agent's own error",
  ignore,
  async fn() {
    await using ns = await Netns.create("unit");
    await using agent = await Agent.start(ns);
    await assert.rejects(agent.bind("203.0.113.99"), /assign requested address/i);
    await assert.rejects(
      agent.ng({ host: "127.0.0.1", port: 9 }, { command: "ping" }, "bencode", 200),
      /No answer|refused/i,
    );
    assert.ok((await run(["ip", "netns", "pids", ns.name])).stdout.trim() !== "");
  },
});
