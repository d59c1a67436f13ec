// Every operator's example, compiled as a description of its own and run in both modes: what a kernel returns has the
// dtype and the sizes that were inferred, and gradients flow where the result depends on a parameter.
#include <ATen/Functions.h>
#include <doctest/doctest.h>

#include <map>

#include "diagnostics/render_text.h"
#include "exec/executor.h"
#include "kernels/dtype.h"
#include "pipeline/compile.h"
#include "plan/make_plan.h"

namespace modelc {
namespace {

std::vector<std::string> split_types(const std::string& text) {
  std::vector<std::string> out;
  int depth = 0;
  for (const char c : text) {
    if (c == '[' || c == '(') ++depth;
    if (c == ']' || c == ')') --depth;
    if (c == ',' && depth == 0) {
      out.emplace_back();
    } else if (out.empty()) {
      out.emplace_back(1, c);
    } else if (c != ' ' || depth > 0) {
      out.back() += c;
    }
  }
  return out;
}

/// The example on inputs `x`, `y`, `z`, `w`; a module is applied to all of them. What only a module becomes shows that
/// one.
std::string description_of(const ops::Op& op) {
  const std::vector<std::string> types = split_types(op.about.example_inputs);
  // An example without tensors still needs an input.
  std::string text = "inputs:\n", inputs;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const std::string name(1, "xyzw"[i]);
    text += "  " + name + ": \"" + types[i] + "\"\n";
    inputs += (i ? ", " : "") + name;
  }
  if (types.empty()) text += "  unused: float[B]\n";
  const bool module = op.about.example[0] >= 'A' && op.about.example[0] <= 'Z';
  if (module) text += "modules:\n  m: '" + op.about.example + "'\n";
  text += "forward:\n  out: '" + (module ? "m(" + inputs + ")" : op.about.example) + "'\n";
  return text;
}

/// Values that every operator takes: within (0, 1), labels and positions 0.
at::Tensor fed(const types::TensorType& type) {
  std::map<types::SymbolId, std::int64_t> sizes;
  std::vector<std::int64_t> shape;
  for (const types::Dim& dim : type.shape) {
    for (types::SymbolId symbol : dim.symbols()) sizes.emplace(symbol, 4 + static_cast<std::int64_t>(symbol % 2));
    shape.push_back(dim.evaluate(sizes).value());
  }
  const at::ScalarType dtype = kernels::scalar_type(type.dtype);
  return at::isFloatingType(dtype) ? at::rand(shape, dtype).mul(0.8).add(0.1) : at::zeros(shape, dtype);
}

std::string run_example(const ops::Op& op) {
  types::DimTable table;
  types::DimTable::Scope scope(table);
  support::SourceManager sources;
  diagnostics::Sink sink;
  compose::Overrides overrides;
  overrides.contents["/example.yaml"] = description_of(op);
  auto compiled = pipeline::compile(sources, "/example.yaml", overrides, {}, sink, {}, {.verify = true});
  if (!compiled || sink.has_errors()) return diagnostics::render_text(sink.sorted(), sources, false);
  const ir::Program& program = compiled->elaborated.program;
  try {
    build::TreeModule tree = exec::build_tree(program);
    for (const ir::Graph& graph : program.graphs) {
      const exec::Executor executor(plan::make_plan(graph, program.tree, plan::roots_of(graph, plan::Asked::Outputs)),
                                    &tree, exec::ResultChecks::Types);
      std::vector<at::Tensor> inputs;
      for (const ir::Input& input : graph.inputs) inputs.push_back(fed(input.type.tensor));
      const std::vector<exec::Result> results = executor.run(inputs);
      if (results.empty()) return "no result";
      if (!results[0].tensor.defined() && results[0].parts.empty()) return "an undefined result";
    }
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("every example runs, and gives what was inferred") {
  at::manual_seed(0);
  for (const ops::Op& op : ops::Catalogue::get().all()) {
    // Fitted on data, or known to a feed only: their tests stand in executor_test, data_test and augmentation_test.
    // What only derivatives call is tried by them (tests/parity/derivatives_test.py).
    if (op.about.family == "feed" || op.about.family == "augmentation" || op.about.family == "backward") continue;
    if (op.name.ends_with("_saved")) continue;
    const std::string fault = run_example(op);
    CHECK_MESSAGE(fault.empty(), op.name << ": " << fault << "\n" << description_of(op));
  }
}

}  // namespace modelc
