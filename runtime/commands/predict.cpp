// `predict`: named arrays in, named arrays out, one run over all of them.
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>

#include "api.h"
#include "commands/generate.h"
#include "commands/predict_rows.h"
#include "data/contact_sheet.h"
#include "exec/executor.h"
#include "plan/make_plan.h"
#include "support/words.h"
#include "train/graph_runner.h"
#include "train/start.h"
#include "weights/load.h"
#include "weights/npz.h"

namespace modelc::train {
namespace {

using weights::NamedTensors;

class Prediction {
 public:
  explicit Prediction(const runtime::Request& request)
      : request_(request), program_(*request.program), sink_(*request.sink) {}

  int run() {
    if (request_.weights.empty() && program_.weights.empty()) {
      sink_.report({}, diag::WeightsNeeded);
      return 2;
    }
    for (const std::string& spec : request_.inputs)
      if (!read_input(spec)) good_ = false;
    if (!good_) return 1;
    check_names();
    if (good_ && request_.generates) return generate();
    const ir::Graph* graph = good_ ? choose_graph() : nullptr;
    if (!graph || !choose_outputs(*graph)) return 1;
    at::manual_seed(
        static_cast<std::uint64_t>(request_.seed.value_or(request_.recipe ? request_.recipe->training.seed : 0)));
    build::TreeModule tree = exec::build_tree(program_);
    const Start start = start_of(request_, true);
    if (!weights::load_weights(program_, tree, start.sources, start.options, sink_)) return 1;
    tree.train(false);
    at::NoGradGuard no_grad;
    const exec::Executor executor(plan::make_plan(*graph, program_.tree, roots_), &tree,
                                  exec::checks_for(request_.verify));
    std::vector<at::Tensor> inputs(graph->inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      inputs[i] = find(graph->inputs[i].name);
      if (inputs[i].defined() || !executor.plan().inputs[i].needed) continue;
      sink_.report(graph->inputs[i].span, diag::PredictInputMissing, graph->inputs[i].name);
      good_ = false;
    }
    if (!good_) return 1;
    std::vector<exec::Result> results;
    try {
      results = executor.run(inputs);
    } catch (const exec::RuntimeFault& fault) {
      // Nearly always what was fed does not fit; only a lack of memory is not the data's fault.
      sink_.report(fault.span(), diag::KernelFault, fault.what());
      return std::string_view(fault.what()).find("memory") != std::string_view::npos ? 3 : 1;
    }
    NamedTensors out;
    for (std::size_t i = 0; i < results.size(); ++i) flatten(roots_[i].name, results[i], out);
    for (const std::string& asked : request_.only) {
      const auto is = [&](const auto& pair) { return pair.first == asked || pair.first.starts_with(asked + "."); };
      if (std::any_of(out.begin(), out.end(), is)) continue;
      sink_.report({}, diag::PredictOutputUnknown, asked);
      return 1;
    }
    std::erase_if(out, [&](const auto& pair) { return !is_wanted(pair.first); });
    return write(out);
  }

 private:
  /// An input made longer: texts, or arrays where `-o` names a file of some.
  int generate() {
    const Continued made = continued(request_, {given_, choices_});
    if (made.code != 0) return made.code;
    if (request_.outputs.empty() || request_.outputs.back().ends_with(".txt")) return write_texts(request_, made.texts);
    const Sequences& all = made.sequences.front();
    NamedTensors out{{request_.recipe->generate->feed, all.values}};
    if (request_.recipe->generate->stops) out.emplace_back("lengths", at::tensor(all.lengths, at::kLong));
    return write(out);
  }

  bool malformed(const std::string& name, std::string why) {
    sink_.report({}, diag::PredictInputMalformed, name, std::move(why));
    return false;
  }

  bool take(formats::Result<NamedTensors> read, const std::string& spec) {
    if (!read) {
      if (read.fault.not_found) return malformed(spec, "the file is not there");
      sink_.report({}, diag::DataUnreadable, read.fault.str());
      return false;
    }
    for (auto& [name, tensor] : *read.value)
      if (!add(name, tensor)) return false;
    return true;
  }

