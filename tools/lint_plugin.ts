/**
 * Our own lint rules: conventions that the stock rules do not know. Loaded by `deno lint` from deno.json.
 *
 * @module
 */

/** Folders whose files may read clocks and set timers: they touch the world. */
const WORLD =
  /(^|\/)(src\/(transport|web|relay|log)\/|src\/core\/clock\.ts|src\/(app|firewall|persistence|terminal|terminal_io|upkeep)\.ts|src\/appliance\/self_test_io\.ts|mod\.ts|image\/builder\/|tools\/|tests\/)/;
const TEST = /_test\.ts$|\/tests\//;

/** What each folder of `src/` must not import (ARCHITECTURE.md, "must not know"). */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  core: ["*"],
  log: ["call", "negotiate", "ng", "sdp", "transport", "web", "cli", "stats", "relay"],
  config: ["call", "negotiate", "ng", "sdp", "transport", "web", "cli", "stats"],
  sdp: ["call", "negotiate", "ng", "relay", "transport", "web", "cli", "stats", "config"],
  ng: ["call", "negotiate", "sdp", "relay", "transport", "web", "cli", "stats", "config"],
  relay: ["call", "negotiate", "ng", "sdp", "transport", "web", "cli", "stats", "config"],
  negotiate: ["transport", "web", "cli", "stats", "config"],
  call: ["transport", "web", "cli", "stats", "config"],
  legacy: ["transport", "web", "cli", "stats", "config", "negotiate"],
  stats: ["transport", "web", "cli", "negotiate", "sdp"],
  graphite: ["call", "negotiate", "ng", "sdp", "relay", "transport", "web", "cli", "config"],
  cli: ["transport", "web", "negotiate", "sdp"],
  transport: ["call", "negotiate", "sdp", "cli", "stats", "config"],
  web: ["call", "negotiate", "sdp", "transport", "cli", "config"],
  access: ["call", "negotiate", "ng", "sdp", "relay", "transport", "web", "cli", "stats", "config"],
  upkeep: ["call", "negotiate", "ng", "sdp", "relay", "transport", "web", "cli", "stats"],
  capture: [
    ...["call", "negotiate", "ng", "sdp", "transport", "web", "cli", "stats", "config", "access"],
  ],
  terminal: ["call", "negotiate", "ng", "sdp", "relay", "transport", "web", "stats", "config"],
  health: ["call", "negotiate", "ng", "sdp", "relay", "transport", "web", "cli", "stats", "config"],
  teardown: ["ng", "negotiate", "sdp", "relay", "transport", "web", "cli", "stats", "config"],
  tls: ["call", "negotiate", "ng", "sdp", "relay", "transport", "web", "cli", "stats"],
};

function folderOf(path: string): string | undefined {
  return /\/src\/([^/]+)\//.exec(path)?.[1];
}

function startsLowerOrEndsPeriod(text: string): boolean {
  return /\.$/.test(text) && !/\.\.\.$/.test(text);
}

const plugin: Deno.lint.Plugin = {
  name: "rtpedge",
  rules: {
    "no-ambient-time": {
      create(context) {
        if (WORLD.test(context.filename) || TEST.test(context.filename)) return {};
        return {
          CallExpression(node) {
            const callee = node.callee;
            if (
              callee.type === "MemberExpression" && callee.object.type === "Identifier" &&
              callee.property.type === "Identifier" &&
              ["Date.now", "performance.now"].includes(
                `${callee.object.name}.${callee.property.name}`,
              )
            ) {
              context.report({ node, message: "Read time through a Clock (src/core/clock.ts)" });
            }
            if (
              callee.type === "Identifier" && ["setTimeout", "setInterval"].includes(callee.name)
            ) {
              context.report({
                node,
                message: "State machines take `now`; timers belong to the folders that do I/O",
              });
            }
          },
          NewExpression(node) {
            if (
              node.callee.type === "Identifier" && node.callee.name === "Date" &&
              node.arguments.length === 0
            ) {
              context.report({ node, message: "Read time through a Clock (src/core/clock.ts)" });
            }
          },
        };
      },
    },
    "no-forbidden-import": {
      create(context) {
        const folder = folderOf(context.filename);
        if (folder === undefined || TEST.test(context.filename)) return {};
        const forbidden = FORBIDDEN[folder] ?? [];
        return {
          ImportDeclaration(node) {
            const source = String(node.source.value);
            const target = /^\.\.\/(?:\.\.\/)*([^/.]+)\//.exec(source)?.[1];
            if (target === undefined || node.importKind === "type") return;
            if (forbidden.includes(target) || forbidden.includes("*")) {
              context.report({
                node,
                message: `src/${folder} must not know src/${target} (ARCHITECTURE.md)`,
              });
            }
          },
        };
      },
    },
    "prefer-private-field": {
      create(context) {
        return {
          "PropertyDefinition[accessibility='private']"(node: Deno.lint.Node) {
            context.report({ node, message: "Use a #private field" });
          },
          "MethodDefinition[accessibility='private']"(node: Deno.lint.Node) {
            context.report({ node, message: "Use a #private method" });
          },
        };
      },
    },
    "no-top-level-arrow": {
      create(context) {
        return {
          "Program > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression"(
            node: Deno.lint.Node,
          ) {
            context.report({ node, message: "Declare top-level functions with `function`" });
          },
          "Program > ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression"(
            node: Deno.lint.Node,
          ) {
            context.report({ node, message: "Declare top-level functions with `function`" });
          },
        };
      },
    },
    "error-message": {
      create(context) {
        return {
          NewExpression(node) {
            if (node.callee.type !== "Identifier" || !/Error$/.test(node.callee.name)) return;
            const first = node.arguments[0];
            if (first?.type !== "Literal" || typeof first.value !== "string") return;
            if (startsLowerOrEndsPeriod(first.value)) {
              context.report({ node, message: "Error messages have no trailing period" });
            }
          },
        };
      },
    },
    "no-foreign-ffi": {
      create(context) {
        // of libc, a notification's three calls
        if (
          /src\/(relay\/ffi|daemon\/notify)\.ts$/.test(context.filename) ||
          TEST.test(context.filename)
        ) return {};
        return {
          'MemberExpression[object.name="Deno"][property.name="dlopen"]'(node: Deno.lint.Node) {
            context.report({ node, message: "Only src/relay/ffi.ts opens the C library" });
          },
        };
      },
    },
  },
};

export default plugin;
