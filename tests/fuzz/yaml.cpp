// Any bytes as a description: read, parsed, compiled.
#include "syntax/yaml/yaml.h"

#include "described.h"
#include "pipeline/compile.h"
#include "target.h"

using namespace modelc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;  // larger ones take time and find nothing else
  const std::string text(fuzz::text_of(data, size));
  {
    support::SourceManager sources;
    diagnostics::Sink sink;
    const ast::NodePtr root = syntax::read_yaml(sources, sources.add("fuzz.yaml", text), sink).root;
    fuzz::promise(root != nullptr || sink.has_errors(), "a document without a tree is reported");
    fuzz::check_reports(sink, sources);
  }
  types::DimTable dims;
  const types::DimTable::Scope scope(dims);
  support::SourceManager sources;
  diagnostics::Sink sink;
  compose::Overrides overrides;
  overrides.contents[compose::resolve_path("", "fuzz.yaml")] = text;
  const auto compiled = pipeline::compile(sources, "fuzz.yaml", overrides, {}, sink, {}, {.verify = true});
  const bool sound = compiled && compiled->sound;
  fuzz::promise(sound != sink.has_errors(), "what does not compile is reported, and what is reported does not compile");
  fuzz::check_reports(sink, sources);
  return 0;
}
