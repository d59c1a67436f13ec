// `modelc test`: the checks that stand in descriptions, each at its own sizes.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "diagnostics/render_json.h"
#include "emit/summary.h"
#include "modelc/session.h"
#include "support/counted.h"
#include "support/dotted_path.h"
#include "support/text_file.h"
#include "weights/difference.h"

namespace modelc::cli {
namespace {

using diagnostics::Sink;
using support::Span;

void fails(Sink& sink, Span at, std::string_view what, const std::string& found, const std::string& expected) {
  sink.report(at, diag::CheckFails, what, found, expected);
}

void try_bound(const std::optional<ir::Bound>& bound, std::string_view what, types::Dim found, Sink& sink) {
  if (!bound) return;
  if (!found.is_constant()) {
    sink.report(bound->span, diag::CheckFails, what, "`" + found.str() + "`", "a number")
        .help("give the symbols sizes: `with: {B: 1}`");
  } else if (!bound->admits(static_cast<double>(found.constant()))) {
    fails(sink, bound->span, what, std::to_string(found.constant()), bound->words);
  }
}

/// `fc.weight [10, 64]`, one a line in the order of the state dict; what follows `#` is left out.
std::vector<std::string> read_keys(const std::string& path, std::string& fault) {
  constexpr std::size_t kMost = 64u << 20;
  std::string text;
  fault = support::read_text(path, kMost, text);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, std::min(end, text.find('#', at)) - at);
    at = end + 1;
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos) continue;
    lines.push_back(line.substr(first, line.find_last_not_of(" \t\r") + 1 - first));
  }
  return lines;
}

std::vector<std::string> keys_of(const ir::ModuleTree& tree) {
  std::vector<std::string> lines;
  for (const ir::ModuleId id : ir::in_order(tree)) {
    for (const bool buffers : {false, true}) {
      for (const ir::Tensor& tensor : tree.modules[id].tensors) {
        if (tensor.buffer != buffers || !tensor.saved) continue;
        std::string sizes;
        for (const types::Dim& size : tensor.type.shape) sizes += (sizes.empty() ? "" : ", ") + size.str();
        lines.push_back(ir::key_of(tree.modules[id], tensor) + " [" + sizes + "]");
      }
    }
  }
  return lines;
}

void try_keys(const ir::Demand& demand, const ir::ModuleTree& tree, Sink& sink) {
  std::string fault;
  const std::vector<std::string> expected = read_keys(demand.text, fault), found = keys_of(tree);
  if (!fault.empty()) {
    sink.report(demand.span, diag::CannotReadFile, demand.text, fault);
    return;
  }
  for (std::size_t i = 0; i < std::max(expected.size(), found.size()); ++i) {
    const std::string ours = i < found.size() ? found[i] : "no further key";
    const std::string theirs = i < expected.size() ? expected[i] : "no further key";
    if (ours == theirs) continue;
    fails(sink, demand.span, fmt::format("key {} of the state dict", i + 1), "`" + ours + "`", "`" + theirs + "`");
    return;
  }
}

void try_types(const std::vector<ir::OutputDemand>& expected, const std::vector<emit::Summary::Port>& outputs,
               Sink& sink) {
  std::string found, wanted;  // of those that are told in order
  for (const emit::Summary::Port& output : outputs) found += (found.empty() ? "" : ", ") + output.type;
  for (const ir::OutputDemand& demand : expected) {
    if (demand.name.empty()) {
      wanted += (wanted.empty() ? "" : ", ") + demand.type.text;
      continue;
    }
    const auto named = std::find_if(outputs.begin(), outputs.end(),
                                    [&](const emit::Summary::Port& output) { return output.name == demand.name; });
    const std::string type = named == outputs.end() ? "not there" : named->type;
    if (type != demand.type.text)
      fails(sink, demand.type.span, fmt::format("the output `{}`", demand.name), type, demand.type.text);
  }
  if (!wanted.empty() && wanted != found)
    fails(sink, expected.front().type.span, outputs.size() == 1 ? "the output" : "what comes out", found, wanted);
}

