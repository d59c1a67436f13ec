// covers: loader.cpp merge.cpp overrides.cpp set_path.cpp stated.cpp edits.cpp
#include "compose/compose.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "compose/bundle.h"
#include "support/json.h"

using namespace modelc;

namespace {

struct Run {
  support::SourceManager sources;
  diagnostics::Sink sink;
  std::optional<compose::Composition> out;

  explicit Run(const std::map<std::string, std::string>& files, compose::Overrides overrides = {},
               const std::string& file = "/m/main.yaml") {
    for (const auto& [path, text] : files) overrides.contents["/m/" + path] = text;
    out = compose::compose(sources, file, overrides, sink);
  }

  std::string codes() const {
    std::string all;
    for (const auto& d : sink.sorted()) all += (all.empty() ? "" : " ") + std::string(d.code);
    return all;
  }
  std::string help() const {
    const auto all = sink.sorted();
    return all.empty() ? "" : all[0].help;
  }
  const ast::Declaration* param(const std::string& name) const {
    for (const auto& item : out->root->params) {
      if (item.name.text == name) return &item.value;
    }
    return nullptr;
  }
  std::string modules() const {
    std::string all;
    for (const auto& item : out->root->modules) all += (all.empty() ? "" : " ") + item.name.text;
    return all;
  }
  std::string text(const ast::ExprPtr& e) const { return e ? std::string(sources.text(e->span)) : ""; }
};

const std::string kBase = R"(
params:
  width: int = 64
  rate: 0.5
variants:
  small: {width: 8}
inputs:
  x: float[B, 10]
modules:
  a: Linear(width)
  drop: Dropout(rate)
  b: Linear(2)
forward:
  y: x -> a -> drop -> b
freeze: [a]
train:
  epochs: 3
  batch: 8
)";

compose::Overrides set(std::vector<std::pair<std::string, std::string>> values) {
  compose::Overrides o;
  o.set = std::move(values);
  return o;
}

}  // namespace

TEST_CASE("compose: a file without anything from outside is itself") {
  const Run run({{"main.yaml", kBase}});
  CHECK(run.codes() == "");
  REQUIRE(run.out);
  CHECK(run.modules() == "a drop b");
  CHECK(run.out->files.contains("/m/main.yaml"));
}

TEST_CASE("compose: extends merges named things by name, in the base's place") {
  const Run run(
      {{"base.yaml", kBase},
       {"main.yaml", "extends: base.yaml\nparams:\n  width: 32\nmodules:\n  drop: null\n  a: Linear(7)\n  c: ReLU\n"}});
  CHECK(run.codes() == "");
  REQUIRE(run.out);
  CHECK(run.modules() == "a b c");
  CHECK(run.text(run.out->root->modules[0].value.call) == "Linear(7)");
  REQUIRE(run.param("width"));
  CHECK(run.param("width")->declared.type);  // a value alone keeps the type
  CHECK(run.text(run.param("width")->declared.value) == "32");
  CHECK(run.text(run.param("width")->declared.original) == "64");
}

TEST_CASE("compose: train merges by key, freeze stands whole") {
  const Run run({{"base.yaml", kBase}, {"main.yaml", "extends: base.yaml\ntrain: {epochs: 9}\nfreeze: [b]\n"}});
  CHECK(run.codes() == "");
  REQUIRE(run.out);
  REQUIRE(run.out->root->train->items.size() == 2);
  CHECK(run.out->root->train->items[0].value->scalar->text == "9");
  REQUIRE(run.out->root->by_path.freeze.size() == 1);
  CHECK(run.out->root->by_path.freeze[0].pattern == "b");
}

TEST_CASE("compose: what a loop of the base makes is left to the generations") {
  const std::string base =
      "inputs:\n  x: float[B, 4]\nmodules:\n  for i in range(3):\n    b${i}: Linear(4)\nforward:\n  y: x\n";
  const Run run({{"base.yaml", base}, {"main.yaml", "extends: base.yaml\nmodules:\n  b1: ReLU\n"}});
  CHECK(run.codes() == "");
  REQUIRE(run.out);
  REQUIRE(run.out->root->modules.size() == 2);
  CHECK(run.out->root->modules[0].generation == 0);
  CHECK(run.out->root->modules[1].generation == 1);
}

TEST_CASE("compose: deleting what the base lacks is an error with the nearest name") {
  const Run run({{"base.yaml", kBase}, {"main.yaml", "extends: base.yaml\nmodules:\n  dropp: null\n"}});
  CHECK(run.codes() == "M3507");
  CHECK(run.help() == "did you mean `drop`?");
}

