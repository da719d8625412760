import assert from "node:assert/strict";
import { deno, root, run } from "../../tools/proc.ts";

const OPTIONS = "--config-file=none --table=-1 --interface=127.0.0.1 --listen-ng=127.0.0.1:22230 " +
  "--foreground --log-stderr --pidfile=$T/rtpedge.pid";

/** Runs a shell script in an empty directory inside a namespace that has only loopback. */
async function offline(script: string): Promise<{ code: number; output: string }> {
  const dir = await Deno.makeTempDir({ prefix: "rtpedge-package-" });
  try {
    return await run(["unshare", "-n", "sh", "-c", `ip link set lo up\n${script}`], {
      cwd: dir,
      show: false,
      seconds: 60,
      env: {
        T: dir,
        HOME: dir,
        XDG_CACHE_HOME: `${dir}/cache`,
        XDG_STATE_HOME: `${dir}/state`,
        DENO_DIR: `${dir}/deno-empty`,
        DENO: deno,
        ROOT: root,
      },
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function treeState(): Promise<string> {
  return (await run(["git", "status", "--porcelain"], { cwd: root, show: false })).output;
}

Deno.test("bundle runs from any directory, with an empty cache, without a network, and leaves the tree alone", async () => {
  const out = await Deno.makeTempDir({ prefix: "rtpedge-dist-" });
  try {
    const built = await run([deno, "run", "-A", "tools/bundle.ts", "--out", out], {
      cwd: root,
      show: false,
      seconds: 180,
    });
    assert.equal(built.code, 0, built.output);
    const before = await treeState();
    const outcome = await offline(`
      ${out}/rtpedge ${OPTIONS} >$T/log 2>&1 &
      pid=$!
      $DENO run --unstable-net --allow-net --no-config $ROOT/tests/package/ping_client.ts 22230; answer=$?
      grep -q "^$pid$" $T/rtpedge.pid || { echo "pidfile does not hold $pid"; answer=2; }
      kill -TERM $pid
      wait $pid; echo "exit $?"
      [ -e $T/rtpedge.pid ] && { echo "pidfile left behind"; answer=3; }
      cat $T/log
      exit $answer`);
    assert.equal(outcome.code, 0, outcome.output);
    assert.match(outcome.output, /^k1 d6:result4:ponge$/m);
    assert.match(outcome.output, /^exit 0$/m);
    assert.equal(await treeState(), before);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("bundle launcher works through a symbolic link and prints its version", async () => {
  const out = await Deno.makeTempDir({ prefix: "rtpedge-dist-" });
  try {
    const built = await run([deno, "run", "-A", "tools/bundle.ts", "--out", out], {
      cwd: root,
      show: false,
      seconds: 180,
    });
    assert.equal(built.code, 0, built.output);
    const outcome = await offline(`ln -s ${out}/rtpedge $T/link; $T/link --version`);
    assert.equal(outcome.code, 0, outcome.output);
    const { version } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
    assert.match(outcome.output, new RegExp(`${version.replaceAll(".", "\\.")}`));
    // it is shipped with permissions of its own: /proc and /sys are among them
    const told = await offline(`${out}/rtpedge doctor --json; true`);
    for (const fact of ["receive-buffer", "backlog", "udp-drops", "capabilities", "memory"]) {
      assert.match(told.output, new RegExp(`"id": "${fact}"`), told.output);
    }
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});
