/**
 * Operations about the host and the program.
 *
 * @module
 */

import { type Operation, operation } from "./operation.ts";
import { SYSTEM } from "./upkeep_reports.ts";

/** The operations. */
export const SYSTEM_OPERATIONS: readonly Operation[] = [
  operation({
    id: "getSystem",
    method: "get",
    path: "/system",
    summary: "The host, the version of the program, and the update slots of an appliance",
    needs: "read",
    response: SYSTEM,
    run: ({ services }) => services.upkeep.system(),
  }),
];
