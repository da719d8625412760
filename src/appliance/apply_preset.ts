/**
 * Writes what a preset asks for to where the appliance keeps it.
 *
 * @module
 */

import { Access, AccessDatabase } from "../access/mod.ts";
import { editSection, type LoadResult } from "../config/mod.ts";
import type { Clock } from "../core/clock.ts";
import { databaseFile } from "../store/mod.ts";
import { networkText, NTP_FILE, ntpText } from "./network.ts";
import type { Preset } from "./preset.ts";

/** Where things are kept. */
export interface PresetPlaces {
  /** The daemon's configuration. */
  readonly config: string;
  /** Folder of systemd-networkd. */
  readonly network: string;
  /** The host name's file. */
  readonly hostname: string;
  /** The appliance's own folder. */
  readonly state: string;
}

/** What {@link applyPreset} asks of others. */
export interface PresetDeps {
  readonly clock: Clock;
  /** Reads a configuration as the daemon would. */
  readonly load: (path: string) => Promise<LoadResult>;
}

/**
 * Applies a preset whole or not at all, as far as the daemon's configuration goes.
 *
 * @returns what was done, a line each
 * @throws Error when the daemon would not start with it
 */
export async function applyPreset(
  preset: Preset,
  places: PresetPlaces,
  { clock, load }: PresetDeps,
): Promise<readonly string[]> {
  const done: string[] = [];
  let text = await Deno.readTextFile(places.config);
  for (const [section, options] of preset.options) text = editSection(text, section, options);
  const trial = `${places.config}.new`;
  await Deno.writeTextFile(trial, text, { mode: 0o640 });
  const result = await load(trial);
  if (result.outcome === "errors") {
    await Deno.remove(trial);
    throw new Error(result.errors.join("; "));
  }
  await Deno.rename(trial, places.config);
  if (preset.options.size > 0) done.push("options of the daemon");
  if (preset.network !== undefined) {
    await Deno.writeTextFile(`${places.network}/10-preset.network`, networkText(preset.network), {
      mode: 0o644,
    });
    const { addresses } = preset.network;
    done.push(`network: ${addresses.length === 0 ? "DHCP" : addresses.join(", ")}`);
  }
  if (preset.hostname !== undefined) {
    await Deno.writeTextFile(places.hostname, `${preset.hostname}\n`);
    done.push(`host name ${preset.hostname}`);
  }
  if (preset.ntp.length > 0) {
    await Deno.writeTextFile(`${places.state}/${NTP_FILE}`, ntpText(preset.ntp), { mode: 0o644 });
    done.push(`time from ${preset.ntp.join(", ")}`);
  }
  if (preset.sshKeys.length > 0) {
    await Deno.mkdir(`${places.state}/ssh`, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(
      `${places.state}/ssh/authorized_keys`,
      preset.sshKeys.join("\n") + "\n",
      { mode: 0o600 },
    );
    done.push(`${preset.sshKeys.length} SSH keys of root`);
  }
  if (preset.password !== undefined && result.outcome === "run") {
    const { config } = result.loaded;
    const path = databaseFile(config["access-db"], config["data-dir"]);
    if (path !== undefined) done.push(await firstAdministrator(path, preset.password, clock));
  }
  return done;
}

/** Makes `admin` in the database of a daemon that does not run yet, or gives it a new password. */
async function firstAdministrator(path: string, password: string, clock: Clock): Promise<string> {
  const { database } = AccessDatabase.open(path, String(clock.wall()));
  using _ = database;
  const access = new Access({ database, clock });
  const by = { subject: { kind: "anonymous" }, address: "boot partition" } as const;
  if (database.user("admin") === undefined) {
    await access.users.create({ name: "admin", role: "admin", password }, by);
    return "administrator admin";
  }
  await access.users.change("admin", { password }, by);
  return "password of admin";
}
