import { Convert, KillDocument, ProbeDocument } from "./report.js";

/** Reads a document of a branch. Returns it as JSON again. */
export function read(branch: string, text: string): string {
  if (branch === "ProbeDocument") {
    const document: ProbeDocument = Convert.toProbeDocument(text);
    if (document.verdict === "verified") {
      const start: Date | null | undefined = document.process?.started_at;
      expect(start != null && start <= document.time, "start");
      expect(document.target.service_name === "cache", "service");
    }
  }
  if (branch === "KillDocument") {
    const document: KillDocument = Convert.toKillDocument(text);
    expect(document.action.exit_status?.signal === "SIGKILL", "signal");
  }
  const converters = Convert as unknown as Record<string, (value: unknown) => unknown>;
  const document = converters[`to${branch}`](text);
  const back = `${branch[0].toLowerCase()}${branch.slice(1)}ToJson`;
  return converters[back](document) as string;
}

function expect(condition: boolean, what: string): void {
  if (!condition) {
    throw new Error(what);
  }
}
