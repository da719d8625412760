/**
 * The command lines that are asked on both sides, in order; each side keeps what the ones before did.
 *
 * @module
 */

import { CLI_DIFFERENCES } from "../../src/cli/differences.ts";

/** Words that take a number and read it alike. */
const NUMBERS = ["timeout", "silenttimeout", "offertimeout", "finaltimeout", "maxbw"];

/** Every line that is compared. */
export const LINES: readonly string[] = [
  ...[
    "help",
    "help x",
    "usage",
    "usage x",
    "foo",
    "LIST numsessions",
    "list   numsessions",
    " list",
  ],
  ...["list", "list foo", "list help", "list help help", "set", "set help", "params", "media help"],
  ...["list numsessions", "list numsessions extra", "get numsessions"],
  ...["list sessions", "list sessions all", "list sessions own", "list sessions foreign"],
  ...["list sessions recording", "list sessions nope", "list sessions all x"],
  ...["list sessions call-1", "list sessions call-2"],
  ...["call", "call nope", "call nope info", "call help", "call call-1", "call call-1 help"],
  ...["call call-1 info", "call call-1 foo", "call call-1 tag", "call call-1 tag nope"],
  ...["call call-1 tag nope info", "call call-1 tag ft1", "call call-1 tag ft1 info"],
  ...["call call-1 tag tt1 info", "call call-1 tag ft1 help", "call call-1 tag ft1 delay"],
  ...["call call-1 tag ft1 foo", "call call-1 debug on", "call call-1 debug off"],
  ...["call call-1 debug", "call call-1 debug x"],
  ...["debug", "debug nope", "debug call-1", "debug call-1 on", "debug call-1 off"],
  ...["debug call-1 x", "debug call-1 x y"],
  ...["list interfaces", "list counters", "list totals", "list transcoders"],
  ...["standby", "list sessions all", "list sessions own", "list sessions foreign"],
  ...["list numsessions", "active", "active x"],
  ...["list maxsessions", "list maxcpu", "list maxload", "list maxbw", "list timeout"],
  ...["list silenttimeout", "list offertimeout", "list finaltimeout", "list loglevels"],
  ...["list loglevels x", "list loglevel", "list loglevel core", "list loglevel nope"],
  ...["list controltos", "list deletedelay", "list redisallowederrors", "list redisdisabletime"],
  ...["list redisconnecttimeout", "list rediscmdtimeout"],
  ...["params start", "params current", "params diff", "params foo"],
  ...["set foo", "set maxsessions", "set maxsessions 5", "set maxsessions x", "set maxsessions -2"],
  ...["set maxsessions 5x", "set maxsessions +6", "list maxsessions", "set maxsessions -1"],
  ...["set maxsessions 99999999999999999999", "set maxsessions help"],
  ...NUMBERS.flatMap((name) => [
    ...[`set ${name}`, `set ${name} 61`, `list ${name}`, `set ${name} x`, `set ${name} 12abc`],
    ...[`set ${name} 010`, `set ${name} 99999999999999999999`, `list ${name}`],
  ]),
  ...["set timeout -1", "set timeout 0", "set timeout 5 6", "set timeout 33"],
  ...["set maxcpu", "set maxcpu 0.5", "set maxcpu 1.26", "set maxcpu 1e2", "set maxcpu x"],
  ...["set maxcpu 99.5", "list maxcpu", "set maxload 3", "set maxload 1.236", "set maxload x"],
  ...["list maxload", "set maxopenfiles", "set maxopenfiles 5", "set maxopenfiles x"],
  ...["set maxopenfiles 65536000"],
  ...["set loglevel", "set loglevel x", "set loglevel -5", "set loglevel 7", "list loglevel"],
  ...["set loglevel 3 x", "set loglevel core 5", "list loglevel", "set loglevel ice 2"],
  ...["list loglevel ice", "set loglevel 9", "set loglevel 6"],
  ...["set controltos", "set controltos 256", "set controltos -1"],
  ...["set deletedelay", "set deletedelay 5", "list deletedelay", "set deletedelay x"],
  ...["set deletedelay -1", "set deletedelay 12abc", "set deletedelay 0"],
  ...["set redisallowederrors 1", "set redisdisabletime 5", "set redisdisabletime -1"],
  ...["set redisdisable 1", "set redisdisable x", "set redisconnecttimeout 5"],
  ...["set redisconnecttimeout 0", "set rediscmdtimeout 0", "set rediscmdtimeout 5"],
  ...["list redisallowederrors", "list redisconnecttimeout", "list rediscmdtimeout"],
  ...["params revert", "params diff", "list loglevel", "list timeout", "list maxsessions"],
  ...["ping", "ksadd", "ksadd 5", "ksrm 5", "kslist"],
  ...["media", "media foo", "media list", "media list x", "media list files", "media list dbs"],
  ...["media list caches", "media list players", "media add", "media add file"],
  ...["media add file /x", "media add db", "media add db 5", "media add db x", "media add cache 5"],
  ...["media add cache x", "media reload", "media reload file", "media reload files"],
  ...["media reload db 5", "media reload dbs", "media reload cache 5", "media reload caches"],
  ...["media evict", "media evict file", "media evict file /x", "media evict files"],
  ...["media evict db 5 6", "media evict db x", "media evict dbs", "media evict cache x 7"],
  ...["media evict caches", "media evict players"],
  ...CLI_DIFFERENCES.slice(0, -1).map(({ line }) => line),
  ...["terminate", "terminate nope", "terminate help", "terminate all x", "terminate foreign"],
  ...["call call-1 terminate", "list sessions all", "terminate call-2", "list sessions all"],
  ...["terminate own", "terminate all"],
  ...CLI_DIFFERENCES.slice(-1).map(({ line }) => line),
];
