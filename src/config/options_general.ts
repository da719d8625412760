/**
 * Options of the daemon itself: files, process, threads, limits, times and logging.
 *
 * @module
 */

import { later } from "./option.ts";
import { choice, flag, float, integer, path, period, seconds, text } from "./types.ts";

/** The program, its files and its process. */
export const PROGRAM = {
  "help": flag({
    short: "h",
    surface: "command line",
    help: "Print this help and exit",
  }),
  "version": flag({
    short: "v",
    surface: "command line",
    help: "Print the version and exit",
  }),
  "print-config": flag({
    ours: true,
    surface: "command line",
    help:
      "Print the configuration that would be in effect, and where each value comes from, and exit",
  }),
  "config-file": path({
    metavar: "FILE",
    default: "/etc/rtpengine/rtpengine.conf",
    help: "Configuration file to read; `none` reads no file",
  }),
  "config-section": text({
    default: "rtpengine",
    help: "Section of the configuration file that holds the options",
  }),
  "pidfile": path({
    short: "p",
    metavar: "FILE",
    help: "Write the process id to this file",
  }),
  "foreground": flag({
    short: "f",
    help:
      "Stay attached to the terminal; rtpedge always does, and leaves the background to systemd",
  }),
  "data-dir": path({
    ours: true,
    metavar: "DIR",
    default: "/var/lib/rtpedge",
    help: "Directory for what must survive a restart: the generated certificate, the database",
  }),
  "journal": text({
    ours: true,
    metavar: "FILE",
    default: "none",
    help:
      "Database in which calls are kept, so that they go on when the program is started again; " +
      "a relative name is in data-dir; `none` keeps nothing",
  }),
};

/** Actions and tuning of the process that do nothing here yet. */
export const PROCESS_LATER = {
  ...later("codecs and transcoding", {
    "codecs": flag({
      status: "refused",
      surface: "command line",
      help: "Print the codecs that can be transcoded and exit",
    }),
    "codec-num-threads": integer({
      default: 0,
      help: "Threads for transcoding in the background",
    }),
  }),
  ...later("media playback", {
    "media-num-threads": integer({
      defaultText: "as num-threads",
      help: "Threads for media playback; 0 disables playback",
    }),
  }),
  ...later("tuning", {
    "thread-stack": integer({
      default: 2048,
      unit: "kB",
      help: "Stack size of threads; -1 leaves it to the system",
    }),
    "poller-per-thread": flag({ help: "One set of polled sockets for each thread" }),
    "poller-size": integer({ default: 128, help: "Most events taken in one poll" }),
    "max-recv-iters": integer({
      default: 50,
      help: "Most packets read from one socket before others get their turn",
    }),
    "timer-accuracy": integer({
      default: 500,
      unit: "µs",
      help: "Shortest sleep of a timer thread",
    }),
    "socket-cpu-affinity": integer({
      default: 0,
      help: "Spread media sockets over this many CPUs; -1 takes all",
    }),
    "scheduling": schedulingOption("Scheduling policy of threads"),
    "idle-scheduling": schedulingOption("Scheduling policy of threads without urgent work"),
    "priority": integer({ default: 0, help: "Scheduling priority of threads" }),
    "idle-priority": integer({
      default: 0,
      help: "Scheduling priority of threads without urgent work",
    }),
    "io-uring": flag({ help: "Use io_uring where the kernel has it" }),
    "io-uring-buffers": integer({ default: 16384, help: "Entries of io_uring for each thread" }),
    "software-id": text({
      defaultText: "rtpengine-VERSION",
      help: "Name of this software as other systems see it",
    }),
  }),
};

/** Threads and the way packets travel. */
export const RELAY = {
  "num-threads": integer({
    default: 0,
    min: 0,
    max: 1024,
    defaultText: "number of CPUs",
    help: "Threads that relay media; 0 takes one for each CPU",
  }),
  "relay-mode": choice(["auto", "steer", "sockets"], {
    ours: true,
    default: "auto",
    help:
      "How packets are received: `steer` has one socket for each thread and needs privileges, " +
      "`sockets` one for each port; `auto` takes the best that works",
  }),
  "relay-coalesce": integer({
    ours: true,
    default: 200,
    min: 0,
    max: 1000,
    unit: "µs",
    help:
      "Longest time packets wait for others while at least eight are due in it (40,000 packets/s and thread); " +
      "more saves processor time, also at lower rates, less saves delay; 0 = never",
  }),
};

/** When calls end. */
export const TIMERS = {
  "timeout": period({
    short: "o",
    default: 60,
    help: "A call ends when none of its streams received a packet for this long",
  }),
  "silent-timeout": period({
    short: "s",
    default: 3600,
    help: "The same for calls on hold, where no packets are expected",
  }),
  "final-timeout": period({
    short: "a",
    default: 0,
    help: "A call ends after this long, whatever happens; 0 = never",
  }),
  "offer-timeout": period({
    default: 3600,
    help: "An offer that is not answered is forgotten after this long",
  }),
  "delete-delay": seconds({
    short: "d",
    default: 30,
    help: "A deleted call keeps its ports for this long, for late packets and questions",
  }),
};

