/**
 * Commands that change: users, tokens, certificate, configuration, backups.
 *
 * @module
 */

import { type Role, ROLES, type Scope, SCOPES } from "../access/mod.ts";
import type { RestorePart } from "../web/mod.ts";
import { type AdminCommand, type CommandContext, CommandUsageError, json, need } from "./io.ts";
import { columns, utc } from "./style.ts";

const PARTS = ["configuration", "access", "certificate"] as const;
const DAY = 86_400_000;

/** The commands. */
export const CHANGE_COMMANDS: readonly AdminCommand[] = [
  {
    name: "user",
    args: "list | add NAME [ROLE] | password NAME | role NAME ROLE | remove NAME",
    help: "people who may sign in; the first administrator, too: user add NAME",
    words: ["list", "add", "password", "role", "remove"],
    async run(context) {
      const { client, words } = context;
      switch (words[0] ?? "list") {
        case "list": {
          const users = await client.users();
          if (context.json) return json(context, users);
          const rows = users.map(({ name, role, lastLogin }) => [
            name,
            role,
            lastLogin === undefined ? "never" : utc(lastLogin),
          ]);
          return context.out(columns([["NAME", "ROLE", "LAST SIGN-IN"], ...rows], context.paint));
        }
        case "add": {
          const name = need(words, 1, "a name");
          // whoever adds the first one wants an administrator
          const role = roleOf(
            words[2] ?? ((await client.users()).length === 0 ? "admin" : "viewer"),
          );
          const password = await newPassword(context);
          return done(
            context,
            await client.createUser({ name, role, password }),
            `${name} is ${role}`,
          );
        }
        case "password": {
          const name = need(words, 1, "a name");
          const password = await newPassword(context);
          return done(
            context,
            await client.changeUser(name, { password }),
            "changed; their sessions have ended",
          );
        }
        case "role": {
          const name = need(words, 1, "a name");
          const role = roleOf(need(words, 2, "a role"));
          return done(context, await client.changeUser(name, { role }), `${name} is ${role}`);
        }
        case "remove": {
          const name = need(words, 1, "a name");
          await client.removeUser(name);
          return done(context, { removed: name }, `${name} is removed`);
        }
        default:
          throw unknown(words[0], this.words);
      }
    },
  },
  {
    name: "token",
    args: "list | add NAME SCOPE... [--days N] | revoke ID",
    help: "tokens of programs; a new one is shown once",
    words: ["list", "add", "revoke"],
    values: ["days"],
    async run(context) {
      const { client, words, options } = context;
      switch (words[0] ?? "list") {
        case "list": {
          const tokens = await client.tokens();
          if (context.json) return json(context, tokens);
          const rows = tokens.map(({ id, name, scopes, expires, lastUsed }) => [
            id,
            name,
            scopes.join(" "),
            expires === undefined ? "never" : utc(expires),
            lastUsed === undefined ? "never" : utc(lastUsed),
          ]);
          const head = ["ID", "NAME", "SCOPES", "ENDS", "LAST USED"];
          return context.out(columns([head, ...rows], context.paint));
        }
        case "add": {
          const name = need(words, 1, "a name");
          const scopes = words.slice(2).map(scopeOf);
          if (scopes.length === 0) {
            throw new CommandUsageError(`a scope is needed: ${SCOPES.join(", ")}`);
          }
          const days = options["days"] === undefined ? undefined : Number(options["days"]);
          if (days !== undefined && !(days > 0)) {
            throw new CommandUsageError("--days is no number above 0");
          }
          const made = await client.createToken({
            name,
            scopes,
            ...(days === undefined ? {} : { expires: Math.floor(context.now() + days * DAY) }),
          });
          return context.json ? json(context, made) : context.out(`${made.text}\n`);
        }
        case "revoke": {
          const id = need(words, 1, "the id of a token");
          await client.revokeToken(id);
          return done(context, { revoked: id }, "revoked");
        }
        default:
          throw unknown(words[0], this.words);
      }
    },
  },
  {
    name: "certificate",
    args: "show | upload CERTIFICATE-FILE [KEY-FILE] | renew | remove",
    help: "what HTTPS presents",
    words: ["show", "upload", "renew", "remove"],
    async run(context) {
      const { client, words } = context;
      switch (words[0] ?? "show") {
        case "show":
          break;
        case "upload": {
          const certificate = context.readFile(need(words, 1, "a file with a certificate"));
          const key = words[2] === undefined ? undefined : context.readFile(words[2]);
          const { warnings } = await client.uploadCertificate(certificate, key);
          for (const warning of warnings) context.err(`mind that ${warning}\n`);
          break;
        }
        case "renew":
          await client.renewCertificate();
          break;
        case "remove":
          await client.removeCertificate();
          break;
        default:
          throw unknown(words[0], this.words);
      }
      const shown = await client.certificate();
      if (context.json) return json(context, shown);
      const rows = shown.chain.flatMap((one) => [
        ["subject", one.subject],
        ["issuer", one.issuer],
        ["names", one.names.join(", ")],
        ["until", utc(one.notAfter)],
        ["sha-256", one.fingerprint],
      ]);
      context.out(
        columns([["from", `${shown.origin} ${shown.path ?? ""}`], ...rows], context.paint),
      );
    },
  },
  {
    name: "config",
    args: "show | file | set NAME=VALUE... | check FILE | apply FILE | history | revert NUMBER",
    help: "the configuration: what is in effect, changes with their differences, former ones",
    words: ["show", "file", "set", "check", "apply", "history", "revert"],
    values: ["comment"],
    run: configuration,
  },
  {
    name: "backup",
    args: "[FILE] [--secrets]",
    help: "one file with everything; users, tokens and keys only with --secrets and a passphrase",
    flags: ["secrets"],
    async run(context) {
      const { client, options, words } = context;
      const passphrase = options["secrets"] === true
        ? await context.secret("Passphrase for the backup: ")
        : undefined;
      const text = await client.backup(passphrase);
      if (words[0] === undefined || words[0] === "-") return context.out(text);
      context.writeFile(words[0], new TextEncoder().encode(text));
      done(
        context,
        { file: words[0], secrets: passphrase !== undefined },
        `${words[0]} is written`,
      );
    },
  },
  {
    name: "restore",
    args: "FILE [--parts configuration,access,certificate] [--secrets] [--yes]",
    help: "show what a backup would change, ask, and take it over",
    values: ["parts"],
    flags: ["secrets", "yes"],
    run: restore,
  },
  {
    name: "support-bundle",
    args: "[FILE]",
    help: "an archive for whoever helps; no secrets",
    async run(context) {
      const content = await context.client.supportBundle();
      const path = context.words[0] ?? "rtpedge-support.tar.gz";
      context.writeFile(path, content);
      done(context, { file: path, bytes: content.length }, `${path} is written`);
    },
  },
];

