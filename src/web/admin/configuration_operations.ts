/**
 * Operations about the configuration: what is in effect, the file, its history, allow-lists.
 *
 * @module
 */

import { actorOf } from "../../access/mod.ts";
import { AllowList } from "../../core/allow_list.ts";
import { type Applied, MAX_COMMENT, MAX_CONFIGURATION, UpkeepError } from "../../upkeep/mod.ts";
import { type Operation, operation, type RequestContext } from "./operation.ts";
import { CONFIGURATION } from "./reports.ts";
import { integer, list, object, optional, string } from "./schema.ts";
import {
  ALLOW_LIST,
  CONFIGURATION_APPLIED,
  CONFIGURATION_FILE,
  CONFIGURATION_PROPOSAL,
  REVISION,
  REVISION_TEXT,
} from "./upkeep_reports.ts";

const FILE = string({ max: MAX_CONFIGURATION, about: "the whole file" });
const VERSION = string({ min: 1, max: 64, about: "of the file that was edited" });
const COMMENT = optional(string({ max: MAX_COMMENT, about: "why" }));
const REVISION_PATH = object({ number: integer(1, Number.MAX_SAFE_INTEGER) });
const CHANGES = list(
  object({
    name: string({ min: 1, max: 64 }),
    value: optional(string({ max: 65_536, about: "as in a file; absent = removed from it" })),
  }),
  { max: 200, about: "options changed on top of the text" },
);
const ENTRY = string({ min: 1, max: 64, about: "an address or a network, as 192.0.2.0/24" });
/** A whole file as JSON, every character escaped. */
const MAX_BODY = 2 << 20;

/** The operations. */
export const CONFIGURATION_OPERATIONS: readonly Operation[] = [
  operation({
    id: "getConfiguration",
    method: "get",
    path: "/configuration",
    summary: "Every option in effect with its source; secrets are masked",
    needs: "admin",
    response: CONFIGURATION,
    run: ({ services }) => services.configuration(),
  }),
  operation({
    id: "getConfigurationFile",
    method: "get",
    path: "/configuration/file",
    summary: "The configuration file with everything in it, and what of it needs a restart",
    needs: "admin",
    response: CONFIGURATION_FILE,
    run: ({ services }) => services.upkeep.configuration.current(),
  }),
  operation({
    id: "proposeConfiguration",
    method: "post",
    path: "/configuration/proposal",
    summary: "What would come of a change: errors, options, lines; nothing is changed",
    needs: "admin",
    body: object({ text: optional(FILE), changes: optional(CHANGES) }),
    maxBody: MAX_BODY,
    response: CONFIGURATION_PROPOSAL,
    run: ({ services }, { body: { text, changes = [] } }) =>
      services.upkeep.configuration.propose(
        text,
        new Map(changes.map(({ name, value }) => [name, value])),
      ),
  }),
  operation({
    id: "applyConfiguration",
    method: "put",
    path: "/configuration/file",
    summary: "Write the file and put it into effect; what needs a restart is told",
    needs: "admin",
    body: object({ text: FILE, version: VERSION, comment: COMMENT }),
    maxBody: MAX_BODY,
    response: CONFIGURATION_APPLIED,
    run: (context, { body: { text, version, comment = "" } }) =>
      applying(
        context,
        "configuration.apply",
        "file",
        (actor) => context.services.upkeep.configuration.apply(text, version, actor, comment),
      ),
  }),
  operation({
    id: "listRevisions",
    method: "get",
    path: "/configuration/history",
    summary: "Former configurations, newest first",
    needs: "admin",
    response: list(REVISION),
    run({ services }) {
      const { configuration } = services.upkeep;
      const { text: now } = configuration.current();
      return configuration.history().map(({ text, number, at, actor, comment }) => ({
        number,
        at,
        actor,
        comment,
        current: text === now,
      }));
    },
  }),
  operation({
    id: "getRevision",
    method: "get",
    path: "/configuration/history/{number}",
    summary: "A former configuration",
    needs: "admin",
    params: REVISION_PATH,
    response: REVISION_TEXT,
    run({ services }, { params }) {
      const found = services.upkeep.configuration.revision(params.number);
      const { number, at, actor, comment, text } = found;
      return { number, at, actor, comment, text };
    },
  }),
  operation({
    id: "revertConfiguration",
    method: "post",
    path: "/configuration/history/{number}/revert",
    summary: "Write a former configuration and put it into effect",
    needs: "admin",
    params: REVISION_PATH,
    response: CONFIGURATION_APPLIED,
    run(context, { params: { number } }) {
      const { configuration } = context.services.upkeep;
      const { text } = configuration.revision(number);
      const { version } = configuration.current();
      return applying(
        context,
        "configuration.revert",
        `revision ${number}`,
        (actor) => configuration.apply(text, version, actor, `as revision ${number}`),
      );
    },
  }),
  operation({
    id: "listAllowLists",
    method: "get",
    path: "/allow-lists",
    summary: "Who may use which control listener",
    needs: "admin",
    response: list(ALLOW_LIST),
    run: ({ services }) => services.upkeep.allowLists(),
  }),
  operation({
    id: "changeAllowList",
    method: "put",
    path: "/allow-lists/{option}",
    summary: "Change an allow-list at once: control-allow, or that of one kind of listener",
    needs: "admin",
    params: object({ option: string({ max: 32, pattern: /^control-allow(-[a-z-]+)?$/ }) }),
    body: object({
      entries: optional(list(ENTRY, { max: 500, about: "absent or empty: there is no list" })),
    }),
    response: CONFIGURATION_APPLIED,
    run(context, { params: { option }, body: { entries = [] } }) {
      expectStillAllowed(context, option, entries);
      const value = entries.length === 0 ? undefined : entries.join(";");
      return applying(
        context,
        "allow-list.change",
        option,
        (actor) =>
          context.services.upkeep.configuration.set(new Map([[option, value]]), actor, option),
      );
    },
  }),
];

/** Whoever changes a list must be able to change it back. */
function expectStillAllowed(
  { services, by, listener }: RequestContext,
  option: string,
  entries: readonly string[],
): void {
  // the console on this host comes another way
  if (entries.length === 0 || by.address === "") return;
  const used = services.upkeep.allowLists().find((one) => one.listener === listener);
  if (used === undefined) return;
  const applies = used.option === option || (option === "control-allow" && used.own.length === 0);
  if (!applies) return;
  let list: AllowList;
  try {
    list = new AllowList(entries);
  } catch (error) {
    throw new UpkeepError("bad input", error instanceof Error ? error.message : String(error));
  }
  if (list.matches(by.address)) return;
  throw new UpkeepError(
    "conflict",
    `${by.address}, where you are now, would not be allowed any more`,
    `add ${by.address}, or change it with \`rtpedge ctl\` on the host`,
  );
}

async function applying(
  { services, by }: RequestContext,
  action: string,
  target: string,
  work: (actor: string) => Promise<Applied>,
): Promise<Applied> {
  const applied = await work(actorOf(by.subject));
  const side = (which: "before" | "after") =>
    Object.fromEntries(applied.changes.map((change) => [change.name, change[which]]));
  services.access.audit.change(by, {
    action,
    target,
    before: side("before"),
    after: { ...side("after"), revision: applied.revision },
  });
  return applied;
}
