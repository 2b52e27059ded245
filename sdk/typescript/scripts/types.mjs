// Writes src/openapi.ts from the committed OpenAPI document of the server. With
// --check it writes nothing and fails where the two differ.
//
// Every refusal has one shape, Problem, so the answers that are one are left out
// before: the file would be ten times as long, and say nothing more.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../../api/openapi.json", import.meta.url);
const target = new URL("../src/openapi.ts", import.meta.url);
const head = "// Made from api/openapi.json by `npm run types`. Do not edit.\n\n";

const document = JSON.parse(await readFile(source, "utf8"));
delete document.components.headers;
delete document.components.examples;
for (const path of Object.values(document.paths)) {
  for (const operation of Object.values(path)) {
    for (const [status, answer] of Object.entries(operation.responses ?? {})) {
      delete answer.headers;
      if (status >= 400) delete operation.responses[status];
      for (const media of Object.values(answer.content ?? {})) delete media.example;
    }
  }
}
const made = head + astToString(await openapiTS(document, { emptyObjectsUnknown: true }));

if (!process.argv.includes("--check")) {
  await writeFile(target, made);
} else if (made !== (await readFile(target, "utf8"))) {
  console.error("src/openapi.ts is not what api/openapi.json says. Run npm run types in sdk/typescript and commit it.");
  process.exit(1);
}