async function configuration(context: CommandContext): Promise<void> {
  const { client, words, options } = context;
  const comment = typeof options["comment"] === "string" ? options["comment"] : "";
  switch (words[0] ?? "show") {
    case "show": {
      const { options: all } = await client.configuration();
      if (context.json) return json(context, all);
      const set = all.filter(({ isDefault }) => !isDefault);
      return context.out(
        columns(set.map(({ name, value, source }) => [name, value, source]), context.paint),
      );
    }
    case "file": {
      const file = await client.configurationFile();
      return context.json ? json(context, file) : context.out(file.text);
    }
    case "set": {
      const changes = words.slice(1).map((word) => {
        const [, name, value] = /^([a-z0-9-]+)=(.*)$/s.exec(word) ?? [];
        if (name === undefined) throw new CommandUsageError(`"${word}" is not NAME=VALUE`);
        return value === "" || value === undefined ? { name } : { name, value };
      });
      if (changes.length === 0) throw new CommandUsageError("NAME=VALUE is needed");
      const { version } = await client.configurationFile();
      const { text } = await client.proposeConfiguration({ changes });
      return changed(context, await client.applyConfiguration(text, version, comment));
    }
    case "check": {
      const proposal = await client.proposeConfiguration({
        text: context.readFile(need(words, 1, "a file")),
      });
      if (context.json) return json(context, proposal);
      for (const error of proposal.errors) {
        context.out(`${context.paint("problem", "error")}: ${error}\n`);
      }
      for (const warning of proposal.warnings) {
        context.out(`${context.paint("warning", "warning")}: ${warning}\n`);
      }
      for (const { kind, text } of proposal.lines) {
        if (kind === "added") context.out(`${context.paint("good", `+ ${text}`)}\n`);
        if (kind === "removed") context.out(`${context.paint("problem", `- ${text}`)}\n`);
      }
      return;
    }
    case "apply": {
      const text = context.readFile(need(words, 1, "a file"));
      const { version } = await client.configurationFile();
      return changed(context, await client.applyConfiguration(text, version, comment));
    }
    case "history": {
      const revisions = await client.revisions();
      if (context.json) return json(context, revisions);
      const rows = revisions.map(({ number, at, actor, comment, current }) => [
        String(number),
        utc(at),
        actor === "" ? "changed outside" : actor,
        current ? "as now" : "",
        comment,
      ]);
      return context.out(columns([["NUMBER", "WHEN", "WHO", "", "WHY"], ...rows], context.paint));
    }
    case "revert": {
      const number = Number(need(words, 1, "a number"));
      if (!Number.isSafeInteger(number)) throw new CommandUsageError(`"${words[1]}" is no number`);
      return changed(context, await client.revertConfiguration(number));
    }
    default:
      throw unknown(words[0], ["show", "file", "set", "check", "apply", "history", "revert"]);
  }
}

