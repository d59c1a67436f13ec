// Every key of a description: its example is compiled, and something wrong under it is noticed. A key that nothing
// consumes would let the wrong value pass.
#include "catalogue/keys.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "pipeline/compile.h"

using namespace modelc;
using catalogue::Key;
using catalogue::KeyId;
using catalogue::Place;

namespace {

const char* const kBase = R"yaml(modelc: 1
params: {width: 16, classes: 3}
inputs:
  x: float[B, 8]
targets:
  label: int[B]
modules:
  trunk:
    - hidden: Linear(width)
    - act: ReLU
    - twin: Linear(width)
  fc: Linear(classes)
forward:
  logits: fc(trunk(x))
data:
  train: synthetic(64, x=normal(8), label=randint(0, 3))
  valid: {split: 0.25}
loss: cross_entropy(logits, label)
metrics: {accuracy: "accuracy(one_hot(label, 3).float(), label)"}
train: {epochs: 1, optimizer: SGD}
)yaml";

/// The codes of what is reported as an error of a file that holds `text`.
std::vector<std::string> errors_of(const std::string& text) {
  types::DimTable dims;
  const types::DimTable::Scope scope(dims);
  support::SourceManager sources;
  diagnostics::Sink sink;
  compose::Overrides overrides;
  overrides.contents = {{"/keys/base.yaml", kBase},
                        {"/keys/resnet18.yaml", kBase},
                        {"/keys/blocks.yaml", "components:\n  Attention: {inputs: [x], forward: x}\n"},
                        {"/keys/own.yaml", text}};
  pipeline::compile(sources, "/keys/own.yaml", overrides, {}, sink, {}, {.verify = true});
  std::vector<std::string> codes;
  for (const diagnostics::Diagnostic& d : sink.sorted()) {
    if (d.severity == diagnostics::Severity::Error) codes.push_back(std::string(d.code) + " " + d.message);
  }
  return codes;
}

std::string document(const Key& key, const std::string& text) {
  const bool names_base = key.id == KeyId::Document_extends || key.id == KeyId::Document_model;
  return (names_base ? "" : "extends: base.yaml\n") + text + "\n";
}

bool all_not_yet(const std::vector<std::string>& errors) {
  return !errors.empty() &&
         std::all_of(errors.begin(), errors.end(), [](const std::string& e) { return e.starts_with("M9001"); });
}