TEST_CASE("compose: a param that the base lacks and nothing reads") {
  const Run run({{"base.yaml", kBase}, {"main.yaml", "extends: base.yaml\nparams:\n  widht: 32\n"}});
  CHECK(run.codes() == "M3504");
  CHECK(run.help() == "did you mean `width`?");
  const Run read(
      {{"base.yaml", kBase}, {"main.yaml", "extends: base.yaml\nparams:\n  out: 3\nmodules:\n  b: Linear(out)\n"}});
  CHECK(read.codes() == "");
}

TEST_CASE("compose: circles and missing files are errors where they are asked for") {
  const Run circle({{"main.yaml", "extends: b.yaml\n"}, {"b.yaml", "extends: main.yaml\n"}});
  CHECK(circle.codes() == "M1050");
  CHECK_FALSE(circle.out);
  const Run import({{"main.yaml", kBase + "import:\n  A: main.yaml\n"}});
  CHECK(import.codes() == "M1050");
  const Run missing({{"main.yaml", kBase + "import:\n  A: absent.yaml\n"}});
  CHECK(missing.codes() == "M1001");
  const Run root({}, {}, "/m/absent.yaml");
  CHECK(root.codes() == "M1001");
}

TEST_CASE("compose: a component of a library must be there") {
  const std::string library = "components:\n  Head:\n    inputs: [x]\n    layers: [ReLU]\n";
  const Run good({{"main.yaml", kBase + "import:\n  H: lib.yaml#Head\n"}, {"lib.yaml", library}});
  CHECK(good.codes() == "");
  CHECK(good.out->root->imports.find("H")->second.file == "/m/lib.yaml#Head");
  const Run bad({{"main.yaml", kBase + "import:\n  H: lib.yaml#Haed\n"}, {"lib.yaml", library}});
  CHECK(bad.codes() == "M3510");
}

TEST_CASE("compose: variants, by name and behind the file") {
  const Run at({{"main.yaml", kBase}}, {}, "/m/main.yaml@small");
  CHECK(at.codes() == "");
  CHECK(at.text(at.param("width")->declared.value) == "8");
  compose::Overrides named;
  named.variant = "smal";
  const Run unknown({{"main.yaml", kBase}}, named);
  CHECK(unknown.codes() == "M3501");
  CHECK(unknown.help() == "did you mean `small`?");
  named.variant = "small";
  CHECK(Run({{"main.yaml", kBase}}, named, "/m/main.yaml@large").codes() == "M3502");
}

TEST_CASE("compose: null deletes a base's variant") {
  const Run run(
      {{"base.yaml", kBase}, {"main.yaml", "extends: base.yaml\nvariants: {small: null, large: {width: 9}}"}});
  CHECK(run.codes() == "");
  CHECK(run.out->root->variants.count("small") == 0);
  CHECK(run.out->root->variants.count("large") == 1);
  CHECK(Run({{"base.yaml", kBase}, {"main.yaml", "extends: base.yaml\nvariants: {tiny: null}"}}).codes() == "M3507");
}

TEST_CASE("compose: --set gives params values after the variant") {
  compose::Overrides o = set({{"width", "16"}});
  o.variant = "small";
  const Run run({{"main.yaml", kBase}}, o);
  CHECK(run.codes() == "");
  const ast::Declared& width = run.param("width")->declared;
  CHECK(width.value->text == "16");
  CHECK(run.sources.file(width.value->span.file).path() == "--set width=16");
  CHECK(width.type);
  const Run unknown({{"main.yaml", kBase}}, set({{"widht", "16"}}));
  CHECK(unknown.codes() == "M3503");
  CHECK(unknown.help() == "did you mean `width`?");
}

TEST_CASE("compose: --set reaches the recipe by path") {
  const Run run({{"main.yaml", kBase}},
                set({{"train.epochs", "5"}, {"train.clip.norm", "1.0"}, {"data.root", "here"}}));
  CHECK(run.codes() == "");
  REQUIRE(run.out->root->train->items.size() == 3);
  CHECK(run.out->root->train->items[0].value->scalar->text == "5");
  CHECK(run.out->root->train->items[2].value->items[0].value->scalar->text == "1.0");
  CHECK(run.out->root->data->items[0].value->scalar->text == "here");
  CHECK(Run({{"main.yaml", kBase}}, set({{"trian.epochs", "5"}})).help() == "did you mean `train.epochs`?");
}

TEST_CASE("compose: --set reaches a param of a module that is a param") {
  const std::string text =
      "params:\n  enc: module = Linear(3)\ninputs:\n  x: float[B, 4]\nmodules:\n  e: enc\nforward:\n  y: e(x)\n";
  const Run run({{"main.yaml", text}}, set({{"enc.bias", "false"}}));
  CHECK(run.codes() == "");
  const ast::ExprPtr& call = run.param("enc")->declared.value;
  REQUIRE(call->args.size() == 2);
  CHECK(call->args[1].name == "bias");
}

