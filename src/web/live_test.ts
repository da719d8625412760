import assert from "node:assert/strict";
import { LiveHub, MAX_WATCHERS } from "./live.ts";

async function read(stream: ReadableStream<Uint8Array>, count: number): Promise<string[]> {
  const reader = stream.getReader();
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    const { value, done } = await reader.read();
    texts.push(done ? "end" : new TextDecoder().decode(value));
  }
  reader.releaseLock();
  return texts;
}

Deno.test("LiveHub sends one text to all, and the last one to those who come later", async () => {
  const hub = new LiveHub();
  const first = hub.watch(() => true)!;
  hub.publish({ calls: 1 });
  const second = hub.watch(() => true)!;
  assert.deepEqual(await read(first, 1), ['data: {"calls":1}\n\n']);
  assert.deepEqual(await read(second, 1), ['data: {"calls":1}\n\n']);
  assert.equal(hub.size, 2);
  await first.cancel();
  assert.equal(hub.size, 1);
  hub.close();
  assert.deepEqual(await read(second, 1), ["end"]);
  assert.equal(hub.size, 0);
});

Deno.test("LiveHub is bounded", () => {
  const hub = new LiveHub();
  for (let i = 0; i < MAX_WATCHERS; i++) assert.ok(hub.watch(() => true));
  assert.equal(hub.watch(() => true), undefined);
});

Deno.test("LiveHub keeps nothing for those who do not read, and lets them go in the end", async () => {
  const hub = new LiveHub();
  const stream = hub.watch(() => true)!;
  for (let i = 0; i < 40; i++) hub.publish(i);
  assert.equal(hub.size, 0);
  assert.deepEqual(await read(stream, 2), ["data: 0\n\n", "end"]);
});

Deno.test("LiveHub ends the streams of those who may not watch any more", async () => {
  const hub = new LiveHub();
  let may = true;
  const stream = hub.watch(() => may)!;
  for (let i = 0; i < 9; i++) {
    hub.publish(i);
    await read(stream, 1);
  }
  may = false;
  hub.publish("secret");
  assert.equal(hub.size, 0);
  assert.deepEqual(await read(stream, 1), ["end"]);
});