/// Something that only the consumer of the key can find wrong.
const std::vector<std::pair<KeyId, const char*>> kWrong = {
    {KeyId::Document_modelc, "modelc: 2"},
    {KeyId::Component_name, "name: {a: b}"},
    {KeyId::Component_doc, "doc: [a]"},
    {KeyId::Document_extends, "extends: nothere.yaml"},
    {KeyId::Document_model, "model: nothere.yaml"},
    {KeyId::Component_import, "import: {A: nothere.yaml}"},
    {KeyId::Component_params, "params: {width: sixteen}"},
    {KeyId::Component_define, "define: {double: widht * 2}"},
    {KeyId::Document_variants, "variants: {small: {widht: 3}}"},
    {KeyId::Component_inputs, "inputs:\n  x: flaot[B, 8]"},
    {KeyId::Document_targets, "targets:\n  label: itn[B]"},
    {KeyId::Component_where, "where: [Q == 2]"},
    {KeyId::Component_components, "components:\n  A: {inputs: [x], froward: x}"},
    {KeyId::Component_parameters, "parameters: {scale: \"int[] = 2\"}"},
    {KeyId::Component_buffers, "buffers: {steps: \"float[4]\"}"},
    {KeyId::Component_modules, "modules: {fc: Linaer(3)}"},
    {KeyId::Component_layers, "layers: [Linaer(3)]\nloss: output.mean()"},
    {KeyId::Component_forward, "forward: {logits: fc(trnk(x))}"},
    {KeyId::Component_outputs, "outputs: {logits: logist}"},
    {KeyId::Component_replace, "replace: {fcc: Linear(3)}"},
    {KeyId::Component_remove, "remove: [trunk.atc]"},
    {KeyId::Component_append, "append: {trnk: ReLU}"},
    {KeyId::Component_wrap, "wrap: {fc: ReLU}"},
    {KeyId::Component_prepend, "prepend: {trunk: ReLU}"},
    {KeyId::Component_init, "init: {fc.bais: zeros}"},
    {KeyId::Component_tie, "tie: {fc.bais: trunk.hidden.bias}"},
    {KeyId::Component_freeze, "freeze: [trnk]"},
    {KeyId::Component_weights, "weights: {form: a.pt}"},
    {KeyId::Component_moved, "moved: {head: fcc}"},
    {KeyId::Weights_resize, "weights: {from: a.pt, resize: {fc.weight: median}}"},
    {KeyId::Document_device, "device: banana"},
    {KeyId::Document_dtype, "dtype: float13"},
    {KeyId::Document_data, "data: {trian: synthetic(3)}"},
    {KeyId::Document_loss, "loss: cross_entropy(logits, lable)"},
    {KeyId::Document_metrics, "metrics:\n  a: accuracy(logits, lable)"},
    {KeyId::Document_train, "train: {epochs: none}"},
    {KeyId::Document_allow, "allow: [M4027]"},
    {KeyId::Document_checks, "checks: [{paramaters: 3}]"},
    {KeyId::Checks_variant, "checks: [{variant: wide, parameters: 195}]"},
    {KeyId::Checks_with, "checks: [{with: {Q: 2}}]"},
    {KeyId::Checks_output, "checks: [{output: flaot[2]}]"},
    {KeyId::Checks_parameters, "checks: [{parameters: \"<= many\"}]"},
    {KeyId::Checks_flops, "checks: [{flops: [1]}]"},
    {KeyId::Checks_keys, "checks: [{keys: [a]}]"},
    {KeyId::Checks_same_output_as, "checks: [{same_output_as: {wieghts: a}}]"},
    {KeyId::SameOutput_weights, "checks: [{same_output_as: {weights: [a], inputs: b, outputs: c}}]"},
    {KeyId::SameOutput_inputs, "checks: [{same_output_as: {weights: a, inputs: [b], outputs: c}}]"},
    {KeyId::SameOutput_outputs, "checks: [{same_output_as: {weights: a, inputs: b, outputs: [c]}}]"},
    {KeyId::SameOutput_tolerance, "checks: [{same_output_as: {weights: a, inputs: b, outputs: c, tolerance: -1}}]"},
    {KeyId::Data_train, "data:\n  train: synthetc(3)"},
    {KeyId::Data_valid, "data:\n  valid: {splt: 0.2}"},
    {KeyId::Data_test, "data:\n  test: synthetc(3)"},
    {KeyId::Data_root, "data:\n  root: [a]"},
    {KeyId::Data_feed, "data:\n  feed: {x: xx * 2}"},
    {KeyId::Data_workers, "data:\n  workers: -1"},
    {KeyId::Valid_split, "data:\n  valid: {split: 2}"},
    {KeyId::Valid_folds, "data:\n  valid: {folds: 1}"},
    {KeyId::Valid_fold, "data:\n  valid: {folds: 3, fold: 3}"},
    {KeyId::Valid_by, "data:\n  valid: {by: lable}"},
    {KeyId::Valid_stratify, "data:\n  valid: {split: 0.2, stratify: lable}"},
    {KeyId::Data_balance, "data:\n  balance: lable"},
    {KeyId::Train_epochs, "train: {epochs: 0}"},
    {KeyId::Train_steps, "train: {epochs: null, steps: 0}"},
    {KeyId::Train_batch, "train: {batch: 0}"},
    {KeyId::Train_optimizer, "train: {optimizer: Adma}"},
    {KeyId::Train_groups, "train: {groups: [{match: trunk, rl: 1}]}"},
    {KeyId::Train_clip, "train: {clip: {nrom: 1}}"},
    {KeyId::Train_seed, "train: {seed: -1}"},
    {KeyId::Train_accumulate, "train: {accumulate: 0}"},
    {KeyId::Train_drop_last, "train: {drop_last: 2}"},
    {KeyId::Train_schedule, "train: {schedule: cosin()}"},
    {KeyId::Train_stop, "train: {stop: {metrc: valid.loss, patience: 2}}"},
    {KeyId::Train_every, "train: {every: {lgo: 5}}"},
    {KeyId::Train_best, "train: {best: {metrc: valid.loss}}"},
    {KeyId::Groups_schedule, "train: {groups: [{match: trunk, schedule: cosin()}]}"},
    {KeyId::Stop_metric, "train: {stop: {metric: valid.acuracy, patience: 2}}"},
    {KeyId::Stop_patience, "train: {stop: {metric: valid.loss, patience: 0}}"},
    {KeyId::Stop_mode, "train: {stop: {metric: valid.loss, patience: 2, mode: maxi}}"},
    {KeyId::Every_log, "train: {every: {log: 0}}"},
    {KeyId::Every_valid, "train: {every: {valid: 0}}"},
    {KeyId::Every_save, "train: {every: {save: 0}}"},
    {KeyId::Best_metric, "train: {best: {metric: valid.acuracy}}"},
    {KeyId::Best_mode, "train: {best: {metric: valid.loss, mode: maxi}}"},
    {KeyId::Train_precision, "train: {precision: bf16}"},
    {KeyId::Train_average, "train: {average: 1}"},
    {KeyId::Train_turns, "train: {optimizer: null, turns: {main: {minimise: loss, optimizer: Adam}}}"},
    {KeyId::Turns_minimize, "train: {optimizer: null, turns: {main: {minimize: losses, optimizer: Adam}}}"},
    {KeyId::Turns_update, "train: {optimizer: null, turns: {main: {minimize: loss, update: trnk, optimizer: Adam}}}"},
    {KeyId::Turns_optimizer, "train: {optimizer: null, turns: {main: {minimize: loss, optimizer: Adma}}}"},
    {KeyId::Turns_every, "train: {optimizer: null, turns: {main: {minimize: loss, optimizer: Adam, every: 0}}}"},
    {KeyId::Turns_times, "train: {optimizer: null, turns: {main: {minimize: loss, optimizer: Adam, times: 0}}}"},
    {KeyId::Turns_average, "train: {optimizer: null, turns: {slow: {update: fc, average: trunk.hiden}}}"},
    {KeyId::Turns_decay, "train: {optimizer: null, turns: {slow: {update: fc, average: fc, decay: 1}}}"},
    {KeyId::Train_phases, "train: {epochs: null, phases: [{epochs: 1, bach: 3}]}"},
    {KeyId::Phases_freeze, "train: {epochs: null, phases: [{epochs: 1, freeze: trnk}]}"},
    {KeyId::Document_predict, "predict: [1]"},
    {KeyId::Predict_generate, "predict: {generate: 3}"},
    {KeyId::Generate_feed, "predict: {generate: {feed: label, next: logits, steps: 3}}"},
    {KeyId::Generate_next, "predict: {generate: {feed: x, next: label, steps: 3}}"},
    {KeyId::Generate_steps, "predict: {generate: {feed: x, next: logits, steps: 0}}"},
    {KeyId::Generate_stop, "predict: {generate: {feed: x, next: logits, steps: 3, stop: logits}}"},
    {KeyId::Train_carry, "train: {carry: {last: logist}}"},
    {KeyId::Clip_norm, "train: {clip: {norm: none}}"},
    {KeyId::Clip_value, "train: {clip: {value: none}}"},
    {KeyId::Groups_match, "train: {groups: [{match: trnk, lr: 1}]}"},
    {KeyId::Weights_from, "weights: {from: [a]}"},
    {KeyId::Weights_only, "weights: {from: a.pt, only: {a: b}}"},
    {KeyId::Weights_except, "weights: {from: a.pt, except: {a: b}}"},
    {KeyId::Weights_rename, "weights: {from: a.pt, rename: [a]}"},
    {KeyId::Weights_new, "weights: {from: a.pt, new: {a: b}}"},
    {KeyId::Buffer_value, "buffers: {t: {value: \"float[4]\"}}"},
    {KeyId::Buffer_saved, "buffers: {t: {value: \"float[4] = zeros\", saved: perhaps}}"},
    {KeyId::Module_type, "modules: {fc: {type: Linaer, out_features: 3}}"},
    {KeyId::Module_layers, "modules: {fc: {inputs: [x], layers: [Linaer(3)]}}"},
    {KeyId::Module_forward, "modules: {fc: {inputs: [x], modules: {a: Linear(3)}, forward: b(x)}}"},
    {KeyId::Module_sequential, "modules: {fc: {sequential: [Linaer(3)]}}"},
    {KeyId::Module_list, "modules: {fc: {list: [Linear(3)]}}"},
    {KeyId::Module_dict, "modules: {fc: {dict: {a: Linear(3)}}}"},
    {KeyId::Control_for, "append:\n  trunk:\n    - for i in rnage(2): Linear(8)"},
    {KeyId::Control_if, "append:\n  trunk:\n    - if widht > 4: Linear(8)"},
    {KeyId::Control_elif, "append:\n  trunk:\n    - if width > 40: Linear(8)\n      elif widht > 4: Linear(4)"},
    {KeyId::Control_else, "append:\n  trunk:\n    - else: Linear(4)"},
};

}  // namespace

