#include "weights/match_weights.h"

#include <doctest/doctest.h>

using namespace modelc;
using types::DType;
using weights::WeightVerdict;

namespace {

ir::Program two_layers() {
  ir::Program program;
  auto& modules = program.tree.modules;
  modules.resize(3);
  modules[0].children = {1, 2};
  const char* names[] = {"backbone", "fc"};
  for (std::uint32_t i = 1; i < 3; ++i) {
    modules[i].name = modules[i].path = names[i - 1];
    modules[i].type = "Linear";
    modules[i].kind = ir::ModuleKind::Operator;
    modules[i].parent = 0;
    for (const char* tensor : {"weight", "bias"}) {
      ir::Tensor t;
      t.name = tensor;
      t.type = {DType::Float32,
                std::string(tensor) == "weight" ? std::vector<types::Dim>{2, 3} : std::vector<types::Dim>{2}};
      modules[i].tensors.push_back(t);
    }
  }
  return program;
}

formats::WeightFile file_of(const std::vector<std::pair<std::string, std::vector<std::int64_t>>>& tensors,
                            DType dtype = DType::Float32) {
  formats::WeightFile file;
  file.file = "w.safetensors";
  for (const auto& [name, shape] : tensors) file.tensors.push_back({name, dtype, shape, {}, 0, 0});
  return file;
}

struct Outcome {
  weights::WeightMatch match;
  std::vector<std::string> codes;
  std::string text, help;
};

Outcome match(const ir::Program& program, const ir::WeightSource& source, const formats::WeightFile& file) {
  diagnostics::Sink sink;
  Outcome out;
  out.match = weights::match_weights(program, {source}, {file}, {}, sink);
  for (const auto& found : sink.found()) {
    out.codes.emplace_back(found.code);
    out.text += found.message + "\n";
    out.help += found.help + "\n";
  }
  return out;
}

const std::vector<std::pair<std::string, std::vector<std::int64_t>>> kBoth = {
    {"backbone.weight", {2, 3}}, {"backbone.bias", {2}}, {"fc.weight", {2, 3}}, {"fc.bias", {2}}};

}  // namespace

TEST_CASE("a file that fits is loaded whole") {
  const Outcome out = match(two_layers(), {}, file_of(kBoth));
  CHECK(out.codes.empty());
  CHECK(out.match.ok);
  CHECK(out.match.copies.size() == 4);
  CHECK(out.match.lines[0].model_name == "backbone.weight");
}

TEST_CASE("missing and unexpected tensors are both listed, and nothing is loaded") {
  const Outcome out =
      match(two_layers(), {}, file_of({{"backbone.weight", {2, 3}}, {"backbone.bias", {2}}, {"head.weight", {5, 3}}}));
  CHECK(out.codes == std::vector<std::string>{"M7105", "M7104"});
  CHECK_FALSE(out.match.ok);
  CHECK(out.match.copies.empty());
  CHECK(out.text.find("`fc.weight`, `fc.bias`") != std::string::npos);
}

TEST_CASE("except, new and what replace put there make a head fit") {
  ir::Program program = two_layers();
  const auto file =
      file_of({{"backbone.weight", {2, 3}}, {"backbone.bias", {2}}, {"fc.weight", {9, 3}}, {"fc.bias", {9}}});
  ir::WeightSource source;
  CHECK(match(program, source, file).codes == std::vector<std::string>{"M7106"});
  source.except = {"fc"};
  CHECK(match(program, source, file).codes == std::vector<std::string>{"M7104"});
  source.created = {"fc"};
  Outcome out = match(program, source, file);
  CHECK(out.match.ok);
  CHECK(out.match.copies.size() == 2);
  CHECK(out.match.report().find("kept         fc.weight") != std::string::npos);
  source.created.clear();
  for (auto& tensor : program.tree.modules[2].tensors) tensor.implied_new = true;
  CHECK(match(program, source, file).match.ok);
}

TEST_CASE("rename maps the first prefix that fits, and a lost prefix is suggested") {
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> wrapped;
  for (const auto& [name, shape] : kBoth) wrapped.emplace_back("module." + name, shape);
  Outcome out = match(two_layers(), {}, file_of(wrapped));
  CHECK(out.codes.size() == 2);
  CHECK(out.help.find("rename: {\"module.\": \"\"}") != std::string::npos);
  ir::WeightSource source;
  source.rename = {{"module.", ""}, {"module.fc", "nowhere"}};
  CHECK(match(two_layers(), source, file_of(wrapped)).match.ok);
}

TEST_CASE("dtypes are not converted") {
  CHECK(match(two_layers(), {}, file_of(kBoth, DType::Float64)).codes == std::vector<std::string>{"M7107"});
}

TEST_CASE("a component's weights are relative to its place; the rest of the model keeps its values") {
  ir::WeightSource source;
  source.prefix = "backbone";
  const Outcome out = match(two_layers(), source, file_of({{"weight", {2, 3}}, {"bias", {2}}}));
  CHECK(out.match.ok);
  CHECK(out.match.copies.size() == 2);
  CHECK(out.match.lines[2].verdict == WeightVerdict::Kept);
}

TEST_CASE("a tied name that the file lacks is no miss, and moved paths are found") {
  ir::Program program = two_layers();
  program.tree.modules[2].tensors[0].tied_to = "backbone.weight";
  CHECK(match(program, {}, file_of({{"backbone.weight", {2, 3}}, {"backbone.bias", {2}}, {"fc.bias", {2}}})).match.ok);
  program.moved = {{"old", "backbone"}};
  CHECK(match(program, {}, file_of({{"old.weight", {2, 3}}, {"old.bias", {2}}, {"fc.bias", {2}}})).match.ok);
}

TEST_CASE("files that are not there: a warning of check, an error where they are needed") {
  ir::Program program = two_layers();
  ir::WeightSource source;
  source.from = "no/such.safetensors";
  program.weights = {source};
  for (const bool needed : {false, true}) {
    diagnostics::Sink sink;
    weights::check_weights(program, needed, sink);
    REQUIRE(sink.size() == 1);
    CHECK(sink.found()[0].code == (needed ? "M7102" : "M7103"));
  }
}