  bool add(const std::string& name, at::Tensor tensor) {
    if (find(name).defined()) return malformed(name, "is given twice");
    given_.emplace_back(name, std::move(tensor));
    return true;
  }

  bool read_input(const std::string& spec) {
    const std::size_t equal = spec.find('=');
    if (equal == std::string::npos) {
      if (spec.ends_with(".safetensors")) return take(weights::read_safetensors(spec), spec);
      if (spec.ends_with(".npz")) return take(weights::read_npz(spec), spec);
      return malformed(spec, "expected FILE.safetensors, FILE.npz, NAME=FILE.npy or NAME=VALUE");
    }
    const std::string name = spec.substr(0, equal), value = spec.substr(equal + 1);
    if (value.ends_with(".npy")) {
      formats::Result<at::Tensor> one = weights::read_npy(value);
      if (one) return add(name, std::move(*one.value));
      if (one.fault.not_found) return malformed(name, fmt::format("the file `{}` is not there", value));
      sink_.report({}, diag::DataUnreadable, one.fault.str());
      return false;
    }
    return read_value(name, value);
  }

  const types::Type* type_of(const std::string& name) const {
    for (const ir::Signature& input : program_.inputs) {
      if (input.name == name) return &input.type;
      if (!name.starts_with(input.name + ".")) continue;
      const types::Type* type = &input.type;
      std::size_t at = input.name.size();
      while (at < name.size()) {
        std::size_t index = 0;
        const auto [end, error] = std::from_chars(name.data() + at + 1, name.data() + name.size(), index);
        if (error != std::errc() || index >= type->parts().size()) return nullptr;
        type = &type->parts()[index];
        at = static_cast<std::size_t>(end - name.data());
        if (at < name.size() && name[at] != '.') return nullptr;
      }
      return type;
    }
    return nullptr;
  }

  bool read_value(const std::string& name, const std::string& value) {
    const types::Type* type = type_of(name);
    if (!type) return unknown(name);
    // Given as null is left out.
    if (support::is_null_word(value))
      for (const ir::Signature& input : program_.inputs)
        if (input.name == name && input.optional) return true;
    if (type->kind == types::TypeKind::Choice) {
      if (std::find(type->words().begin(), type->words().end(), value) == type->words().end())
        return malformed(name, fmt::format("`{}` is none of {}", value, fmt::join(type->words(), ", ")));
      choices_[name] = value;
      return true;
    }
    if (!type->is_tensor() || type->tensor.rank() != 0)
      return malformed(
          name, fmt::format("`{}` is a single value, the model wants {}; give NAME=FILE.npy", value, type->str()));
    const at::ScalarType scalar = weights::scalar_type(type->tensor.dtype);
    const auto truth = support::truth_of(value);
    if (type->tensor.dtype == types::DType::Bool && truth) return add(name, at::scalar_tensor(*truth, at::kBool));
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    std::int64_t integer = 0;
    const auto [int_end, int_error] = std::from_chars(value.data(), value.data() + value.size(), integer);
    const bool whole = int_error == std::errc() && int_end == value.data() + value.size();
    if (error != std::errc() || end != value.data() + value.size() || value.empty() ||
        (!at::isFloatingType(scalar) && !whole))
      return malformed(name, fmt::format("`{}` is no value of {}", value, type->str()));
    return add(name,
               at::isFloatingType(scalar) ? at::scalar_tensor(number, scalar) : at::scalar_tensor(integer, scalar));
  }

  bool unknown(const std::string& name) {
    std::vector<std::string> known;
    for (const ir::Graph& graph : program_.graphs)
      for (const ir::Input& input : graph.inputs) known.push_back(input.name);
    for (const ir::Signature& input : program_.inputs) known.push_back(input.name);
    auto report = sink_.report({}, diag::PredictInputUnknown, name);
    report.did_you_mean(name, known);
    return false;
  }