function changed(
  context: CommandContext,
  applied: {
    readonly revision: number;
    readonly changes: readonly {
      readonly name: string;
      readonly before: string;
      readonly after: string;
      readonly live: boolean;
    }[];
  },
): void {
  if (context.json) return json(context, applied);
  const rows = applied.changes.map(({ name, before, after, live }) => [
    name,
    before || "nothing",
    "→",
    after || "nothing",
    live
      ? { text: "at once", tone: "good" as const }
      : { text: "after a restart", tone: "warning" as const },
  ]);
  context.out(`${columns(rows, context.paint)}applied as revision ${applied.revision}\n`);
}

async function restore(context: CommandContext): Promise<number | void> {
  const { client, options, words } = context;
  const text = context.readFile(need(words, 0, "a file"));
  const passphrase = options["secrets"] === true
    ? await context.secret("Passphrase of the backup: ")
    : undefined;
  const report = await client.inspectBackup(text, passphrase);
  const available = PARTS.filter((part) =>
    part === "certificate" ? report.certificate?.usable === true : report[part] !== undefined
  );
  const given = options["parts"];
  const parts: readonly RestorePart[] = typeof given === "string"
    ? given.split(",").map((part) => {
      const known = PARTS.find((one) => one === part);
      if (known === undefined) {
        throw new CommandUsageError(`"${part}" is not one of ${PARTS.join(", ")}`);
      }
      return known;
    })
    : available;
  if (parts.length === 0) {
    throw new CommandUsageError(
      report.sealed && passphrase === undefined
        ? "the backup is sealed: add --secrets and type its passphrase"
        : "there is nothing in it that can be restored",
    );
  }
  if (!context.json) {
    context.out(`made on ${report.host}, ${utc(report.created)}, rtpedge ${report.product}\n`);
    for (const { name, before, after } of report.configuration?.changes ?? []) {
      context.out(`  ${name}: ${before || "nothing"} → ${after || "nothing"}\n`);
    }
    if (parts.includes("access") && report.access !== undefined) {
      context.out(`  users: ${report.access.users.join(", ")}\n`);
      context.out(`  users removed: ${report.access.removed.join(", ") || "none"}\n`);
    }
  }
  if (options["yes"] !== true) {
    const answer = await context.ask(`restore ${parts.join(", ")}? [y/N] `);
    if (!/^y(es)?$/i.test(answer ?? "")) {
      context.err("nothing was changed\n");
      return 1;
    }
  }
  const result = await client.restore(text, parts, passphrase);
  done(context, result, `restored: ${parts.join(", ")}`);
}

function done(context: CommandContext, value: unknown, text: string): void {
  if (context.json) json(context, value);
  else context.out(`${text}\n`);
}

async function newPassword(context: CommandContext): Promise<string> {
  const password = await context.secret("Password: ");
  if (context.terminal && password !== await context.secret("Password again: ")) {
    throw new CommandUsageError("the two passwords are not the same");
  }
  return password;
}

function roleOf(word: string): Role {
  const role = ROLES.find((one) => one === word);
  if (role === undefined) {
    throw new CommandUsageError(`"${word}" is not one of ${ROLES.join(", ")}`);
  }
  return role;
}

function scopeOf(word: string): Scope {
  const scope = SCOPES.find((one) => one === word);
  if (scope === undefined) {
    throw new CommandUsageError(`"${word}" is not one of ${SCOPES.join(", ")}`);
  }
  return scope;
}

function unknown(
  word: string | undefined,
  words: readonly string[] | undefined,
): CommandUsageError {
  return new CommandUsageError(`"${word}" is not one of ${(words ?? []).join(", ")}`);
}
