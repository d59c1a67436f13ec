// node validate.mjs NODE_MODULES SCHEMA FILE...: what yaml-language-server says of each FILE under the schema, as JSON:
// {"FILE": ["LINE: message", ...]}.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const [modules, schemaFile, ...files] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), "here.js"));
const { getLanguageService, TextDocument } = require("yaml-language-server");

const uri = "file:///description.schema.json";
const schema = readFileSync(schemaFile, "utf8");
const service = getLanguageService({
  schemaRequestService: (asked) => (asked === uri ? Promise.resolve(schema) : Promise.reject(new Error(asked))),
  workspaceContext: { resolveRelativePath: (relative) => relative },
});
service.configure({ validate: true, schemas: [{ uri, fileMatch: ["*.yaml"] }], customTags: [] });

const found = {};
for (const file of files) {
  const document = TextDocument.create("file://" + path.resolve(file), "yaml", 0, readFileSync(file, "utf8"));
  const diagnostics = await service.doValidation(document, false);
  found[file] = diagnostics.map((d) => `${d.range.start.line + 1}: ${d.message}`);
}
console.log(JSON.stringify(found));
