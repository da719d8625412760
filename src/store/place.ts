/**
 * Where databases lie, and what goes into the name of a file that is set aside.
 *
 * @module
 */

/**
 * Path of the database an option names.
 *
 * @param name `none`, empty or undefined: there is to be none; relative names are in `dataDir`
 */
export function databaseFile(name: string | undefined, dataDir: string): string | undefined {
  if (name === undefined || name === "none" || name === "") return undefined;
  return name.startsWith("/") ? name : `${dataDir}/${name}`;
}

/** `20261121T061018` for wall-clock ms, in UTC. */
export function asideStamp(wall: number): string {
  return new Date(wall).toISOString().replace(/[-:]|\..*/g, "");
}
