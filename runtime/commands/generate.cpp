#include "commands/generate.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "data/feed.h"
#include "plan/make_plan.h"
#include "support/json.h"
#include "support/whole_file.h"
#include "train/graph_runner.h"
#include "train/start.h"
#include "weights/load.h"

namespace modelc::train {
namespace {

at::Tensor tensor_named(const GivenInputs& given, const std::string& name) {
  for (const auto& [known, tensor] : given.tensors)
    if (known == name) return tensor;
  return {};
}

const ir::Input* input_named(const ir::Graph& graph, const std::string& name) {
  for (const ir::Input& input : graph.inputs)
    if (input.name == name) return &input;
  return nullptr;
}

}  // namespace

std::optional<Generator> Generator::make(const runtime::Request& request, const GivenInputs& given, bool grows) {
  if (!request.recipe || !request.recipe->generate) {
    request.sink->report({}, diag::SettingMissing, "predict", "generate")
        .help("`predict: {generate: {feed: ids, next: …, steps: 200}}` says what is appended to what");
    return std::nullopt;
  }
  Generator made;
  made.generate_ = &*request.recipe->generate;
  made.program_ = request.program;
  made.checks_ = exec::checks_for(request.verify);
  ir::Variant variant;
  variant.generates = true;
  variant.choices = given.choices;
  for (const ir::Signature& input : request.program->inputs) {
    if (input.type.kind == types::TypeKind::Choice && !given.choices.contains(input.name)) {
      request.sink->report(input.span, diag::PredictInputMissing, input.name)
          .help(fmt::format("`--inputs {}={}`", input.name, fmt::join(input.type.words(), "|")));
      return std::nullopt;
    }
    if (!input.optional || input.target || input.type.kind == types::TypeKind::Choice) continue;
    const bool fed = (grows && input.name == made.feed()) ||
                     std::any_of(given.tensors.begin(), given.tensors.end(), [&](const auto& one) {
                       return one.first == input.name || one.first.starts_with(input.name + ".");
                     });
    if (fed) variant.given.push_back(input.name);
  }
  std::sort(variant.given.begin(), variant.given.end());
  made.graph_ = ir::find_graph(*request.program, variant);
  if (!made.graph_ || !input_named(*made.graph_, made.feed())) return std::nullopt;
  return made;
}

const types::TensorType& Generator::type() const { return input_named(*graph_, feed())->type.tensor; }

at::Tensor Generator::context(const at::Tensor& values) const {
  const std::int64_t have = values.size(-1);
  const types::Dim size = type().shape.back();
  std::int64_t most = have;
  const std::vector<types::SymbolId> symbols = size.symbols();
  if (size.is_constant()) {
    most = size.constant();
  } else if (symbols.size() == 1 && size.evaluate({{symbols[0], have}}) == have) {
    while (most > 1 && graph_->conditions.admissible(symbols[0], most) != most) --most;
    if (graph_->conditions.admissible(symbols[0], most) != most) most = have;  // too short: the run says so
  }
  return most < have ? values.narrow(-1, have - most, most) : values;
}

bool Generator::complete(const GivenInputs& given, diagnostics::Sink& sink) const {
  const plan::Plan plan = plan::make_plan(*graph_, program_->tree, plan::roots_of(*graph_, plan::Asked::Outputs));
  bool complete = true;
  for (std::size_t i = 0; i < graph_->inputs.size(); ++i) {
    const ir::Input& input = graph_->inputs[i];
    if (!plan.inputs[i].needed || input.name == feed() || tensor_named(given, input.name).defined()) continue;
    sink.report(input.span, diag::PredictInputMissing, input.name);
    complete = false;
  }
  return complete;
}

Sequences Generator::run(build::TreeModule& tree, const GivenInputs& given, at::Tensor begin) const {
  at::NoGradGuard no_grad;
  const exec::Executor executor(plan::make_plan(*graph_, program_->tree, plan::roots_of(*graph_, plan::Asked::Outputs)),
                                &tree, checks_);
  std::vector<at::Tensor> inputs;
  std::size_t grows = 0;
  for (const ir::Input& input : graph_->inputs) {
    if (input.name == feed()) grows = inputs.size();
    inputs.push_back(tensor_named(given, input.name));
  }
  Sequences made;
  made.values = std::move(begin);
  const std::int64_t rows = made.values.size(0);
  made.lengths.assign(static_cast<std::size_t>(rows), made.values.size(-1));
  at::Tensor ended = at::zeros({rows}, at::kBool);
  for (std::int64_t step = 0; step < generate_->steps && !ended.all().item<bool>(); ++step) {
    inputs[grows] = context(made.values);
    const std::vector<exec::Result> results = executor.run(inputs);
    at::Tensor next = results.at(0).tensor;
    std::vector<std::int64_t> by_row(static_cast<std::size_t>(next.dim()), 1);
    by_row[0] = rows;
    const std::int64_t size = next.size(-1);
    if (made.values.size(-1) >= size)
      next = at::where(ended.reshape(by_row), made.values.narrow(-1, made.values.size(-1) - size, size), next);
    for (std::int64_t row = 0; row < rows; ++row)
      if (!ended[row].item<bool>()) made.lengths[static_cast<std::size_t>(row)] += size;
    made.values = at::cat({made.values, next}, -1);
    if (results.size() > 1) ended = ended.logical_or(results[1].tensor.reshape({rows, -1}).any(1));
  }
  return made;
}

std::shared_ptr<const data::Numbering> numbering_of(const runtime::Request& request, const std::string& input) {
  std::shared_ptr<const data::Numbering> found;
  for (auto file = request.weights.rbegin(); file != request.weights.rend() && !found; ++file) {
    const formats::Result<formats::WeightFile> header = formats::read_weight_header(*file);
    if (!header || !header.value->metadata.contains("modelc.fits")) continue;
    const auto fits = data::fits_from_json(header.value->metadata.at("modelc.fits"));
    if (!fits) {
      request.sink->report({}, diag::WeightsUnreadable, *file + ": its metadata `modelc.fits` is damaged");
      return nullptr;
    }
    for (const data::FitState& fit : *fits) {
      if (!fit.numbering) continue;
      const auto& feeds = fit.numbering->feeds;
      if (std::find(feeds.begin(), feeds.end(), input) != feeds.end()) found = fit.numbering;
    }
  }
  if (!found)
    request.sink
        ->report({}, diag::CheckpointLacksFit, request.weights.empty() ? "the description" : request.weights.back(),
                 "tokens")
        .help(fmt::format("a text becomes `{0}` by the vocabulary that training fitted; without one give `--inputs "
                          "{0}=FILE.npy` and `-o`",
                          input));
  return found;
}

namespace {

/// The numbers of a prompt as the input has them; undefined after reporting.
at::Tensor numbers_of(const runtime::Request& request, const data::Numbering& numbering, const Generator& generator,
                      const std::string& prompt) {
  std::string unseen;
  const auto numbers = numbering.encode(prompt, unseen);
  if (!numbers) {
    request.sink->report({}, diag::DataUnseenCategory, fmt::format("--prompt {}", support::json_quote(prompt)), unseen);
    return {};
  }
  if (numbers->empty() || generator.type().rank() != 2) {
    request.sink->report({}, diag::PredictInputMalformed, generator.feed(),
                         numbers->empty()
                             ? std::string("the prompt is empty, the model goes on from at least one token")
                             : "a prompt is one row of numbers, the model wants " + generator.type().str());
    return {};
  }
  return at::tensor(*numbers, at::kLong).unsqueeze(0).to(weights::scalar_type(generator.type().dtype));
}

std::vector<std::string> texts_of(const Sequences& sequences, const data::Numbering& numbering) {
  std::vector<std::string> texts;
  const at::Tensor values = sequences.values.to(at::kLong).contiguous();
  for (std::int64_t row = 0; row < values.size(0); ++row) {
    const auto* first = values.data_ptr<std::int64_t>() + row * values.size(-1);
    texts.push_back(numbering.decode({first, first + sequences.lengths[static_cast<std::size_t>(row)]}));
  }
  return texts;
}

bool writes_text(const runtime::Request& request) {
  return request.outputs.empty() || request.outputs.back().ends_with(".txt");
}

}  // namespace

Continued continued(const runtime::Request& request, const GivenInputs& given) {
  const auto generator = Generator::make(request, given, true);
  if (!generator || !generator->complete(given, *request.sink)) return {1, {}, {}};
  std::shared_ptr<const data::Numbering> numbering;
  if (!request.prompts.empty() || writes_text(request)) {
    numbering = numbering_of(request, generator->feed());
    if (!numbering) return {1, {}, {}};
  }
  std::vector<at::Tensor> begins;
  for (const std::string& prompt : request.prompts) {
    begins.push_back(numbers_of(request, *numbering, *generator, prompt));
    if (!begins.back().defined()) return {1, {}, {}};
  }
  if (begins.empty()) begins.push_back(tensor_named(given, generator->feed()));
  if (!begins[0].defined()) {
    request.sink->report({}, diag::PredictInputMissing, generator->feed())
        .help(fmt::format("`--prompt TEXT`, or `--inputs {}=FILE.npy`", generator->feed()));
    return {1, {}, {}};
  }
  const types::TensorType& wanted = generator->type();
  if (begins[0].dim() != static_cast<std::int64_t>(wanted.rank()) || begins[0].size(-1) == 0 ||
      begins[0].scalar_type() != weights::scalar_type(wanted.dtype)) {
    request.sink->report({}, diag::PredictInputMalformed, generator->feed(), "the model wants " + wanted.str());
    return {1, {}, {}};
  }
  at::manual_seed(static_cast<std::uint64_t>(request.seed.value_or(request.recipe->training.seed)));
  build::TreeModule tree = exec::build_tree(*request.program);
  const Start start = start_of(request, true);
  if (!weights::load_weights(*request.program, tree, start.sources, start.options, *request.sink)) return {1, {}, {}};
  tree.train(false);
  Continued result;
  try {
    for (const at::Tensor& begin : begins) {
      result.sequences.push_back(generator->run(tree, given, begin));
      if (!numbering) continue;
      for (std::string& text : texts_of(result.sequences.back(), *numbering)) result.texts.push_back(std::move(text));
    }
  } catch (const exec::RuntimeFault& fault) {
    request.sink->report(fault.span(), diag::KernelFault, fault.what());
    return {std::string_view(fault.what()).find("memory") != std::string_view::npos ? 3 : 1, {}, {}};
  }
  return result;
}

int write_texts(const runtime::Request& request, const std::vector<std::string>& texts) {
  std::string whole;
  if (request.json) {
    support::Json json = support::Json::array();
    for (const std::string& text : texts) json.push_back({{"text", text}});
    whole = support::json_text(json);
  } else {
    for (const std::string& text : texts) whole += text + (text.ends_with('\n') ? "" : "\n");
  }
  const std::string file = request.outputs.empty() ? "" : request.outputs.back();
  std::string why;
  if (!file.empty()) why = support::write_atomically(file, {whole});
  else if (std::fwrite(whole.data(), 1, whole.size(), stdout) != whole.size() || std::fflush(stdout) != 0)
    why = std::strerror(errno);
  if (why.empty()) return 0;
  request.sink->report({}, diag::CannotWriteFile, file.empty() ? "standard output" : file, why);
  return 3;
}

}  // namespace modelc::train