std::string without_variant(const std::string& file) {
  const std::size_t at = file.rfind('@');
  return at != std::string::npos && file.find('/', at) == std::string::npos ? file.substr(0, at) : file;
}

/// A file that is gone with this value.
struct Temporary {
  std::string path = (std::filesystem::temp_directory_path() /
                      fmt::format("modelc-test-{}.safetensors", static_cast<long>(::getpid())))
                         .string();
  ~Temporary() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

void try_outputs(const ir::SameOutput& same, const Invocation& invocation, const std::string& file, Sink& sink) {
  const Temporary made;
  Invocation predict = invocation;
  predict.command = "predict";
  predict.arguments = {file};
  predict.weights = {same.weights};
  predict.inputs = {same.inputs};
  predict.outputs = {made.path};
  predict.format = Format::Text;
  predict.quiet = true;
  if (const int code = run_predict(predict); code != kDone) {
    fails(sink, same.span, "the exit code of the prediction", std::to_string(code), "0");
    return;
  }
  const auto found = formats::read_weight_header(made.path), expected = formats::read_weight_header(same.outputs);
  if (!found || !expected) {
    sink.report(same.span, diag::CannotReadFile, found ? same.outputs : made.path,
                found ? expected.fault.str() : found.fault.str());
  } else if (const auto differs = weights::difference(*found.value, *expected.value, same.tolerance)) {
    fails(sink, same.span, "what comes out", *differs, fmt::format("what `{}` holds", same.outputs));
  }
}

/// Faults go to the sink of the description in which the check stands; those of another are shown here.
void try_check(const ir::Check& check, const Invocation& invocation, const std::string& file, Sink& sink) {
  Invocation sized = invocation;
  sized.where = check.sizes;
  if (!check.variant.empty()) sized.overrides.variant = check.variant;
  Session session(sized);
  const pipeline::Compiled* compiled = session.compile(check.variant.empty() ? file : without_variant(file), false);
  if (!compiled) {
    show(session.sink.sorted(), session.sources, invocation);
    fails(sink, check.span, "the description at these sizes", "faulty", "a sound one");
    return;
  }
  const ir::Program& program = compiled->elaborated.program;
  const emit::Summary summary = emit::summarize(program, {});
  try_types(check.outputs, summary.outputs, sink);
  try_bound(check.parameters, "the number of parameters", types::Dim(summary.total), sink);
  try_bound(check.flops, "the number of operations", summary.flops, sink);
  if (check.keys) try_keys(*check.keys, program.tree, sink);
  if (check.same_output) try_outputs(*check.same_output, invocation, file, sink);
}

}  // namespace

int run_test(const Invocation& invocation) {
  int code = kDone;
  auto all = support::Json::array();  // --format json: the findings of all files
  for (const std::string& file : invocation.arguments) {
    Session session(invocation);
    const pipeline::Compiled* compiled = session.compile(file);
    std::size_t tried = 0;
    if (compiled) {
      for (const ir::Check& check : compiled->elaborated.recipe.checks) {
        try_check(check, invocation, file, session.sink);
        ++tried;
      }
    }
    const std::vector<diagnostics::Diagnostic> found = session.sink.sorted();
    const int own = session.compiled ? exit_of(found) : static_cast<int>(kFaulty);
    if (own != kDone && code == kDone) code = own;
    if (invocation.format == Format::Json) {
      for (support::Json& one : diagnostics::to_json(found, session.sources)) all.push_back(std::move(one));
      continue;
    }
    if (!found.empty()) show(found, session.sources, invocation);
    if (own == kDone && !invocation.quiet)
      print(fmt::format("{}: {}\n", file,
                        tried == 0
                            ? "no checks"
                            : fmt::format("{} {}", support::counted(tried, "check"), tried == 1 ? "holds" : "hold")));
  }
  if (invocation.format == Format::Json) print(support::json_text(all));
  return code;
}

}  // namespace modelc::cli