/** How many calls are taken. */
export const LIMITS = {
  "max-sessions": integer({
    default: -1,
    min: -1,
    help: "Most calls at a time; -1 = no limit, 0 = take no new call",
  }),
  "max-load": float({
    default: 0,
    min: 0,
    help: "Refuse new calls when the load average is above this; 0 = no limit",
  }),
  "max-cpu": float({
    default: 0,
    min: 0,
    max: 100,
    unit: "%",
    help: "Refuse new calls when the processors are busier than this; 0 = no limit",
  }),
  "max-bandwidth": integer({
    default: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    unit: "bytes/s",
    help: "Refuse new calls when media takes more than this; 0 = no limit",
  }),
};

const FACILITIES = [
  "daemon",
  "local0",
  "local1",
  "local2",
  "local3",
  "local4",
  "local5",
  "local6",
  "local7",
  "user",
  "auth",
  "authpriv",
  "cron",
  "lpr",
  "mail",
  "news",
  "uucp",
  "ftp",
  "syslog",
  "kern",
] as const;

/** What is logged and how it looks. */
export const LOGGING = {
  "log-level": integer({
    short: "L",
    default: 6,
    min: -1,
    help: "Log up to this level: 2 critical, 3 error, 4 warning, 5 notice, 6 info, 7 debug; " +
      "-1 = nothing",
  }),
  "log-level-core": subsystemLevel("everything that belongs to no other subsystem"),
  "log-level-control": subsystemLevel("control protocols, requests and their SDP"),
  "log-level-http": subsystemLevel("HTTP, HTTPS and WebSockets"),
  "log-level-rtcp": subsystemLevel("RTCP"),
  "log-level-ice": subsystemLevel("ICE"),
  "log-level-crypto": subsystemLevel("the negotiation of SRTP: SDES and DTLS"),
  "log-level-srtp": subsystemLevel("the encryption of SRTP"),
  "log-level-codec": subsystemLevel("the negotiation of codecs"),
  "log-level-transcoding": subsystemLevel("transcoding"),
  "log-level-dtx": subsystemLevel("discontinuous transmission"),
  "log-level-ffmpeg": subsystemLevel("the codec library"),
  "log-level-spandsp": subsystemLevel("the fax library"),
  "log-level-internals": integer({
    default: -1,
    min: -1,
    help: "Log level of noisy internals",
  }),
  "log-srtp-keys": flag({
    help: "Log the keys of SRTP streams: whoever reads the log can decrypt them",
  }),
  "log-stderr": flag({
    short: "E",
    help: "Log to standard error; rtpedge always does, and systemd takes it to the journal",
  }),
  "log-format": choice(["default", "parsable", "json"], {
    default: "default",
    help: "Form of log lines; `json` is one object for each line",
  }),
  "no-log-timestamps": flag({ help: "Leave the time out of lines on standard error" }),
  "log-facility-cdr": choice(FACILITIES, {
    help: "Log a record of each call that ends; any facility does, as there is but one log",
  }),
  "log-facility-rtcp": choice(FACILITIES, {
    help: "Log the RTCP that comes in; any facility does, as there is but one log",
  }),
};

/** Telling the SIP side that a call ended. */
export const B2B = {
  "b2b-url": text({
    short: "b",
    metavar: "URL",
    help: "XML-RPC service to tell about calls that timed out; %% is the address of its proxy",
  }),
  "xmlrpc-format": integer({
    short: "x",
    default: 0,
    min: 0,
    max: 2,
    help: "Form of that request: 0 SEMS, 1 call-id only, 2 Kamailio",
  }),
};

/** Logging that is not built yet. */
export const LOGGING_LATER = later("system log and export", {
  "log-facility": choice(FACILITIES, { default: "daemon", help: "Facility of the system log" }),
  "log-facility-dtmf": choice(FACILITIES, { help: "System log facility for DTMF events" }),
  "log-name": text({ default: "rtpengine", help: "Name of the program in the system log" }),
  "log-mark-prefix": text({ default: "", help: "Text before sensitive parts of a log line" }),
  "log-mark-suffix": text({ default: "", help: "Text behind sensitive parts of a log line" }),
  "split-logs": flag({ help: "Log a text of several lines as several entries" }),
  "max-log-line-length": integer({
    default: 0,
    min: 0,
    unit: "bytes",
    help: "Break log lines that are longer than this; 0 = as the destination needs",
  }),
  "debug-srtp": flag({ help: "Log each step of SRTP encryption" }),
});

function subsystemLevel(what: string) {
  return integer({ min: -1, defaultText: "as log-level", help: `Log level of ${what}` });
}

function schedulingOption(help: string) {
  return choice(["default", "none", "fifo", "rr", "other", "batch", "idle"], {
    default: "default",
    help,
  });
}
