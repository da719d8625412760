/**
 * The OpenAPI document of the admin API, made from what validates its input.
 *
 * @module
 */

import type { Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { Download, type JsonSchema, type Schema, Upload } from "./schema.ts";

const ERROR: JsonSchema = {
  type: "object",
  required: ["error"],
  additionalProperties: false,
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "hint"],
      additionalProperties: false,
      properties: {
        code: { type: "string", description: "a word for programs" },
        message: { type: "string", description: "what is wrong" },
        hint: { type: "string", description: "what to do" },
      },
    },
  },
};

/** The document, OpenAPI 3.1. */
export function openApi(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "rtpedge admin API",
      version,
      description:
        "Errors say what to do. Changes made with a session need the header X-CSRF-Token.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api/v1" }],
    paths,
    components: {
      schemas: { Error: ERROR },
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "__Host-rtpedge" },
        csrf: { type: "apiKey", in: "header", name: "X-CSRF-Token" },
      },
    },
  };
}

function describe(operation: Operation): Record<string, unknown> {
  const { id, summary, needs, body, response, method } = operation;
  const status = String(operation.status ?? (response === undefined ? 204 : 200));
  const session = method === "get" ? { session: [] } : { session: [], csrf: [] };
  return {
    operationId: id,
    summary,
    "x-needs": needs,
    parameters: [...parameters(operation, "path"), ...parameters(operation, "query")],
    ...(body === undefined ? {} : {
      requestBody: { required: true, content: contentOf(body) },
    }),
    responses: {
      [status]: {
        description: "done",
        ...(response === undefined ? {} : { content: contentOf(response) }),
      },
      default: {
        description: "refused",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
    security: needs === "none" ? [{}] : [{ token: [] }, session],
  };
}

/** What is not JSON has no schema in OpenAPI 3.1. */
function contentOf(schema: Schema<unknown>): Record<string, unknown> {
  if (schema instanceof Upload || schema instanceof Download) return { [schema.type]: {} };
  return { "application/json": { schema: schema.json } };
}

function parameters(operation: Operation, place: "path" | "query"): unknown[] {
  const json = (place === "path" ? operation.params : operation.query)?.json;
  const required = new Set(json?.required ?? []);
  return Object.entries(json?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: place,
    required: required.has(name),
    schema,
  }));
}
