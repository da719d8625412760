/**
 * The process around the product: pid file, signals, what it uses, its version. Knows nothing of calls,
 * packets or messages.
 *
 * @module
 */

export { CoreMeter, type CoreUse } from "./cores.ts";
export { CpuMeter } from "./cpu.ts";
export {
  type NotifyEnvironment,
  type NotifySender,
  notifySender,
  ServiceManager,
} from "./notify.ts";
export { PidFile, PidFileError } from "./pidfile.ts";
export { runtimeDirectories, usableDirectory } from "./runtime_dir.ts";
export { SetupCodeFile } from "./setup_code.ts";
export { type SignalHandlers, watchSignals } from "./signals.ts";
export { openFilesLimit, type ProcessUsage, processUsage } from "./usage.ts";
export { VERSION } from "./version.ts";
