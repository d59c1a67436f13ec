// modelc_gradients FILE --weights W --inputs IN -o OUT [--variant NAME] [--set NAME=VALUE]… [--choice NAME=WORD]…
// Runs one training step's forward and backward pass on the inputs and targets in IN and writes `out.<name>`, `loss`,
// `grad.<key>` for each parameter that got one and `buffer.<key>`: what a parity test compares with PyTorch.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "diagnostics/render_text.h"
#include "exec/executor.h"
#include "passes/differentiate.h"
#include "pipeline/compile.h"
#include "plan/make_plan.h"
#include "weights/load.h"

namespace {

using namespace modelc;

struct Arguments {
  std::string file, weights, inputs, output;
  compose::Overrides overrides;
  std::map<std::string, std::string> choices;
};

std::pair<std::string, std::string> split(const std::string& text) {
  const std::size_t at = text.find('=');
  return at == std::string::npos ? std::pair(text, std::string()) : std::pair(text.substr(0, at), text.substr(at + 1));
}

bool parse(int count, char** words, Arguments& arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (!word.starts_with("-")) {
      arguments.file = word;
      continue;
    }
    if (++i == count) return false;
    const std::string value = words[i];
    if (word == "--weights") arguments.weights = value;
    else if (word == "--inputs") arguments.inputs = value;
    else if (word == "-o") arguments.output = value;
    else if (word == "--variant") arguments.overrides.variant = value;
    else if (word == "--set") arguments.overrides.set.push_back(split(value));
    else if (word == "--choice") arguments.choices.insert(split(value));
    else return false;
  }
  return !arguments.file.empty() && !arguments.weights.empty() && !arguments.inputs.empty() &&
         !arguments.output.empty();
}

bool feeds(const std::string& fed, const std::string& input) { return fed == input || fed.starts_with(input + "."); }

/// The training graph for exactly the optional inputs that are fed and the choices made.
const ir::Graph* choose_graph(const ir::Program& program, const Arguments& arguments,
                              const weights::NamedTensors& fed) {
  std::vector<std::string> given;
  for (const ir::Signature& input : program.inputs) {
    if (!input.optional) continue;
    for (const auto& [name, tensor] : fed) {
      if (!feeds(name, input.name)) continue;
      given.push_back(input.name);
      break;
    }
  }
  std::sort(given.begin(), given.end());
  for (const ir::Graph& graph : program.graphs) {
    if (graph.training && graph.given == given && graph.choices == arguments.choices) return &graph;
  }
  return nullptr;
}

void flatten(const std::string& name, const exec::Result& result, weights::NamedTensors& into) {
  if (result.tensor.defined()) into.emplace_back(name, result.tensor.detach());
  for (std::size_t i = 0; i < result.parts.size(); ++i) {
    flatten(name + "." + std::to_string(i), result.parts[i], into);
  }
}

/// What normalisation has moved.
void write_buffers(const ir::Program& program, build::TreeModule& tree, weights::NamedTensors& into) {
  for (ir::ModuleId m = 0; m < program.tree.modules.size(); ++m) {
    const ir::Module& module = program.tree.modules[m];
    for (std::uint32_t i = 0; i < module.tensors.size(); ++i) {
      if (!module.tensors[i].buffer) continue;
      const std::string at = module.path.empty() ? std::string() : module.path + ".";
      into.emplace_back("buffer." + at + module.tensors[i].name, tree.tensor(m, i));
    }
  }
}

int fail(const std::string& why) {
  std::fprintf(stderr, "modelc_gradients: %s\n", why.c_str());
  return 1;
}

int report(const diagnostics::Sink& sink, const support::SourceManager& sources) {
  return fail("the description or its weights have faults\n" + diagnostics::render_text(sink.sorted(), sources, false));
}

/// Everything that a step changes, to be put back.
struct Before {
  at::Tensor random = at::detail::getDefaultCPUGenerator().get_state();
  std::vector<std::pair<at::Tensor, at::Tensor>> buffers;  // and their values

  Before(const ir::Program& program, build::TreeModule& tree) {
    for (ir::ModuleId m = 0; m < program.tree.modules.size(); ++m)
      for (std::uint32_t i = 0; i < program.tree.modules[m].tensors.size(); ++i)
        if (program.tree.modules[m].tensors[i].buffer)
          buffers.emplace_back(tree.tensor(m, i), tree.tensor(m, i).clone());
  }
  void put_back() {
    at::NoGradGuard no_grad;
    at::Generator generator = at::detail::getDefaultCPUGenerator();
    generator.set_state(random);
    for (auto& [buffer, value] : buffers) buffer.copy_(value);
  }
};

double largest(const at::Tensor& tensor) {
  return tensor.numel() ? tensor.to(at::kDouble).abs().max().item<double>() : 0.0;
}

/// To 2e-5 of what it is; what should be 0, as the gradient of a bias before a batch norm, to 2e-6 of the largest.
bool close(const at::Tensor& a, const at::Tensor& b, double largest_of_all) {
  if (a.sizes() != b.sizes() || a.scalar_type() != b.scalar_type()) return false;
  const double slack = std::max({2e-5 * largest(b), 2e-6 * largest_of_all, 1e-10});
  return at::allclose(a.to(at::kDouble), b.to(at::kDouble), 2e-5, slack, /*equal_nan=*/true);
}

