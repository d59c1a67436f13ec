#include "compose/library.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "ops/op.h"

using namespace modelc;

namespace {

compose::Composition library_of(const std::string& text, diagnostics::Sink& sink) {
  support::SourceManager sources;
  sources.add("main.yaml", text);
  compose::Composition out;
  compose::load_library(sources, out, sink);
  return out;
}

TEST_CASE("what a text names is read, and what that names") {
  diagnostics::Sink sink;
  CHECK(library_of("modules: {m: Linear(3)}", sink).library.empty());
  CHECK(library_of("modules: {m: TransformerEncoderLayer(2)}", sink).library.count("TransformerEncoderLayer"));
  CHECK(library_of("modules: {m: Transformer()}", sink).library.count("TransformerDecoderLayer"));
}

TEST_CASE("every built-in description is sound, and takes what its operator declares") {
  for (const ops::Op& op : ops::Catalogue::get().all()) {
    if (!op.becomes.is_written()) continue;
    CAPTURE(op.name);
    diagnostics::Sink sink;
    const auto description = library_of(op.name, sink).library.at(op.name);
    CHECK(sink.size() == 0);
    CHECK(description->file.built_in);
    for (const auto& param : description->params) CHECK(op.find_arg(param.name.text));
    REQUIRE(description->inputs.entries.size() == op.inputs.size());
    for (std::size_t i = 0; i < op.inputs.size(); ++i) {
      const auto& input = description->inputs.entries[i];
      CHECK(input.name.text == op.inputs[i].name);
      CHECK(static_cast<bool>(input.value.declared.value) == op.inputs[i].has_default);
    }
  }
}

}  // namespace
