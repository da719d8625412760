/**
 * Operations about what is watched over time.
 *
 * @module
 */

import { type Field, FIELD_NAMES, RANGES, STEPS } from "../../history/mod.ts";
import { CLIENT, HISTORY, LIVE } from "./observation.ts";
import { type Operation, operation } from "./operation.ts";
import { Problem } from "./problem.ts";
import { Download, list, object, oneOf, optional, string } from "./schema.ts";

/** Digits that are sent. */
const DIGITS = 4;

/** The operations. */
export const OBSERVATION_OPERATIONS: readonly Operation[] = [
  operation({
    id: "getLive",
    method: "get",
    path: "/now",
    summary: "Numbers of the last second: calls, packets, losses, processors, ports",
    needs: "read",
    response: LIVE,
    run: ({ services }) => services.observation.latest(),
  }),
  operation({
    id: "watchLive",
    method: "get",
    path: "/live",
    summary: "What getLive gives, once a second, as server-sent events",
    needs: "read",
    response: new Download("text/event-stream", "each event is the answer of getLive", true),
    run({ services, cookie, session, subject }) {
      const { access, observation } = services;
      const holds = (): boolean => {
        if (session === undefined || cookie === undefined) return subject.kind !== "user";
        const user = access.signIn.session(cookie)?.user;
        return user !== undefined &&
          access.decide({ kind: "user", name: user.name, role: user.role }, "read") === "allow";
      };
      const body = observation.watch(holds);
      if (body === undefined) {
        throw new Problem(503, "busy", "too many pages are watching", "close some of them");
      }
      return { name: "live", body };
    },
  }),
  operation({
    id: "getHistory",
    method: "get",
    path: "/history",
    summary: "Numbers over the last five minutes, hour or day",
    needs: "read",
    query: object({
      range: optional(oneOf(RANGES)),
      fields: optional(string({ max: 400, about: "names separated by commas; absent = all" })),
    }),
    response: HISTORY,
    run({ services }, { query: { range = "5m", fields } }) {
      const names = fields === undefined ? FIELD_NAMES : fields.split(",").map(fieldNamed);
      const rows = services.observation.history(range).map(({ at, sample }) => [
        at,
        ...names.map((name) => rounded(sample[name])),
      ]);
      const now = services.clock.wall();
      return { range, stepMs: STEPS[range].stepMs, now, fields: names, rows };
    },
  }),
  operation({
    id: "listClients",
    method: "get",
    path: "/clients",
    summary: "Who sends control requests, how long they take, what goes wrong",
    needs: "read",
    response: list(CLIENT),
    run: ({ services }) => services.observation.clients(),
  }),
];

function fieldNamed(name: string): Field {
  const known = FIELD_NAMES.find((one) => one === name);
  if (known !== undefined) return known;
  const hint = `choose from ${FIELD_NAMES.join(", ")}`;
  throw new Problem(422, "bad_input", `query.fields has no ${name.slice(0, 40)}`, hint);
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toPrecision(DIGITS));
}