TEST_CASE("compose: a module param takes a file from the command line") {
  const std::string text =
      "params:\n  enc: module\ninputs:\n  x: float[B, 4]\nmodules:\n  e: enc\nforward:\n  y: e(x)\n";
  const Run run({{"main.yaml", text}, {"enc.yaml", kBase}}, set({{"enc", "/m/enc.yaml@small"}}));
  CHECK(run.codes() == "");
  CHECK(run.param("enc")->declared.value->op == ast::Operator::MatMul);
  CHECK(run.out->root->imports.find("file_enc")->second.file == "/m/enc.yaml");
}

TEST_CASE("compose: a file of the command line takes arguments as an import does") {
  compose::Overrides o;
  o.replace = {{"a", "/m/head.yaml(5, drop=0.1)"}};
  o.wrap = {{"drop", "/m/head.yaml@small(classes=2)"}};
  o.append = {{"c", "/m/odd (1).yaml"}};
  const std::string head =
      "params: {classes: 3, drop: 0.0}\nvariants: {small: {drop: 0.5}}\ninputs: {x: \"float[B, I]\"}\nlayers: "
      "[Linear(classes)]\n";
  const Run run({{"main.yaml", kBase}, {"head.yaml", head}, {"odd (1).yaml", head}}, o);
  CHECK(run.codes() == "");
  REQUIRE(run.out->root->by_path.edits.size() == 3);
  const auto call = [&](std::size_t i) { return run.out->root->by_path.edits[i].definition.call; };
  CHECK(call(0)->kind == ast::ExprKind::Call);
  CHECK(call(1)->kind == ast::ExprKind::Name);
  CHECK(call(2)->op == ast::Operator::MatMul);
  CHECK(call(2)->children[1]->kind == ast::ExprKind::Call);
  o.replace = {{"a", "/m/head.yaml(5"}};
  CHECK_FALSE(Run({{"main.yaml", kBase}, {"head.yaml", head}}, o).codes().empty());
  o.replace = {{"a", "/m/head.yaml(5 6)"}};
  CHECK(Run({{"main.yaml", kBase}, {"head.yaml", head}}, o).codes().starts_with("M20"));
}

TEST_CASE("compose: two edits of one path, or one below another, in one file") {
  const Run twice({{"main.yaml", kBase + "replace:\n  a: ReLU\nremove: [a]\n"}});
  CHECK(twice.codes() == "M3505");
  const Run below({{"main.yaml", kBase + "replace:\n  a.fc: ReLU\nremove: [a]\n"}});
  CHECK(below.codes() == "M3506");
  compose::Overrides nothing;
  nothing.replace = {{"a", "null"}};
  CHECK(Run({{"main.yaml", kBase}}, nothing).codes() == "M3511");
}

TEST_CASE("compose: the base's edits are done before those of the file and the command line") {
  compose::Overrides o;
  o.replace = {{"a", "Linear(5)"}};
  o.freeze = {"**"};
  const Run run(
      {{"base.yaml", kBase + "replace:\n  a: ReLU\n"}, {"main.yaml", "extends: base.yaml\nreplace:\n  a: GELU\n"}}, o);
  CHECK(run.codes() == "");
  REQUIRE(run.out->root->by_path.edits.size() == 3);
  for (int i = 0; i < 3; ++i) CHECK(run.out->root->by_path.edits[static_cast<std::size_t>(i)].layer == i);
  CHECK(run.out->root->by_path.edits[0].scope.lock() == run.out->root);
  CHECK(run.out->root->by_path.freeze.back().pattern == "**");
}

TEST_CASE("compose: a bundle composes to the same again, with more from outside on top") {
  compose::Overrides o = set({{"width", "16"}});
  const Run first({{"base.yaml", kBase}, {"main.yaml", "extends: base.yaml\n"}}, o);
  REQUIRE(first.out);
  const Run again({{"best.safetensors", first.out->bundle}}, {}, "/m/best.safetensors");
  CHECK(again.codes() == "");
  REQUIRE(again.out);
  CHECK(again.param("width")->declared.value->text == "16");
  CHECK(again.out->bundle == first.out->bundle);
  const Run more({{"best.safetensors", first.out->bundle}}, set({{"width", "4"}}), "/m/best.safetensors");
  CHECK(more.param("width")->declared.value->text == "4");
  const Run cut({{"best.safetensors", first.out->bundle.substr(0, 90)}}, {}, "/m/best.safetensors");
  CHECK(cut.codes() == "M1055");
}