/// The step once more, its gradients made by the compiler: they are those of autograd. Empty, or what differs. An
/// operator without a derivative is left to autograd, and named on standard error.
std::string compare_compiled(const ir::Program& program, const ir::Graph& graph, build::TreeModule& tree,
                             const std::vector<at::Tensor>& inputs, const weights::NamedTensors& found) {
  ir::Graph step = graph;
  const passes::Differentiation made = passes::differentiate_terms(step, program.tree);
  if (!made.done) {
    if (!made.without_rule.empty()) std::fprintf(stderr, "no derivative: %s\n", made.without_rule.c_str());
    return "";
  }
  at::NoGradGuard no_grad;
  const exec::Executor executor(plan::make_plan(step, program.tree, plan::roots_of(step, plan::Asked::Outputs)), &tree,
                                exec::ResultChecks::Types);
  const std::vector<exec::Result> results = executor.run(inputs);
  std::map<std::string, at::Tensor> compiled;
  for (std::size_t i = 0; i < step.outputs.size(); ++i) {
    const std::string& name = step.outputs[i].name;
    if (name.starts_with(passes::kGradientPrefix))
      compiled["grad." + name.substr(std::string_view(passes::kGradientPrefix).size())] = results[i].tensor;
  }
  double most = 0;
  for (const auto& [name, tensor] : found)
    if (name.starts_with("grad.")) most = std::max(most, largest(tensor));
  for (const auto& [name, tensor] : found) {
    if (!name.starts_with("grad.")) continue;
    const auto at = compiled.find(name);
    if (at == compiled.end()) {
      if (tensor.ne(0).any().item<bool>()) return name + " is not computed by the compiled step";
      continue;
    }
    if (!close(at->second, tensor, most))
      return name + " of the compiled step differs by " +
             std::to_string(at->second.sub(tensor).abs().max().item<double>()) + " of " +
             std::to_string(tensor.abs().max().item<double>());
    compiled.erase(at);
  }
  for (const auto& [name, tensor] : compiled)
    if (tensor.ne(0).any().item<bool>()) return name + " has a gradient in the compiled step alone";
  std::fprintf(stderr, "compiled gradients agree\n");
  return "";
}

int run(const Arguments& arguments) {
  support::SourceManager sources;
  diagnostics::Sink sink;
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  const auto compiled = pipeline::compile(sources, arguments.file, arguments.overrides, {}, sink, {}, {.verify = true});
  if (!compiled || sink.has_errors()) return report(sink, sources);
  const ir::Program& program = compiled->elaborated.program;

  auto fed = weights::read_safetensors(arguments.inputs);
  if (!fed) return fail(fed.fault.str());
  const ir::Graph* graph = choose_graph(program, arguments, *fed.value);
  if (graph == nullptr) return fail("no training graph takes these inputs");
  std::vector<at::Tensor> inputs(graph->inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (const auto& [name, tensor] : *fed.value) {
      if (name == graph->inputs[i].name) inputs[i] = tensor;
    }
  }

  build::TreeModule tree = exec::build_tree(program);
  tree.train(true);
  ir::WeightSource source;
  source.from = arguments.weights;
  if (!weights::load_weights(program, tree, {source}, {}, sink)) return report(sink, sources);

  Before before(program, tree);
  std::vector<plan::Root> roots = plan::roots_of(*graph, plan::Asked::Outputs);
  for (plan::Root& loss : plan::roots_of(*graph, plan::Asked::Losses)) roots.push_back(std::move(loss));
  const exec::Executor executor(plan::make_plan(*graph, program.tree, roots), &tree, exec::ResultChecks::Types);
  const std::vector<exec::Result> results = executor.run(inputs);

  weights::NamedTensors found;
  for (std::size_t i = 0; i < graph->outputs.size(); ++i) flatten("out." + graph->outputs[i].name, results[i], found);
  at::Tensor loss;
  for (std::size_t i = graph->outputs.size(); i < results.size(); ++i) {
    loss = loss.defined() ? loss.add(results[i].tensor) : results[i].tensor;
  }
  if (loss.defined()) {
    loss.backward();
    found.emplace_back("loss", loss.detach());
  }
  for (const auto& [key, parameter] : tree.trainable()) {
    if (parameter.grad().defined()) found.emplace_back("grad." + key, parameter.grad());
  }
  write_buffers(program, tree, found);
  const std::string fault = weights::write_safetensors(arguments.output, found, {});
  before.put_back();
  if (const std::string differs = compare_compiled(program, *graph, tree, inputs, found); !differs.empty())
    return fail(differs);
  return fault.empty() ? 0 : fail(fault);
}

}  // namespace

int main(int count, char** words) {
  Arguments arguments;
  if (!parse(count, words, arguments)) {
    return fail("usage: modelc_gradients FILE --weights W --inputs IN -o OUT [--variant V] [--set N=V] [--choice N=W]");
  }
  try {
    return run(arguments);
  } catch (const std::exception& fault) {
    return fail(fault.what());
  }
}
