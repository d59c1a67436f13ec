// covers: not_yet.cpp
// Keys whose values are words: `device` and `allow`; and `null` on the command line.
#include "compose/settings.h"

#include <doctest/doctest.h>

#include "compose/compose.h"
#include "runs/settings.h"

using namespace modelc;

namespace {

struct Read {
  support::SourceManager sources;
  diagnostics::Sink sink;
  ast::DescriptionPtr root;

  explicit Read(const std::string& text, std::vector<std::pair<std::string, std::string>> set = {}) {
    compose::Overrides overrides;
    overrides.set = std::move(set);
    overrides.contents["/m/main.yaml"] = "inputs: {x: any}\nforward: x\n" + text + "\n";
    if (auto out = compose::compose(sources, "/m/main.yaml", overrides, sink)) root = out->root;
  }
  std::string codes() const {
    std::string all;
    for (const auto& d : sink.sorted()) all += (all.empty() ? "" : " ") + std::string(d.code);
    return all;
  }
};

struct Placed {
  compose::Placement placement;
  std::string codes;
};

Placed placed(const std::string& text, std::vector<std::pair<std::string, std::string>> set = {}) {
  Read read(text, std::move(set));
  REQUIRE(read.root);
  Placed out;
  out.placement = compose::read_placement(read.root->running.device, read.sink);
  out.codes = read.codes();
  return out;
}

}  // namespace

TEST_CASE("settings: a device for the whole, by path, or not said") {
  CHECK(placed("").placement.device.empty());
  CHECK(placed("device: null").placement.device.empty());
  CHECK(placed("device: cuda:1").placement.device == "cuda:1");
  const Placed by_path = placed("device: {\"**\": cuda, head: cuda}");
  CHECK(by_path.placement.device == "cuda");
  REQUIRE(by_path.placement.paths.size() == 2);
  CHECK(by_path.placement.paths[1].pattern == "head");
  CHECK(by_path.codes == "");
  CHECK(placed("device: cuda:1", {{"device", "cpu"}}).placement.device == "cpu");
}

TEST_CASE("settings: what is no device, or several") {
  CHECK(placed("device: banana").codes == "M8312");
  CHECK(placed("device: [cpu]").codes == "M8310");
  CHECK(placed("device: {a: [cpu]}").codes == "M8310");
  CHECK(placed("device: {a: cpu, b: cuda:0}").codes == "M9001");
}

TEST_CASE("settings: a lint that is allowed is silent, what is none is an error") {
  Read read("allow: [m4026]");
  REQUIRE(read.root);
  compose::apply_allow(read.root->running.allow, read.sink);
  read.sink.report({}, diag::NeverCalled, "a");
  read.sink.report({}, diag::GlobMatchesNothing, "a");
  CHECK(read.codes() == "M4029");
  Read wrong("allow: [M4027, nonsense, {a: b}]");
  REQUIRE(wrong.root);
  compose::apply_allow(wrong.root->running.allow, wrong.sink);
  CHECK(wrong.codes() == "M8312 M8312 M8310");
  Read one("allow: M4026");
  compose::apply_allow(one.root->running.allow, one.sink);
  CHECK(one.codes() == "");
}

TEST_CASE("settings: null on the command line takes a key away") {
  const Read read("train: {steps: 5, clip: {norm: 1.0, value: 2.0}}\ndevice: cpu",
                  {{"train.steps", "null"}, {"train.epochs", "3"}, {"train.clip.value", "null"}, {"device", "null"}});
  REQUIRE(read.root);
  CHECK(read.codes() == "");
  const auto& train = read.root->train->items;
  REQUIRE(train.size() == 2);
  CHECK(train[0].name.text == "clip");
  CHECK(train[0].value->items.size() == 1);
  CHECK(train[1].name.text == "epochs");
  CHECK_FALSE(read.root->running.device);
  CHECK_FALSE(Read("train: {steps: 5}", {{"train", "null"}}).root->train);
}

TEST_CASE("settings: a path leads into a call, and a positional argument is found by its name") {
  const auto optimizer = [](const std::string& written, const std::string& path, const std::string& value) {
    Read read("train: {optimizer: \"" + written + "\"}", {{path, value}});
    REQUIRE(read.root);
    CHECK(read.codes() == "");
    const auto settings = runs::settings_of(*read.root);
    return settings.at(0).second;
  };
  CHECK(optimizer("Adam", "train.optimizer.lr", "0.1") == "Adam(lr=0.1)");
  CHECK(optimizer("Adam(lr=0.5, eps=1e-3)", "train.optimizer.lr", "0.1") == "Adam(lr=0.1, eps=0.001)");
  CHECK(optimizer("SGD(0.5)", "train.optimizer.lr", "0.1") == "SGD(0.1)");
  CHECK(optimizer("SGD(0.5)", "train.optimizer.momentum", "0.9") == "SGD(0.5, momentum=0.9)");
  CHECK(optimizer("Adam", "train.optimizer", "SGD(lr=0.1)") == "SGD(lr=0.1)");
}

TEST_CASE("settings: what the language grants and nothing honours is M9001 where it is given") {
  const auto not_yet = [](const std::string& text) {
    support::SourceManager sources;
    diagnostics::Sink sink;
    compose::Overrides overrides;
    overrides.contents["/m/main.yaml"] = "inputs: {x: any}\nforward: x\n" + text + "\n";
    const auto out = compose::compose(sources, "/m/main.yaml", overrides, sink);
    REQUIRE(out);
    compose::report_not_yet(*out, sink);
    return sink.sorted().empty() ? std::string() : sink.sorted()[0].message;
  };
  // Every key is honoured by now.
  CHECK(not_yet("predict: {generate: {feed: x}}") == "");
  CHECK(not_yet("device: cpu") == "");
}

TEST_CASE("settings: how long one phase is, is set in one way") {
  const std::string text = "train: {phases: [{epochs: 3}, {steps: 4}]}";
  const Read read(text, {{"train.phases.0.steps", "7"}, {"train.phases.1.steps", "8"}});
  REQUIRE(read.root);
  const ast::Setting& phases = *read.root->train->items.at(0).value;
  for (const auto& phase : phases.items) {
    REQUIRE(phase.value->items.size() == 1);
    CHECK(phase.value->items[0].name.text == "steps");
  }
}
