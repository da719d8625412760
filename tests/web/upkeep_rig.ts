/**
 * Upkeep for the rig: a configuration file in memory, captures of packets that tests invent, a certificate
 * in a directory of its own.
 *
 * @module
 */

import { type Access, actorOf } from "../../src/access/mod.ts";
import { Captures } from "../../src/capture/mod.ts";
import type { CallService } from "../../src/call/mod.ts";
import {
  ALLOW_OPTIONS,
  LISTENER_OPTIONS,
  type ListenerKind,
  loadConfig,
  OPTION_NAMES,
  optionNamed,
  systemHost,
} from "../../src/config/mod.ts";
import type { FakeClock } from "../../src/core/clock.ts";
import { LogRing } from "../../src/log/mod.ts";
import type { CapturedPacket, PacketCopies, Slot } from "../../src/relay/mod.ts";
import { generatedIdentity, uploadedIdentity } from "../../src/tls/mod.ts";
import {
  BackupKeeper,
  ConfigurationFile,
  ConfigurationHistory,
  HttpsCertificate,
  type OptionTexts,
  type Presented,
  type Reading,
} from "../../src/upkeep/mod.ts";
import { portsOf } from "../../src/upkeep.ts";
import type { UpkeepServices } from "../../src/web/mod.ts";

/** Path of the file that is only in memory. */
export const CONFIG_PATH = "/memory/rtpedge.conf";
const FIRST = "[rtpengine]\ninterface = 127.0.0.1\nlisten-ng = 127.0.0.1:2223\ntimeout = 60\n" +
  "janus-secret = hunter22\n";

/** Copies that tests put in. */
export class FakeCopies implements PacketCopies {
  readonly on = new Set<Slot>();
  readonly lost = 0;
  readonly queue: CapturedPacket[] = [];

  set(slot: Slot, on: boolean): boolean {
    if (on) this.on.add(slot);
    else this.on.delete(slot);
    return true;
  }

  take(): CapturedPacket[] {
    return this.queue.splice(0);
  }
}

/** Upkeep with what tests look at. */
export interface UpkeepRig {
  readonly services: UpkeepServices;
  readonly copies: FakeCopies;
  /** Files in memory. */
  readonly files: Map<string, string>;
  /** Directory of the certificate. */
  readonly directory: string;
}

/** Opens it; everything goes with the stack. */
export async function openUpkeepRig(
  stack: AsyncDisposableStack,
  access: Access,
  clock: FakeClock,
  calls: CallService,
): Promise<UpkeepRig> {
  const directory = await Deno.makeTempDir({ prefix: "rtpedge-rig-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const files = new Map([[CONFIG_PATH, FIRST]]);
  const first = await read(FIRST);
  if (first.options === undefined) throw new Error(first.errors.join("; "));
  let options = first.options;
  let presented = await look(directory, clock);
  const configuration = new ConfigurationFile({
    path: CONFIG_PATH,
    section: "rtpengine",
    read,
    inEffect: () => options,
    atStart: options,
    async reload() {
      const { errors, options: next } = await read(files.get(CONFIG_PATH)!);
      if (next === undefined) return errors.join("; ");
      options = next;
      return undefined;
    },
    history: stack.use(ConfigurationHistory.inMemory()),
    clock,
    files: {
      read: (path) => files.get(path),
      write: (path, text) => void files.set(path, text),
      readOnly: () => undefined,
    },
  });
  const certificates = new HttpsCertificate({
    directory,
    names: () => ["127.0.0.1"],
    presented: () => presented,
    present: async () => void (presented = await look(directory, clock)),
    clientIssuers: () => undefined,
    clientsMust: () => false,
    clock,
  });
  const keeper = new BackupKeeper({
    product: "0.0.0",
    host: "rig",
    clock,
    configuration,
    certificates,
    access,
    actor: ({ subject }) => actorOf(subject),
  });
  const copies = new FakeCopies();
  const captures = new Captures({
    copies,
    clock,
    application: "rig",
    portsOf: (callId) => portsOf(calls, callId),
  });
  const services: UpkeepServices = {
    logs: new LogRing(),
    certificates,
    configuration,
    captures,
    backups: {
      make: (passphrase) => keeper.make(passphrase),
      inspect: (text, passphrase) => keeper.inspect(text, passphrase),
      restore: (text, passphrase, parts, by) => keeper.restore(text, passphrase, parts, by),
      support: () => Promise.resolve({ name: "support.tar.gz", body: new Uint8Array([31, 139]) }),
    },
    allowLists: () => allowLists(options),
    system: () => ({
      version: "0.0.0",
      runtime: "deno",
      hostname: "rig",
      system: "Linux",
      kernel: "6",
      architecture: "x86_64",
      processors: 1,
      hostUptimeSeconds: 1,
      started: 0,
      pid: 1,
      dataDirectory: directory,
      configurationFile: CONFIG_PATH,
    }),
  };
  return { services, copies, files, directory };
}

async function read(text: string): Promise<Reading> {
  const result = await loadConfig([`--config-file=${CONFIG_PATH}`], {
    env: {},
    host: { ...systemHost, readFile: () => text },
  });
  if (result.outcome === "errors") return { ...result, options: undefined };
  if (result.outcome !== "run") throw new Error(result.outcome);
  const { config, warnings } = result.loaded;
  const options = OPTION_NAMES.map((name) =>
    [name, optionNamed(name).write(config[name])] as const
  );
  return { errors: [], warnings, options: new Map(options) };
}

async function look(directory: string, clock: FakeClock): Promise<Presented> {
  const uploaded = uploadedIdentity(directory);
  if (uploaded !== undefined) {
    return { origin: "uploaded", path: uploaded.path, identity: uploaded };
  }
  const made = await generatedIdentity(directory, ["127.0.0.1"], clock.wall());
  return { origin: "generated", path: made.path, identity: made };
}

function allowLists(options: OptionTexts) {
  const entries = (name: string) =>
    (options.get(name) ?? "").split(";").filter((one) => one !== "");
  return Object.entries(LISTENER_OPTIONS).map(([kind, listener]) => {
    const option = ALLOW_OPTIONS[kind as ListenerKind];
    const own = entries(option);
    return {
      listener,
      option,
      addresses: [],
      own,
      effective: own.length > 0 ? own : entries("control-allow"),
      credential: false,
    };
  });
}
