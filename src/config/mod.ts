/**
 * Configuration: one option table and its views. Owns option names, types, defaults, the precedence of
 * sources, interface syntax and validation. Does not know what the options do.
 *
 * {@link loadConfig} is the way in; {@link settingsFrom} gives what may change at run time.
 *
 * @module
 */

export type { Endpoint, Family } from "../core/endpoint.ts";
export type { Settings } from "../core/settings.ts";
export type { LocalAddress } from "../relay/types.ts";
export { type BannerFacts, bannerText, exposureWarnings } from "./banner.ts";
export { embeddedDefaults, stateDirectory } from "./defaults.ts";
export { EditError, editSection } from "./edit.ts";
export { helpText } from "./help.ts";
export { type Host, type HostAddress, systemHost } from "./host.ts";
export { type Ini, type IniEntry, type IniProblem, type IniSection, parseIni } from "./ini.ts";
export type { InterfaceSet } from "./interfaces.ts";
export {
  ALLOW_OPTIONS,
  allowListOf,
  type AllowOption,
  exposedListeners,
  isLoopback,
  LISTENER_OPTIONS,
  type ListenerKind,
  type Listeners,
  openListeners,
} from "./listeners.ts";
export { takesEffectAtReload } from "./live.ts";
export { loadConfig, type LoadedConfig, type LoadOptions, type LoadResult } from "./load.ts";
export {
  type Option,
  OptionSet,
  type OptionTable,
  type Radix,
  type Status,
  type Surface,
  type ValuesOf,
} from "./option.ts";
export {
  type Config,
  type Group,
  GROUPS,
  isOptionName,
  OPTION_NAMES,
  OPTION_SET,
  type OptionName,
  optionNamed,
} from "./options.ts";
export { settingsFrom, subsystemLevels } from "./settings.ts";
export { type Subsystem, SUBSYSTEMS } from "../log/level.ts";
export { formatSource, type Given, type Source } from "./source.ts";
export type { Environment } from "./sources.ts";
export { type Cidr, formatCidr, type ListenSpec, parseCidr } from "./types.ts";
export type { Templates } from "./templates.ts";
