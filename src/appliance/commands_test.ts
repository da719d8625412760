import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import { runAppliance } from "./commands.ts";

function world(status = 0) {
  const requests: string[] = [];
  const out: string[] = [];
  const errors: string[] = [];
  return {
    requests,
    out,
    errors,
    deps: {
      env: {},
      clock: new FakeClock(),
      sleep: () => Promise.resolve(),
      stdout: (text: string) => void out.push(text),
      stderr: (text: string) => void errors.push(text),
      request: (request: string, line: (text: string) => void) => {
        requests.push(request);
        line("done");
        return Promise.resolve(status);
      },
    },
  };
}

Deno.test("runAppliance leaves the control tree's commands alone", async () => {
  const { deps } = world();
  for (const args of [["list", "totals"], [], ["--ip", "127.0.0.1", "list"], ["--help"]]) {
    assert.equal(await runAppliance(args, deps), undefined);
  }
});

Deno.test("runAppliance sends updates to the helper and passes its status on", async () => {
  const { deps, requests, out } = world(1);
  assert.equal(
    await runAppliance(["update", "install", "--allow-downgrade", "/tmp/x.raucb"], deps),
    1,
  );
  assert.equal(await runAppliance(["update", "install", "x.raucb"], deps), 1);
  assert.equal(await runAppliance(["update", "install", "https://192.0.2.1/x"], deps), 1);
  await runAppliance(["--config-file=/etc/x", "update", "rollback"], deps);
  assert.deepEqual(requests, [
    "install --allow-downgrade /tmp/x.raucb",
    `install ${Deno.cwd()}/x.raucb`,
    "install https://192.0.2.1/x",
    "rollback",
  ]);
  assert.deepEqual(out[0], "done\n");
});

Deno.test("runAppliance refuses requests that are not whole", async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [["update"], /none of status, install, rollback/],
    [["update", "install"], /one file or URL is needed/],
    [["update", "install", "a", "b"], /one file or URL is needed/],
    [["update", "install", "/a\nfactory-reset"], /has a blank in it/],
    [["factory-reset"], /add --yes/],
    [["preset"], /a file is needed/],
  ];
  for (const [args, sentence] of wrong) {
    const { deps, requests, errors } = world();
    assert.equal(await runAppliance(args, deps), 1);
    assert.match(errors.join(""), sentence);
    assert.deepEqual(requests, []);
  }
});