  void check_names() {
    for (const auto& [name, tensor] : given_) {
      const types::Type* type = type_of(name);
      if (!type) good_ = unknown(name);
      else if (!type->is_tensor() && type->kind != types::TypeKind::Choice && !type->parts().empty())
        good_ = malformed(name, fmt::format("is {}; its parts are given as {}.0, {}.1", type->str(), name, name));
      else if (type->kind == types::TypeKind::Choice)
        good_ = malformed(name, fmt::format("is a choice; give it as {}={}", name,
                                            type->words().empty() ? "WORD" : type->words()[0]));
    }
  }

  at::Tensor find(const std::string& name) const {
    for (const auto& [known, tensor] : given_)
      if (known == name) return tensor;
    return {};
  }

  const ir::Graph* choose_graph() {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : given_) names.push_back(name);
    bool complete = true;
    for (const ir::Signature& input : program_.inputs)
      if (input.type.kind == types::TypeKind::Choice && !choices_.contains(input.name)) {
        if (const auto word = indifferent_choice(input, names)) {
          choices_[input.name] = *word;
          continue;
        }
        sink_.report(input.span, diag::PredictInputMissing, input.name)
            .help(fmt::format("`--inputs {}={}`", input.name, fmt::join(input.type.words(), "|")));
        complete = false;
      }
    if (!complete) return nullptr;
    return find_graph(program_, false, names, choices_);  // null: it was refused when it was to be compiled
  }

  // What an output is computed by, as text: equal for two graphs where the choice between them does not matter to it.
  static std::string computed_by(const ir::Graph& graph, const std::string& output) {
    std::vector<char> wanted(graph.values.size(), 0);
    std::string text;
    const std::function<void(const ir::Operand&)> visit = [&](const ir::Operand& operand) {
      if (operand.kind == ir::Operand::Static) text += operand.constant().str() + ";";
      if (operand.kind == ir::Operand::Value) {
        const ir::ValueInfo& value = graph.values[operand.value];
        if (value.kind == ir::ValueKind::Result) wanted[operand.value] = 1, text += fmt::format("r{};", value.index);
        else text += fmt::format("{}{}.{};", value.kind == ir::ValueKind::Input ? "i" : "t", value.name, value.source);
      }
      for (const ir::Operand& part : operand.list()) visit(part);
    };
    for (const ir::Output& candidate : graph.outputs)
      if (candidate.name == output) visit(candidate.value);
    for (std::size_t n = graph.nodes.size(); n-- > 0;) {
      const ir::Node& node = graph.nodes[n];
      if (std::none_of(node.results.begin(), node.results.end(), [&](ir::ValueId result) { return wanted[result]; }))
        continue;
      text += fmt::format("{}@{}(", ir::op_of(node).name, node.module);
      for (const ir::Operand& operand : node.operands) visit(operand);
      for (const types::Constant& attribute : node.attributes) text += attribute.str() + ";";
    }
    return text;
  }

  // A word for a choice that is not given, where the requested outputs are the same under each of its words.
  std::optional<std::string> indifferent_choice(const ir::Signature& input,
                                                const std::vector<std::string>& names) const {
    if (request_.only.empty() || input.type.words().empty()) return std::nullopt;
    std::map<std::string, std::string> choices = choices_;
    for (const ir::Signature& other : program_.inputs)
      if (other.type.kind == types::TypeKind::Choice && !other.type.words().empty())
        choices.emplace(other.name, other.type.words()[0]);
    std::map<std::string, std::set<std::string>> ways;  // by output
    for (const std::string& word : input.type.words()) {
      choices[input.name] = word;
      const ir::Graph* graph = find_graph(program_, false, names, choices);
      if (!graph) return std::nullopt;
      for (const std::string& name : request_.only) ways[name].insert(computed_by(*graph, whole_output(name)));
    }
    for (const auto& [name, texts] : ways)
      if (texts.size() != 1) return std::nullopt;
    return input.type.words()[0];
  }

