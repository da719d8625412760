/**
 * The `media` commands. No media cache is configured, so lists are empty, bulk actions touch nothing and
 * single actions fail, with the words rtpengine uses in that case.
 *
 * @module
 */

import { parseUnsigned } from "./numbers.ts";
import { type Command, MORE_PARAMETERS } from "./tree.ts";

type MediaCommand = Command<unknown>;

function bulk(name: string, help: string, answer: string): MediaCommand {
  return { name, help, run: () => answer };
}

function file(help: string, verb: string, end: string): MediaCommand {
  return {
    name: "file",
    args: "<path>",
    help,
    run: (_, rest) => rest === "" ? MORE_PARAMETERS : `Failed to ${verb} '${rest}'${end}`,
  };
}

function byIndex(name: string, help: string, args: string, failed: (id: string) => string) {
  return {
    name,
    args,
    help,
    run(_: unknown, rest: string): string {
      if (rest === "") return MORE_PARAMETERS;
      const ids = args.endsWith("...") ? rest.split(" ") : [rest];
      return ids.map((id) =>
        parseUnsigned(id).failure === undefined ? failed(id) : `Invalid ID '${id}'\n`
      ).join("");
    },
  } satisfies MediaCommand;
}

function reload(id: string): string {
  return `Failed to reload '${id}'\n`;
}

function evict(id: string): string {
  return `Failed to evict ${id}\n`;
}

/** The commands below `media`. */
export const MEDIA_COMMANDS: readonly MediaCommand[] = [
  {
    name: "list",
    args: "<option>",
    children: [
      bulk("files", "list media files cached in memory", ""),
      bulk("dbs", "list media from database cached in memory", ""),
      bulk("caches", "list media from database cached on file system", ""),
      bulk("players", "list fully encoded media streams cached in memory", ""),
    ],
  },
  {
    name: "add",
    args: "<option>",
    children: [
      file("load a media file into memory cache", "reload", "\n"),
      byIndex("db", "load media from database into memory cache", "<index>", reload),
      byIndex(
        "cache",
        "load media from database and store in file system cache",
        "<index>",
        reload,
      ),
    ],
  },
  {
    name: "reload",
    args: "<option>",
    children: [
      file("reload one media file if it already exists in memory cache", "reload", "\n"),
      bulk("files", "reload all media files currently in memory", "0 media files reloaded\n"),
      byIndex(
        "db",
        "reload one media from database if it already exists in memory cache",
        "<index>",
        reload,
      ),
      bulk(
        "dbs",
        "reload all media entries from database currently in memory",
        "0 media entries reloaded\n",
      ),
      byIndex(
        "cache",
        "reload one media from database if it already exists in file system cache",
        "<index>",
        reload,
      ),
      bulk(
        "caches",
        "reload all database media entries currently in file cache",
        "0 media entries reloaded\n",
      ),
    ],
  },
  {
    name: "evict",
    args: "<option>",
    children: [
      file("remove one media file from memory cache", "evict", ""),
      bulk("files", "remove all media files from memory", "0 media files evicted\n"),
      byIndex("db", "remove one database media entry from memory cache", "<index> ...", evict),
      bulk(
        "dbs",
        "remove all database media entries from memory",
        "0 DB media entries evicted\n",
      ),
      byIndex(
        "cache",
        "remove one database media entry from file system cache",
        "<index> ...",
        evict,
      ),
      bulk(
        "caches",
        "remove all database media entries from file cache",
        "0 DB cache entries evicted\n",
      ),
      bulk(
        "players",
        "remove all full encoded media streams from memory cache",
        "0 DB cache entries evicted\n",
      ),
    ],
  },
];
