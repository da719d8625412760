import assert from "node:assert/strict";
import { generateKey, selfSign } from "../../src/tls/self_signed.ts";
import { OPERATIONS } from "../../src/web/mod.ts";
import { type Answer, type Ask, USERS, WebRig } from "./rig.ts";
import { CONFIG_PATH } from "./upkeep_rig.ts";

const HOST = { family: 4, address: "198.51.100.9", port: 4000 } as const;

/** The answer is what the operation says it is. */
function checked(id: string, answer: Answer): Answer["json"] {
  const operation = OPERATIONS.find((one) => one.id === id);
  assert.ok(operation, id);
  const expected = operation.status ?? (operation.response === undefined ? 204 : 200);
  assert.equal(answer.status, expected, JSON.stringify(answer.json));
  return operation.response?.parse(answer.json, id);
}

function code(answer: Answer, status: number): string {
  assert.equal(answer.status, status, JSON.stringify(answer.json));
  return answer.json.error.code;
}

async function open() {
  const rig = await WebRig.open();
  const admin = await rig.signIn(USERS.admin);
  const ask = (method: string, path: string, body?: unknown, more: Ask = {}) => {
    rig.clock.advance(100);
    return rig.ask(path, { method, ...admin, ...(body === undefined ? {} : { body }), ...more });
  };
  return { rig, ask, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

Deno.test("the log is read, filtered, followed by number and downloaded; a line is one line", async () => {
  await using opened = await open();
  const { rig, ask } = opened;
  const { logs } = rig.upkeep.services;
  const add = (message: string, level: 3 | 6, callId?: string) =>
    logs.add({ time: 1000, level, subsystem: "core", callId, message, fields: { token: "s" } });
  add("one", 6);
  add("two\nINFO forged", 3, "call-1");
  const all = checked("readLog", await ask("GET", "/logs"));
  assert.equal(all.last, 2);
  assert.deepEqual(all.entries[1].fields, { token: "***" });
  const bad = checked("readLog", await ask("GET", "/logs?level=error"));
  assert.equal(bad.entries.length, 1);
  assert.equal(
    checked("readLog", await ask("GET", "/logs?after=1&callId=call-1")).entries.length,
    1,
  );
  const file = await ask("GET", "/logs/file");
  assert.match(file.headers.get("content-disposition") ?? "", /^attachment; filename="rtpedge-log/);
  const lines = new TextDecoder().decode(file.bytes).trimEnd().split("\n");
  assert.equal(lines.length, 2);
  assert.match(lines[1] ?? "", /ERROR core: \[call-1\] two\\nINFO forged token="\*\*\*"$/);
  assert.equal(code(await ask("GET", "/logs?level=bad"), 422), "bad_input");
});

Deno.test("the live tail sends what matches, and ends when its token is revoked", async () => {
  await using opened = await open();
  const { rig } = opened;
  const { logs } = rig.upkeep.services;
  const made = rig.access.tokens.create({ name: "tail", scopes: ["read"] }, {
    subject: { kind: "console" },
    address: "",
  });
  const response = await rig.fetch("/api/v1/logs/stream?text=wanted", {
    headers: { Authorization: `Bearer ${made.text}` },
  });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const entry = { time: 1, level: 6, subsystem: "core", callId: undefined, fields: {} } as const;
  logs.add({ ...entry, message: "noise" });
  logs.add({ ...entry, message: "wanted" });
  let text = "";
  while (!text.includes("event: entries")) text += (await reader.read()).value ?? "";
  assert.match(text, /"message":"wanted"/);
  assert.doesNotMatch(text, /noise/);
  rig.access.tokens.revoke(made.token.id, { subject: { kind: "console" }, address: "" });
  while (!(await reader.read()).done);
});

Deno.test("the configuration is proposed, applied and taken back; the audit log has both sides", async () => {
  await using opened = await open();
  const { rig, ask } = opened;
  const file = checked("getConfigurationFile", await ask("GET", "/configuration/file"));
  const changes = [{ name: "timeout", value: "90" }, { name: "janus-secret", value: "other22" }];
  const proposal = checked(
    "proposeConfiguration",
    await ask("POST", "/configuration/proposal", { changes }),
  );
  assert.deepEqual(proposal.errors, []);
  assert.deepEqual(proposal.changes, [
    { name: "timeout", before: "60", after: "90", live: true },
    { name: "janus-secret", before: "***", after: "***", live: false },
  ]);
  const { text } = proposal;
  const { version } = file;
  const applied = checked(
    "applyConfiguration",
    await ask("PUT", "/configuration/file", { text, version, comment: "why" }),
  );
  assert.match(rig.upkeep.files.get(CONFIG_PATH) ?? "", /timeout = 90/);
  assert.equal(code(await ask("PUT", "/configuration/file", { text, version }), 409), "conflict");
  const history = checked("listRevisions", await ask("GET", "/configuration/history"));
  assert.deepEqual(history.map(({ current }: { current: boolean }) => current), [true, false]);
  const first = history[1].number;
  const old = checked("getRevision", await ask("GET", `/configuration/history/${first}`));
  assert.match(old.text, /timeout = 60/);
  checked("revertConfiguration", await ask("POST", `/configuration/history/${first}/revert`));
  assert.match(rig.upkeep.files.get(CONFIG_PATH) ?? "", /timeout = 60/);
  assert.equal(code(await ask("GET", "/configuration/history/99"), 404), "not_found");
  const [revert, apply] = rig.access.audit.read({ limit: 2, kind: "change" });
  assert.equal(revert?.action, "configuration.revert");
  assert.equal(apply?.action, "configuration.apply");
  assert.equal(apply?.before, '{"timeout":"60","janus-secret":"***"}');
  assert.match(apply?.after ?? "", new RegExp(`"timeout":"90".*"revision":${applied.revision}`));
});

Deno.test("a configuration that is wrong or hostile is refused and changes nothing", async () => {
  await using opened = await open();
  const { rig, ask } = opened;
  const before = rig.upkeep.files.get(CONFIG_PATH);
  const { version } = (await ask("GET", "/configuration/file")).json;
  const put = (text: string) => ask("PUT", "/configuration/file", { text, version });
  assert.equal(code(await put("[rtpengine]\ntimeout = soon\n"), 422), "bad_input");
  assert.equal(code(await put("[other]\n"), 422), "bad_input");
  assert.equal(code(await put("x".repeat(262_145)), 422), "bad_input");
  const smuggle = [{ name: "timeout", value: "1\nlisten-http = 0.0.0.0:80" }];
  const proposal = await ask("POST", "/configuration/proposal", { changes: smuggle });
  assert.equal(code(proposal, 422), "bad_input");
  assert.equal(rig.upkeep.files.get(CONFIG_PATH), before);
});

Deno.test("an allow-list takes effect, and nobody locks themselves out", async () => {
  await using opened = await open();
  const { rig, ask } = opened;
  const put = (option: string, entries: string[]) =>
    ask("PUT", `/allow-lists/${option}`, { entries });
  checked("changeAllowList", await put("control-allow-ng", ["192.0.2.0/24", "2001:db8::/32"]));
  const lists = checked("listAllowLists", await ask("GET", "/allow-lists"));
  const ng = lists.find(({ listener }: { listener: string }) => listener === "listen-ng");
  assert.deepEqual(ng.own, ["192.0.2.0/24", "2001:db8::/32"]);
  for (const option of ["control-allow-https", "control-allow"]) {
    const refused = await put(option, ["192.0.2.1"]);
    assert.equal(code(refused, 409), "conflict");
    assert.match(
      refused.json.error.message,
      /127\.0\.0\.1, where you are now, would not be allowed/,
    );
  }
  checked("changeAllowList", await put("control-allow", ["127.0.0.1"]));
  assert.equal(code(await put("control-allow-ng", ["no address"]), 422), "bad_input");
  assert.equal(code(await put("listen-ng", ["192.0.2.1"]), 422), "bad_input");
  checked("changeAllowList", await put("control-allow-ng", []));
  assert.doesNotMatch(rig.upkeep.files.get(CONFIG_PATH) ?? "", /control-allow-ng/);
});

Deno.test("a certificate is uploaded, shown and removed; keys are in no answer and no audit entry", async () => {
  await using opened = await open();
  const { rig, ask } = opened;
  const first = checked("getCertificate", await ask("GET", "/certificate"));
  assert.equal(first.origin, "generated");
  const key = await generateKey();
  const certificate = await selfSign(key, ["relay.example.com"], rig.clock.wall());
  const other = await generateKey();
  const mixed = await ask("PUT", "/certificate", { certificate, key: other });
  assert.equal(code(mixed, 422), "bad_certificate");
  assert.match(mixed.json.error.message, /does not belong to the certificate/);
  const past = await selfSign(key, [], rig.clock.wall() - 900 * 86_400_000);
  assert.match(
    (await ask("PUT", "/certificate", { certificate: past, key })).json.error.message,
    /the certificate ended on/,
  );
  const up = checked("uploadCertificate", await ask("PUT", "/certificate", { certificate, key }));
  assert.match(up.warnings.join(), /self-signed/);
  assert.equal(up.certificate.origin, "uploaded");
  assert.equal(code(await ask("POST", "/certificate/renew"), 409), "conflict");
  checked("removeCertificate", await ask("DELETE", "/certificate"));
  const renewed = checked("renewCertificate", await ask("POST", "/certificate/renew"));
  assert.notEqual(renewed.chain[0].fingerprint, first.chain[0].fingerprint);
  const seen = JSON.stringify([rig.access.audit.read({ limit: 20 }), rig.logs, up, renewed]);
  assert.doesNotMatch(seen, /PRIVATE KEY/);
  assert.match(seen, /certificate\.upload/);
});

Deno.test("a backup without secrets has none; a sealed one restores users, tokens, configuration, certificate", async () => {
  await using opened = await open();
  const { rig, ask } = opened;
  const key = await generateKey();
  const certificate = await selfSign(key, ["a.example"], rig.clock.wall());
  await ask("PUT", "/certificate", { certificate, key });
  const token = rig.token("ng");
  const plain = await ask("POST", "/backup", {});
  const text = new TextDecoder().decode(plain.bytes);
  for (const secret of ["hunter22", "scrypt", "PRIVATE KEY", token.slice(-43), USERS.operator]) {
    assert.ok(!text.includes(secret), secret);
  }
  const passphrase = "twelve or more letters";
  const sealed = await ask("POST", "/backup", { passphrase });
  assert.match(sealed.headers.get("content-disposition") ?? "", /-with-secrets\.json"$/);
  const backup = new TextDecoder().decode(sealed.bytes);
  assert.ok(!backup.includes("hunter22"));
  // everything is changed, then restored
  await ask("DELETE", "/certificate");
  await ask("DELETE", `/users/${USERS.operator}`);
  const { version } = (await ask("GET", "/configuration/file")).json;
  await ask("PUT", "/configuration/file", {
    text: "[rtpengine]\ninterface = 127.0.0.1\nlisten-ng = 127.0.0.1:2223\ntimeout = 90\n",
    version,
  });
  const report = checked(
    "inspectBackup",
    await ask("POST", "/restore/inspection", { backup, passphrase }),
  );
  assert.deepEqual(
    report.configuration.changes.map(({ name }: { name: string }) => name).sort(),
    ["janus-secret", "timeout"],
  );
  assert.equal(report.certificate.usable, true);
  const parts = ["configuration", "access", "certificate"];
  checked("restoreBackup", await ask("POST", "/restore", { backup, passphrase, parts }));
  assert.match(rig.upkeep.files.get(CONFIG_PATH) ?? "", /timeout = 60\njanus-secret = hunter22/);
  assert.equal((await ask("GET", "/certificate")).json.origin, "uploaded");
  await rig.signIn(USERS.operator);
  assert.equal(rig.access.tokens.identify(token)?.kind, "token");
  const [entry] = rig.access.audit.read({ limit: 50, kind: "change" })
    .filter(({ action }) => action === "backup.restore");
  assert.equal(entry?.target, "configuration, access, certificate");
});

Deno.test("a restore with a mistake anywhere changes nothing", async () => {
  await using opened = await open();
  const { rig, ask } = opened;
  const passphrase = "twelve or more letters";
  const backup = new TextDecoder().decode((await ask("POST", "/backup", { passphrase })).bytes);
  const before = [rig.upkeep.files.get(CONFIG_PATH), rig.access.users.list()];
  const restore = (body: object) => ask("POST", "/restore", { parts: ["configuration"], ...body });
  assert.equal(code(await restore({ backup }), 422), "bad_input");
  assert.equal(code(await restore({ backup, passphrase: "wrong passphrase" }), 422), "bad_input");
  assert.equal(code(await restore({ backup: "{}" }), 422), "bad_input");
  assert.equal(
    code(await restore({ backup, passphrase, parts: ["certificate"] }), 422),
    "bad_input",
  );
  assert.equal(
    code(await restore({ backup, passphrase, parts: ["../../etc/passwd"] }), 422),
    "bad_input",
  );
  const plain = JSON.parse(new TextDecoder().decode((await ask("POST", "/backup", {})).bytes));
  for (
    const change of [
      { path: "../../../etc/cron.d/x" },
      { content: { "../../etc/passwd": "x" } },
      { content: { ...plain.content, access: { users: [], tokens: [] } } },
      { version: 99 },
    ]
  ) {
    const text = JSON.stringify({ ...plain, ...change });
    assert.equal(code(await restore({ backup: text }), 422), "bad_input", text);
  }
  assert.equal((await restore({ backup: "x".repeat(9 << 20) })).status, 413);
  assert.deepEqual([rig.upkeep.files.get(CONFIG_PATH), rig.access.users.list()], before);
});

Deno.test("a call is captured within limits; the file is read once, and all of it is in the audit log", async () => {
  await using opened = await open();
  const { rig } = opened;
  const id = rig.call("a/b c", { "from-tag": "t" });
  const operator = await rig.signIn(USERS.operator);
  const path = `/calls/${encodeURIComponent(id)}/capture`;
  const post = (where: string, body?: unknown) =>
    rig.ask(where, { method: "POST", ...operator, ...(body === undefined ? {} : { body }) });
  const state = checked("startCapture", await post(path, { packets: 2 }));
  assert.deepEqual(state.limits, { seconds: 60, bytes: 16 << 20, packets: 2 });
  const { copies, services } = rig.upkeep;
  const [slot] = [...copies.on];
  assert.notEqual(slot, undefined);
  const [stream] = [...rig.bench.service.registry.calls()]
    .flatMap(({ participants }) => participants)
    .flatMap(({ medias }) => medias).flatMap(({ streams }) => streams)
    .filter((one) => one.slot === slot);
  const { address, port } = stream!.local!;
  for (let i = 0; i < 5; i++) {
    copies.queue.push({
      slot: slot!,
      outgoing: false,
      time: rig.clock.wall(),
      source: HOST,
      destination: { family: 4, address: address.address, port },
      payload: new Uint8Array(172),
    });
  }
  services.captures.tick();
  const ended = checked("getCapture", await rig.ask(`/captures/${state.id}`, operator));
  assert.deepEqual([ended.packets, ended.because], [2, "packets"]);
  assert.equal(copies.on.size, 0);
  const file = await post(`/captures/${state.id}/file`);
  assert.equal(file.headers.get("content-type"), "application/x-pcapng");
  assert.match(file.headers.get("content-disposition") ?? "", /filename="call-a_b_c\.pcapng"$/);
  assert.deepEqual([...file.bytes.subarray(0, 4)], [0x0a, 0x0d, 0x0d, 0x0a]);
  assert.equal(code(await post(`/captures/${state.id}/file`), 404), "not_found");
  const actions = rig.access.audit.read({ limit: 2, kind: "change" }).map(({ actor, action }) => [
    actor,
    action,
  ]);
  assert.deepEqual(actions, [["user otto", "capture.read"], ["user otto", "capture.start"]]);
  assert.equal(code(await post("/calls/nobody/capture", {}), 404), "not_found");
  assert.equal(code(await post(path, { seconds: 601 }), 422), "bad_input");
  for (let i = 0; i < 8; i++) await post(path, {});
  assert.equal(code(await post(path, {}), 409), "limit");
});

Deno.test("a file has to come as its type, and a download needs the session's secret", async () => {
  await using opened = await open();
  const { rig, ask } = opened;
  assert.equal(
    (await ask("POST", "/backup", {}, { headers: { "Content-Type": "text/plain" } })).status,
    415,
  );
  assert.equal(code(await ask("POST", "/support-bundle", undefined, { csrf: "x" }), 403), "csrf");
  const viewer = await rig.signIn(USERS.viewer);
  assert.equal(
    code(await rig.ask("/backup", { method: "POST", ...viewer, body: {} }), 403),
    "forbidden",
  );
});