  // `state` of `state.0`, where that is a part of a result.
  std::string whole_output(const std::string& name) const {
    for (const ir::Output& output : program_.graphs.front().outputs)
      if (name != output.name && name.starts_with(output.name + ".")) return output.name;
    return name;
  }

  bool is_wanted(const std::string& name) const {
    return request_.only.empty() ||
           std::any_of(request_.only.begin(), request_.only.end(),
                       [&](const std::string& wanted) { return name == wanted || name.starts_with(wanted + "."); });
  }

  bool choose_outputs(const ir::Graph& graph) {
    std::vector<std::string> known;
    for (const ir::Output& output : graph.outputs) known.push_back(output.name);
    const std::vector<std::string>& wanted = request_.only.empty() ? known : request_.only;
    for (const std::string& asked : wanted) {
      const std::string name =
          std::find(known.begin(), known.end(), asked) == known.end() ? whole_output(asked) : asked;
      const auto it = std::find(known.begin(), known.end(), name);
      if (it == known.end()) {
        auto report = sink_.report({}, diag::PredictOutputUnknown, name);
        if (!report.did_you_mean(name, known)) report.help(fmt::format("it has {}", fmt::join(known, ", ")));
        good_ = false;
        continue;
      }
      if (std::any_of(roots_.begin(), roots_.end(), [&](const plan::Root& root) { return root.name == name; }))
        continue;
      roots_.push_back({name, graph.outputs[static_cast<std::size_t>(it - known.begin())].value});
    }
    return good_;
  }

  static void flatten(const std::string& name, const exec::Result& result, NamedTensors& out) {
    if (result.tensor.defined()) out.emplace_back(name, result.tensor);
    for (std::size_t i = 0; i < result.parts.size(); ++i) flatten(fmt::format("{}.{}", name, i), result.parts[i], out);
  }

  int fail_write(const std::string& file, const std::string& why) {
    sink_.report({}, diag::CannotWriteFile, file, why);
    return 3;
  }

  int write(const NamedTensors& out) {
    for (const std::string& spec : request_.outputs) {
      const std::size_t equal = spec.find('=');
      std::string why;
      const bool image = spec.ends_with(".png");
      if (equal != std::string::npos && (image || spec.ends_with(".npy"))) {
        const std::string name = spec.substr(0, equal), file = spec.substr(equal + 1);
        const auto it = std::find_if(out.begin(), out.end(), [&](const auto& pair) { return pair.first == name; });
        if (it == out.end()) {
          std::vector<std::string> known;
          for (const auto& pair : out) known.push_back(pair.first);
          sink_.report({}, diag::PredictOutputUnknown, name).help(fmt::format("it has {}", fmt::join(known, ", ")));
          return 1;
        }
        why = image ? data::write_contact_sheet(file, it->second) : weights::write_npy(file, it->second);
        if (!why.empty()) return fail_write(file, why);
        continue;
      }
      if (spec.ends_with(".npz")) why = weights::write_npz(spec, out);
      else if (spec.ends_with(".safetensors")) why = weights::write_safetensors(spec, out, {});
      else
        return malformed(spec, "as an output, expected FILE.safetensors, FILE.npz, NAME=FILE.npy or NAME=FILE.png"), 2;
      if (!why.empty()) return fail_write(spec, why);
    }
    return 0;
  }

  const runtime::Request& request_;
  const ir::Program& program_;
  diagnostics::Sink& sink_;
  bool good_ = true;
  NamedTensors given_;
  std::map<std::string, std::string> choices_;
  std::vector<plan::Root> roots_;
};

}  // namespace
}  // namespace modelc::train

namespace modelc::runtime {

int predict(const Request& request) {
  return request.recipe->data.given ? predict_rows(request) : train::Prediction(request).run();
}

}  // namespace modelc::runtime
