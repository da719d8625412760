/**
 * Operations about calls and the state of the product.
 *
 * @module
 */

import { listCalls } from "./call_list.ts";
import { SORTING } from "./call_order.ts";
import { callReport, findCall } from "./call_report.ts";
import { CALL_PROBLEMS, FORWARDERS } from "./call_traffic.ts";
import { type Operation, operation } from "./operation.ts";
import { Problem } from "./problem.ts";
import { CALL, CALL_LIST, HEALTH, STATUS } from "./reports.ts";
import { integer, object, oneOf, optional, string } from "./schema.ts";

/** Path of one call. */
export const CALL_PATH = object({ id: string({ min: 1, max: 4096, about: "the call-id" }) });

/** The operations. */
export const CALL_OPERATIONS: readonly Operation[] = [
  operation({
    id: "getStatus",
    method: "get",
    path: "/status",
    summary: "Version, uptime, totals, ports, relay mode",
    needs: "read",
    response: STATUS,
    run: ({ services }) => services.status(),
  }),
  operation({
    id: "getHealth",
    method: "get",
    path: "/health",
    summary: "What is well, what is not, and what to do",
    needs: "read",
    response: HEALTH,
    run: ({ services }) => services.health(),
  }),
  operation({
    id: "listCalls",
    method: "get",
    path: "/calls",
    summary: "Calls that match, a page at a time",
    needs: "read",
    query: object({
      search: optional(
        string({ max: 256, about: "part of a call-id, tag, label, metadata, address or codec" }),
      ),
      state: optional(oneOf(["active", "deleting", "foreign"])),
      forwarder: optional(oneOf(FORWARDERS, "only calls whose packets are forwarded there")),
      problem: optional(oneOf(CALL_PROBLEMS, "only calls with this wrong")),
      lossOver: optional(integer(0, 100, "only calls that lose more than so many percent")),
      sort: optional(SORTING),
      offset: optional(integer(0, 10_000_000)),
      limit: optional(integer(1, 500)),
    }),
    response: CALL_LIST,
    run: ({ services }, { query: { offset = 0, limit = 50, ...query } }) =>
      listCalls(services, { ...query, offset, limit }),
  }),
  operation({
    id: "getCall",
    method: "get",
    path: "/calls/{id}",
    summary: "One call: parties, who hears whom, streams, counters, quality",
    needs: "read",
    params: CALL_PATH,
    response: CALL,
    run({ services }, { params }) {
      const call = findCall(services.calls, params.id) ?? noCall();
      return callReport(call, services.status().relay, services.query(call.callId));
    },
  }),
  operation({
    id: "terminateCall",
    method: "delete",
    path: "/calls/{id}",
    summary: "End a call at once; its ports are closed",
    needs: "operate",
    params: CALL_PATH,
    run({ services, by }, { params }) {
      const call = findCall(services.calls, params.id) ?? noCall();
      const { summary } = callReport(call, services.status().relay, undefined);
      services.calls.terminate(call.callId, "force_terminated");
      services.access.audit.change(by, {
        action: "call.terminate",
        target: summary.id,
        before: { created: summary.created, tags: summary.tags, media: summary.media },
      });
    },
  }),
];

/** @throws Problem that says so */
export function noCall(): never {
  throw new Problem(
    404,
    "not_found",
    "there is no such call",
    "it may have ended; look at the list",
  );
}
