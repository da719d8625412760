/**
 * Commands about single calls: `terminate`, `call`, `debug`, and the standby switch.
 *
 * @module
 */

import type { CallRegistry, CallView, ParticipantView } from "../call/types.ts";
import type { CliContext } from "./context.ts";
import { callText, partyText } from "./sessions.ts";
import { type Command, dispatch, INCOMPLETE, MORE_PARAMETERS, splitWord } from "./tree.ts";

interface CallContext {
  readonly cli: CliContext;
  readonly call: CallView;
}

interface PartyContext extends CallContext {
  readonly party: ParticipantView;
  readonly index: number;
}

function terminateWhere(calls: CallRegistry, filter: (call: CallView) => boolean): void {
  // A copy, because terminating changes what is being walked.
  for (const call of [...calls.calls()]) {
    if (filter(call)) calls.terminate(call.callId, "force_terminated");
  }
}

/** `terminate <callid> | all | own | foreign`. */
export function terminate(context: CliContext, which: string): string {
  const { calls } = context.deps;
  switch (which) {
    case "":
      return MORE_PARAMETERS;
    case "all":
      terminateWhere(calls, () => true);
      return "All calls terminated by operator.\n";
    case "own":
      terminateWhere(calls, (call) => !call.foreign);
      return "All own calls terminated by operator.\n";
    case "foreign":
      terminateWhere(calls, (call) => call.foreign);
      return "All foreign calls terminated by operator.\n";
  }
  return calls.terminate(which, "force_terminated")
    ? `\nCall Id (${which}) successfully terminated by operator.\n\n`
    : `\nCall Id not found (${which}).\n\n`;
}

function switchDebug(context: CliContext, call: CallView, flag: string): string {
  if (flag !== "" && flag !== "on" && flag !== "off") {
    return `Invalid on/off flag ('${flag}') specified\n`;
  }
  // Calls that have ended are forgotten here, so the set stays as small as the list of calls.
  for (const callId of context.debugCalls) {
    if (context.deps.calls.get(callId) === undefined) context.debugCalls.delete(callId);
  }
  if (flag === "off") context.debugCalls.delete(call.callId);
  else context.debugCalls.add(call.callId);
  return `${flag === "off" ? "Disabled" : "Enabled"} debugging for call '${call.callId}'\n`;
}

/** `debug <callid> on | off`. */
export function debug(context: CliContext, rest: string): string {
  const [callId, flag] = splitWord(rest);
  if (callId === "") return "No call ID specified\n";
  const call = context.deps.calls.get(callId);
  if (call === undefined) return `Call ID '${callId}' not found\n`;
  return switchDebug(context, call, flag);
}

/** `active` and `standby`. */
export function switchRole(context: CliContext, foreign: boolean): string {
  const role = foreign ? "foreign (standby)" : "owned (active)";
  if (context.deps.setForeign === undefined) {
    return `Fail setting calls to '${role}'; no standby role has been configured\n`;
  }
  context.deps.setForeign(foreign);
  return `Ok, all calls set to '${role}'\n`;
}

const NEEDS_MEDIA_ENGINE = "needs the media engine, which is not part of this build";

const PARTY_COMMANDS: readonly Command<PartyContext>[] = [
  {
    name: "info",
    help: "print details of given call party",
    run: ({ cli, call, party, index }) => partyText(cli, call, party, index),
  },
  {
    name: "delay",
    args: "<uint>",
    help: "set audio buffer delay for given call party",
    run: (_, rest) =>
      rest === "" ? MORE_PARAMETERS : `Fail setting delay to ${rest}; ${NEEDS_MEDIA_ENGINE}\n`,
  },
  {
    name: "detect-dtmf",
    args: "0 | 1",
    help: "toggle DTMF detection for given call party",
    run: (_, rest) =>
      rest === ""
        ? MORE_PARAMETERS
        : `Fail setting detect-dtmf to ${rest}; ${NEEDS_MEDIA_ENGINE}\n`,
  },
];

function partyCommand({ cli, call }: CallContext, rest: string): string {
  if (rest === "") return MORE_PARAMETERS;
  const [tag, line] = splitWord(rest);
  const index = call.participants.findIndex((candidate) => candidate.tag === tag);
  const party = call.participants[index];
  if (party === undefined) return `No such tag '${tag}'\n`;
  return dispatch(PARTY_COMMANDS, { cli, call, party, index }, line, INCOMPLETE);
}

/** The commands below `call <callid>`. */
const CALL_COMMANDS: readonly Command<CallContext>[] = [
  {
    name: "info",
    help: "print details of given call",
    run: ({ cli, call }) => callText(cli, call),
  },
  {
    name: "terminate",
    help: "terminate given call",
    run: ({ cli, call }) => {
      cli.deps.calls.terminate(call.callId, "force_terminated");
      return `\nCall '${call.callId}' terminated.\n\n`;
    },
  },
  {
    name: "debug",
    args: "on | off",
    help: "toggle debugging for given call",
    run: ({ cli, call }, rest) => switchDebug(cli, call, rest),
  },
];

const TAG_COMMAND: Command<CallContext> = {
  name: "tag",
  args: "<tag> <option>",
  run: partyCommand,
};

/** The same, as the help texts show them. */
export const CALL_HELP = [...CALL_COMMANDS, {
  name: "tag",
  args: "<tag> <option>",
  children: PARTY_COMMANDS,
}];

/** `call <callid> <option>`. */
export function callCommand(context: CliContext, rest: string): string {
  if (rest === "") return MORE_PARAMETERS;
  const [callId, line] = splitWord(rest);
  const call = context.deps.calls.get(callId);
  if (call === undefined) return `No such call '${callId}'\n`;
  return dispatch([...CALL_COMMANDS, TAG_COMMAND], { cli: context, call }, line, INCOMPLETE);
}