TEST_CASE("every key has a sentence and an example, and is found by its path") {
  std::set<std::string> paths;
  for (const Key& key : catalogue::keys()) {
    const std::string path = catalogue::path_of(key);
    CAPTURE(path);
    CHECK(paths.insert(path).second);
    CHECK(key.sentence.ends_with("."));
    CHECK_FALSE(key.example.empty());
    CHECK(catalogue::key_at(path) == &key);
    CHECK(catalogue::find_key(key.place, key.name) == &key);
    CHECK((key.form == catalogue::Form::Value) == !key.type.empty());
  }
}

TEST_CASE("the example of every key compiles, of one that is not supported yet it is M9001") {
  for (const Key& key : catalogue::keys()) {
    const std::string text = document(key, std::string(key.example));
    CAPTURE(text);
    const std::vector<std::string> errors = errors_of(text);
    CAPTURE(errors.empty() ? std::string() : errors.front());
    if (key.supported()) CHECK(errors.empty());
    else CHECK(all_not_yet(errors));
  }
}

TEST_CASE("every supported key is consumed: what is wrong under it is an error") {
  for (const Key& key : catalogue::keys()) {
    if (!key.supported()) continue;
    const auto wrong = std::find_if(kWrong.begin(), kWrong.end(), [&](const auto& row) { return row.first == key.id; });
    CAPTURE(catalogue::path_of(key));
    REQUIRE_MESSAGE(wrong != kWrong.end(), "a key without a wrong value in this test");
    const std::vector<std::string> errors = errors_of(document(key, wrong->second));
    CHECK_FALSE(errors.empty());
    CHECK_FALSE(all_not_yet(errors));
  }
}

TEST_CASE("a document takes a component's keys, a component none of a document's") {
  CHECK(catalogue::find_key(Place::Document, "forward"));
  CHECK(catalogue::find_key(Place::Document, "train"));
  CHECK_FALSE(catalogue::find_key(Place::Component, "train"));
  CHECK_FALSE(catalogue::find_key(Place::Document, "epochs"));
}

TEST_CASE("a section's keys are found by its path") {
  const Key* clip = catalogue::key_at("train.clip");
  REQUIRE(clip);
  CHECK(catalogue::inside(*clip) == Place::Clip);
  CHECK(catalogue::path_of(catalogue::key(KeyId::Clip_norm)) == "train.clip.norm");
  CHECK_FALSE(catalogue::inside(catalogue::key(KeyId::Train_batch)));
  CHECK_FALSE(catalogue::key_at("train.nothing"));
}
