/**
 * What an operation of the admin API is: where it is, who may use it, what it takes and gives. Routes, the
 * OpenAPI document and the tests of authorisation are views of these declarations.
 *
 * @module
 */

import type { By, Permission, Session, Subject } from "../../access/mod.ts";
import type { Infer, Schema } from "./schema.ts";
import type { AdminServices } from "./services.ts";

/** Who asks, and what the answer may do beside its body. */
export interface RequestContext {
  /** What stands behind the API. */
  readonly services: AdminServices;
  /** Who asks. */
  readonly subject: Subject;
  /** Who asks, and from where, for the audit log. */
  readonly by: By;
  /** The session, when a browser asks that has one. */
  readonly session: Session | undefined;
  /** The cookie that came, whether it is good or not. */
  readonly cookie: string | undefined;
  /** Host name or address the client has asked for, without a port; undefined = it did not say. */
  readonly host: string | undefined;
  /** Option of the listener it came by, as `listen-https`. */
  readonly listener: string;
  /** Whether the client may still do this: for answers that go on. */
  readonly known: () => boolean;
  /** Gives the browser a cookie, or takes it away. */
  setCookie(cookie: string | undefined): void;
}

/** The input of an operation, checked. */
export interface Input<P, Q, B> {
  /** From the path. */
  readonly params: P;
  /** From the query. */
  readonly query: Q;
  /** From the body. */
  readonly body: B;
}

/** How an operation is declared. */
export interface Operation<P = unknown, Q = unknown, B = unknown, R = unknown> {
  /** Name in documents and clients. */
  readonly id: string;
  /** HTTP method. */
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Path below `/api/v1`; `{name}` is a parameter. */
  readonly path: string;
  /** One line without period. */
  readonly summary: string;
  /** What the client must be allowed to; `known`: anybody who is known; `none`: anybody. */
  readonly needs: Permission | "none" | "known";
  /** Parameters of the path. */
  readonly params?: Schema<P>;
  /** Parameters of the query. */
  readonly query?: Schema<Q>;
  /** The body: JSON, or an `Upload`. */
  readonly body?: Schema<B>;
  /** Most bytes of a JSON body (65,536). */
  readonly maxBody?: number;
  /** The answer: JSON, or a `Download`; absent = 204. */
  readonly response?: Schema<R>;
  /** Status of success when it is not 200 or 204. */
  readonly status?: 201;
  /** Carries it out. */
  run(context: RequestContext, input: Input<P, Q, B>): R | Promise<R>;
}

/** Declares an operation; its types come from its schemas. */
export function operation<
  P extends Schema<unknown> = Schema<undefined>,
  Q extends Schema<unknown> = Schema<undefined>,
  B extends Schema<unknown> = Schema<undefined>,
  R extends Schema<unknown> = Schema<void>,
>(
  declared:
    & Omit<Operation, "params" | "query" | "body" | "response" | "run">
    & { readonly params?: P; readonly query?: Q; readonly body?: B; readonly response?: R }
    & {
      run(
        context: RequestContext,
        input: Input<Infer<P>, Infer<Q>, Infer<B>>,
      ): Infer<R> | Promise<Infer<R>>;
    },
): Operation {
  return declared as unknown as Operation;
}