TEST_CASE("compose: `modules` over a base's `layers` states its items again, adds none") {
  const std::string base = "inputs:\n  x: float[B, 4]\nlayers:\n  - a: Linear(4)\n  - b: ReLU\n";
  const Run good({{"base.yaml", base}, {"main.yaml", "extends: base.yaml\nmodules:\n  a: Linear(8)\n"}});
  CHECK(good.codes() == "");
  CHECK(good.text(good.out->root->body.layers.entries[0].value.call) == "Linear(8)");
  const Run bad({{"base.yaml", base}, {"main.yaml", "extends: base.yaml\nmodules:\n  c: Linear(8)\n"}});
  CHECK(bad.codes() == "M3509");
}

TEST_CASE("compose: --set where nothing takes the value") {
  CHECK(Run({{"main.yaml", kBase}}, set({{"train..epochs", "5"}})).codes() == "M3508");
  CHECK(Run({{"main.yaml", kBase}}, set({{"width.bias", "5"}})).codes() == "M3508");
}

TEST_CASE("compose: limits of size and depth") {
  std::map<std::string, std::string> chain = {{"main.yaml", "extends: f1.yaml\n"}};
  for (int i = 1; i < 60; ++i) {
    chain["f" + std::to_string(i) + ".yaml"] = "extends: f" + std::to_string(i + 1) + ".yaml\n";
  }
  CHECK(Run(chain).codes() == "M1051");
  std::map<std::string, std::string> many;
  std::string imports = kBase + "import:\n";
  for (int i = 0; i < 1100; ++i) {
    many["l" + std::to_string(i) + ".yaml"] = "components: {}\n";
    imports += "  L" + std::to_string(i) + ": l" + std::to_string(i) + ".yaml\n";
  }
  many["main.yaml"] = imports;
  CHECK(Run(many).codes() == "M1052");
}

TEST_CASE("compose: files that are too large, or no checkpoint") {
  const std::string folder = (std::filesystem::temp_directory_path() / "modelc_compose_test").string();
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/large.yaml") << std::string((std::size_t{16} << 20) + 1, '#');
  std::ofstream(folder + "/w.safetensors") << std::string("\x02\0\0\0\0\0\0\0{}", 10);
  CHECK(Run({}, {}, folder + "/large.yaml").codes() == "M1053");
  CHECK(Run({}, {}, folder + "/w.safetensors").codes() == "M1054");
  std::filesystem::remove_all(folder);
}

TEST_CASE("compose: paths are made canonical without a look at the disk") {
  CHECK(compose::resolve_path("/a/b", "../c.yaml") == "/a/c.yaml");
  CHECK(compose::resolve_path("/a/b", "/c/./d.yaml") == "/c/d.yaml");
}

TEST_CASE("json: what is quoted reads back") {
  const std::string text = "a\"b\\c\n\t\x01 \xC3\xA9 \xF0\x9F\x98\x80";
  compose::Bundle bundle;
  bundle.root = text;
  bundle.files[text] = text + text;
  compose::Overrides layer;
  layer.variant = "v";
  layer.set = {{"a", text}};
  layer.wrap = {{"fc", text}};
  layer.append = {{"trunk", "ReLU"}};
  layer.prepend = {{"trunk", "[{n: ReLU}]"}};
  layer.remove = {"r"};
  layer.freeze = {"**"};
  bundle.layers.push_back(std::move(layer));
  std::string fault;
  const auto back = compose::read_bundle(compose::write_bundle(bundle), fault);
  REQUIRE(back);
  CHECK(back->files == bundle.files);
  CHECK(back->layers[0].set == bundle.layers[0].set);
  CHECK(back->layers[0].freeze == bundle.layers[0].freeze);
  for (const std::string& bad : {std::string(1000, '['), "{\"root\": " + std::string(100000, '['), std::string("[]"),
                                 std::string("{\"root\": \"\\ud800\"}"), std::string("{\"root\": \"a\"}")}) {
    CHECK_FALSE(compose::read_bundle(bad, fault));
    CHECK_FALSE(fault.empty());
  }
  CHECK(support::json_quote("\xFF") == "\"\xEF\xBF\xBD\"");
}

TEST_CASE("what a file lost is not missed where another one speaks of it") {
  const std::string lost =
      "params: {width: 4, \"deep: 3}\nvariants: {\"small: {width: 3}}\ninputs: {x: \"float[B, 4]\"}\n"
      "components: {\"A: {layers: [ReLU]}}\nlayers: [ReLU]\n";
  compose::Overrides overrides;
  overrides.variant = "small";
  overrides.set = {{"deep", "2"}};
  const Run run({{"base.yaml", lost},
                 {"main.yaml",
                  "extends: base.yaml\nimport: {A: base.yaml#A}\nparams: {deep: 5}\n"
                  "variants: {large: {deep: 9}}\nmodules: {fc: null}\n"}},
                overrides);
  for (const auto& d : run.sink.sorted()) CHECK(std::string(d.code).starts_with("M10"));
  REQUIRE(run.out);
  CHECK_FALSE(run.out->whole());
}
