/**
 * Operations about captures of calls. What a capture holds are people's words: whoever begins or reads one
 * is in the audit log.
 *
 * @module
 */

import {
  CaptureLimitError,
  type CaptureState,
  DEFAULT_CAPTURE,
  MAX_CAPTURE,
  MIN_CAPTURE,
} from "../../capture/mod.ts";
import { findCall, textOf } from "./call_report.ts";
import { type Operation, operation, type RequestContext } from "./operation.ts";
import { Problem } from "./problem.ts";
import { Download, type Infer, integer, list, object, optional, string } from "./schema.ts";
import { CAPTURE } from "./upkeep_reports.ts";

const CALL_PATH = object({ id: string({ min: 1, max: 4096, about: "the call-id" }) });
const CAPTURE_PATH = object({ id: string({ min: 1, max: 64 }) });

function limit(name: keyof typeof MAX_CAPTURE, about: string) {
  return optional(integer(MIN_CAPTURE[name], MAX_CAPTURE[name], about));
}

/** The operations. */
export const CAPTURE_OPERATIONS: readonly Operation[] = [
  operation({
    id: "startCapture",
    method: "post",
    path: "/calls/{id}/capture",
    summary: "Capture the packets of a call; it ends at the first limit",
    needs: "operate",
    params: CALL_PATH,
    body: object({
      seconds: limit("seconds", `how long (${DEFAULT_CAPTURE.seconds})`),
      bytes: limit("bytes", `size of the file (${DEFAULT_CAPTURE.bytes})`),
      packets: limit("packets", `packets (${DEFAULT_CAPTURE.packets})`),
    }),
    response: CAPTURE,
    status: 201,
    run(context, { params, body }) {
      const { services } = context;
      const call = findCall(services.calls, params.id);
      const {
        seconds = DEFAULT_CAPTURE.seconds,
        bytes = DEFAULT_CAPTURE.bytes,
        packets = DEFAULT_CAPTURE.packets,
      } = body;
      const state = call && start(context, call.callId, { seconds, bytes, packets });
      if (state === undefined) {
        throw new Problem(404, "not_found", "there is no such call", "it may have ended");
      }
      note(context, "capture.start", state);
      return captureReport(state);
    },
  }),
  operation({
    id: "listCaptures",
    method: "get",
    path: "/captures",
    summary: "Captures that run or wait to be read",
    needs: "operate",
    response: list(CAPTURE),
    run: ({ services }) => services.upkeep.captures.list().map(captureReport),
  }),
  operation({
    id: "getCapture",
    method: "get",
    path: "/captures/{id}",
    summary: "One capture",
    needs: "operate",
    params: CAPTURE_PATH,
    response: CAPTURE,
    run: (context, { params }) => captureReport(find(context, params.id)),
  }),
  operation({
    id: "stopCapture",
    method: "post",
    path: "/captures/{id}/stop",
    summary: "End a capture; it stays to be read",
    needs: "operate",
    params: CAPTURE_PATH,
    response: CAPTURE,
    run(context, { params }) {
      find(context, params.id);
      context.services.upkeep.captures.stop(params.id);
      const state = find(context, params.id);
      note(context, "capture.stop", state);
      return captureReport(state);
    },
  }),
  operation({
    id: "readCapture",
    method: "post",
    path: "/captures/{id}/file",
    summary: "The capture as a pcapng file; it ends, and is forgotten once it was read",
    needs: "operate",
    params: CAPTURE_PATH,
    response: new Download("application/x-pcapng", "packets with made-up IP headers"),
    run(context, { params }) {
      const { captures } = context.services.upkeep;
      const state = find(context, params.id);
      const chunks = captures.read(params.id) ?? [];
      note(context, "capture.read", state);
      const name = state.call.replaceAll(/[^A-Za-z0-9.-]/g, "_").slice(0, 60);
      return { name: `call-${name}.pcapng`, body: streamOf(chunks) };
    },
  }),
  operation({
    id: "removeCapture",
    method: "delete",
    path: "/captures/{id}",
    summary: "End a capture and forget it",
    needs: "operate",
    params: CAPTURE_PATH,
    run(context, { params }) {
      const state = find(context, params.id);
      context.services.upkeep.captures.remove(params.id);
      note(context, "capture.remove", state);
    },
  }),
];

/** A capture as it is shown. */
export function captureReport(state: CaptureState): Infer<typeof CAPTURE> {
  const { ended, because, ...rest } = state;
  return {
    ...rest,
    ...(ended === undefined ? {} : { ended }),
    ...(because === undefined ? {} : { because }),
  };
}

function start({ services }: RequestContext, callId: string, limits: typeof DEFAULT_CAPTURE) {
  try {
    return services.upkeep.captures.start(callId, textOf(callId), limits);
  } catch (error) {
    if (!(error instanceof CaptureLimitError)) throw error;
    throw new Problem(409, "limit", error.message, "read or remove one of them");
  }
}

function find({ services }: RequestContext, id: string): CaptureState {
  const found = services.upkeep.captures.get(id);
  if (found !== undefined) return found;
  throw new Problem(404, "not_found", "there is no such capture", "it may have been read already");
}

function note({ services, by }: RequestContext, action: string, state: CaptureState): void {
  const { call, packets, bytes, limits } = state;
  services.access.audit.change(by, { action, target: call, after: { packets, bytes, limits } });
}

function streamOf(chunks: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      // packets are small: some hundred go together
      const batch: Uint8Array<ArrayBuffer>[] = chunks.slice(at, at + 256);
      at += batch.length;
      if (batch.length === 0) return controller.close();
      const whole = new Uint8Array(batch.reduce((sum, { length }) => sum + length, 0));
      let offset = 0;
      for (const chunk of batch) {
        whole.set(chunk, offset);
        offset += chunk.length;
      }
      controller.enqueue(whole);
    },
  });
}
