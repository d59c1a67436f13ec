#include "weights/match_weights.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

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

Outcome match(const ir::Program& program, const ir::WeightSource& source, const formats::WeightFile& file,
              const weights::MatchOptions& options = {}) {
  diagnostics::Sink sink;
  Outcome out;
  out.match = weights::match_weights(program, {source}, {file}, options, sink);
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

TEST_CASE("a file of the command line goes over those before it, which need not know what was put there since") {
  ir::Program program = two_layers();
  for (auto& tensor : program.tree.modules[2].tensors) tensor.implied_new = true;
  const auto base =
      file_of({{"backbone.weight", {2, 3}}, {"backbone.bias", {2}}, {"fc.weight", {9, 3}}, {"fc.old.bias", {9}}});
  const auto head = file_of({{"backbone.bias", {2}}, {"fc.weight", {2, 3}}, {"fc.bias", {2}}});
  const auto tried = [&](const std::vector<formats::WeightFile>& files) {
    std::vector<std::string> names(files.size(), "absent.safetensors");
    weights::Start start = weights::start_of_command(program, names, {}, {}, true);
    diagnostics::Sink sink;
    const auto found = weights::match_weights(program, start.sources, files, start.options, sink);
    std::map<std::string, std::size_t> sources;
    for (const auto& copy : found.copies) sources[copy.key] = copy.source;
    return sources;
  };
  CHECK(tried({base, head}) == std::map<std::string, std::size_t>{
                                   {"backbone.weight", 0}, {"backbone.bias", 1}, {"fc.weight", 1}, {"fc.bias", 1}});
  CHECK(tried({base}).empty());  // the head is missing
  CHECK(tried({head}).empty());
}

TEST_CASE("what is missing of a checkpoint that holds what was trained only") {
  auto file = file_of({{"fc.weight", {2, 3}}, {"fc.bias", {2}}});
  file.metadata[weights::kSavedKey] = weights::kSavedTrained;
  const Outcome out = match(two_layers(), {}, file);
  CHECK(out.codes == std::vector<std::string>{"M7104"});
  CHECK(out.help.find("--weights BASE") != std::string::npos);
}

TEST_CASE("resize takes a tensor of another size, and says so") {
  ir::WeightSource source;
  source.resize = {{"backbone", ir::Resizing::Interpolate}, {"backbone.weight", ir::Resizing::Mean}};
  const auto larger =
      file_of({{"backbone.weight", {2, 5}}, {"backbone.bias", {4}}, {"fc.weight", {2, 3}}, {"fc.bias", {2}}});
  const Outcome out = match(two_layers(), source, larger);
  REQUIRE(out.match.ok);
  REQUIRE(out.match.copies.size() == 4);
  CHECK(out.match.copies[0].resize == ir::Resizing::Mean);
  CHECK(out.match.copies[1].resize == ir::Resizing::Interpolate);
  CHECK_FALSE(out.match.copies[2].resize);
  CHECK(out.match.lines[0].why == "resized from float[2, 5] by `mean`");
  // Another rank is no other size.
  const auto flat =
      file_of({{"backbone.weight", {6}}, {"backbone.bias", {2}}, {"fc.weight", {2, 3}}, {"fc.bias", {2}}});
  CHECK(match(two_layers(), source, flat).codes == std::vector<std::string>{"M7106"});
  source.resize = {{"backbone.wieght", ir::Resizing::Mean}};
  CHECK_FALSE(match(two_layers(), source, larger).match.ok);
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

TEST_CASE("floating-point dtypes are converted and said to be; others are not") {
  for (const DType dtype : {DType::Float16, DType::BFloat16, DType::Float64}) {
    const Outcome out = match(two_layers(), {}, file_of(kBoth, dtype));
    CHECK(out.codes.empty());
    CHECK(out.match.copies.size() == 4);
    CHECK(out.match.lines[0].why == "converted from " + std::string(types::torch_word(dtype)));
  }
  for (const DType dtype : {DType::Int64, DType::UInt8, DType::Bool})
    CHECK(match(two_layers(), {}, file_of(kBoth, dtype)).codes == std::vector<std::string>{"M7107"});
}

TEST_CASE("names that name nothing are errors with the nearest") {
  const auto refused = [](ir::WeightSource source, const std::string& says, const std::string& help) {
    const Outcome out = match(two_layers(), source, file_of(kBoth));
    CHECK(out.codes == std::vector<std::string>{"M7116"});
    CHECK_FALSE(out.match.ok);
    CHECK(out.text.find(says) != std::string::npos);
    CHECK(out.help.find(help) != std::string::npos);
  };
  ir::WeightSource source;
  source.only = {"**", "!backbnoe"};
  refused(source, "`backbnoe` in `only` names nothing in `w.safetensors`", "did you mean `backbone`?");
  source = {};
  source.except = {"fc.wieght"};
  refused(source, "`fc.wieght` in `except`", "did you mean `fc.weight`?");
  source = {};
  source.rename = {{"backbones.", ""}};
  refused(source, "`backbones.` in `rename`", "did you mean `backbone`?");
  source = {};
  source.created = {"fcc"};
  refused(source, "`fcc` in `new` names nothing in the model", "did you mean `fc`?");
  source = {};
  CHECK(match(two_layers(), source, file_of(kBoth), {true, {"fcc"}}).match.ok);
}

TEST_CASE("a file that does not count batches fits") {
  ir::Program program = two_layers();
  ir::Tensor count;
  count.name = "num_batches_tracked";
  count.type = {DType::Int64, {}};
  count.buffer = true;
  program.tree.modules[1].tensors.push_back(count);
  CHECK_FALSE(match(program, {}, file_of(kBoth)).match.ok);  // a Linear counts nothing
  program.tree.modules[1].type = "BatchNorm1d";
  const Outcome out = match(program, {}, file_of(kBoth));
  CHECK(out.match.ok);
  CHECK(out.match.lines[2].verdict == WeightVerdict::Kept);
}

TEST_CASE("two names of a tied parameter must hold the same values") {
  ir::Program program = two_layers();
  program.tree.modules[2].tensors[0].tied_to = "backbone.weight";
  const std::string path =
      (std::filesystem::temp_directory_path() / ("modelc_tied." + std::to_string(::getpid()))).string();
  const auto stored = [&](float last) {
    formats::WeightFile made;
    std::vector<formats::TensorEntry> entries;
    for (const auto& [name, shape] : kBoth) entries.push_back({name, DType::Float32, shape, {}, 0, 0});
    std::string bytes = formats::make_safetensors_header(entries, {});
    std::vector<float> values(16, 1.0F);
    values[13] = last;  // of fc.weight
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    std::ofstream(path, std::ios::binary) << bytes;
    return *formats::read_weight_header(path).value;
  };
  CHECK(match(program, {}, stored(1.0F)).match.ok);
  const Outcome out = match(program, {}, stored(2.0F));
  std::filesystem::remove(path);
  CHECK(out.codes == std::vector<std::string>{"M7117"});
  CHECK(out.text.find("`backbone.weight` and `fc.weight`") != std::string::npos);
  CHECK(out.match.copies.empty());
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

TEST_CASE("the report names what fares alike under one path once, and counts") {
  const auto file =
      file_of({{"backbone.weight", {2, 3}}, {"backbone.bias", {2}}, {"fc.weight", {9, 3}}, {"x.a", {1}}, {"x.b", {1}}});
  ir::WeightSource source;
  source.except = {"fc", "x"};
  source.created = {"fc"};
  const auto report = match(two_layers(), source, file).match.grouped_report();
  CHECK(report ==
        "backbone.*: 2 tensors loaded\n"
        "fc.*: 2 tensors kept, named by `new`\n"
        "*: 3 tensors unused, named by `except`\n"
        "2 loaded, 2 kept, 3 unused\n");
  source = {};
  source.rename = {{"old.", "backbone."}};
  source.created = {"fc"};
  CHECK(match(two_layers(), source, file_of({{"old.weight", {2, 3}}, {"old.bias", {2}}}))
            .match.grouped_report()
            .starts_with("backbone.*: 2 tensors loaded, from `old.*`\n"));
}

TEST_CASE("near misses are told: another number of classes, a transposed matrix, in keys or in options") {
  auto shapes = kBoth;
  shapes[2].second = {9, 3}, shapes[3].second = {9};
  CHECK(match(two_layers(), {}, file_of(shapes))
            .help.find(
                "the file is for 9 classes or features, the model has 2: `except: [\"fc\"]` and `new: [\"fc\"]`") !=
        std::string::npos);
  shapes = kBoth;
  shapes[2].second = {3, 2};
  ir::WeightSource source;
  source.of_command = true;
  const std::string help = match(two_layers(), source, file_of(shapes)).help;
  CHECK(help.find("transposed: save it as `.t()`") != std::string::npos);
  CHECK(help.find("`--except fc.weight`") != std::string::npos);
}

TEST_CASE("what carries over from one model to another is found by matching") {
  const ir::Program program = two_layers();
  const auto file = weights::as_weight_file(program, "a.yaml");
  CHECK(file.tensors.size() == 4);
  const Outcome out = match(program, {}, file);
  CHECK(out.match.ok);
  CHECK(support::json_line(out.match.json()).starts_with(R"({"fits": true, "counts": {"loaded": 4)"));
}
