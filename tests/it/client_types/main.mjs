// Reads each document that is named, and compares what was read with the text.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { read } from "./read.js";

for (const path of process.argv.slice(2)) {
  const text = readFileSync(path, "utf8");
  const again = read(basename(path).split(".")[0], text);
  assert.deepEqual(JSON.parse(again), JSON.parse(text), path);
  console.log(path);
}
