// `modelc weights show` and `modelc weights match`: weight files read by their headers, without LibTorch.
#include <nlohmann/json.hpp>

#include "diagnostics/render_json.h"
#include "modelc/session.h"
#include "weights/contents.h"
#include "weights/match_weights.h"

namespace modelc::cli {
namespace {

std::optional<formats::WeightFile> read_header(const std::string& path, diagnostics::Sink& sink) {
  formats::Result<formats::WeightFile> header = formats::read_weight_header(path);
  if (header) return std::move(header.value);
  if (header.fault.not_found) sink.report({}, diag::WeightsNotFound, path);
  else sink.report({}, diag::WeightsUnreadable, header.fault.str());
  return std::nullopt;
}

/// All of them, or what is wrong with each.
std::optional<std::vector<formats::WeightFile>> read_headers(const std::vector<ir::WeightSource>& sources,
                                                             diagnostics::Sink& sink) {
  std::vector<formats::WeightFile> files;
  for (const ir::WeightSource& source : sources)
    if (auto file = read_header(source.from, sink)) files.push_back(std::move(*file));
  if (files.size() < sources.size()) return std::nullopt;
  return files;
}

}  // namespace

std::vector<std::string> edited_places(const Invocation& invocation) {
  std::vector<std::string> places;
  for (const auto& [path, module] : invocation.overrides.replace) places.push_back(path);
  places.insert(places.end(), invocation.overrides.remove.begin(), invocation.overrides.remove.end());
  return places;
}

int run_weights_show(const Invocation& invocation) {
  Session session(invocation);
  const auto file = read_header(invocation.arguments[0], session.sink);
  if (!file) {
    show(session.sink.sorted(), session.sources, invocation);
    return kFaulty;
  }
  print(invocation.format == Format::Json ? weights::contents_json(*file) : weights::contents_text(*file));
  return kDone;
}

int run_weights_match(const Invocation& invocation) {
  Session session(invocation);
  const pipeline::Compiled* compiled = session.compile(invocation.arguments[0], false);
  const int code = session.report();
  if (compiled == nullptr || code != kDone) return code == kDone ? static_cast<int>(kFaulty) : code;
  diagnostics::Sink sink;  // what was found so far is shown already
  const ir::Program& program = compiled->elaborated.program;
  const std::vector<std::string> given(invocation.arguments.begin() + 1, invocation.arguments.end());
  const weights::Start start =
      weights::start_of_command(program, given, invocation.weight_keys, edited_places(invocation), false);
  support::Json told = {{"fits", false}};
  if (const auto files = read_headers(start.sources, sink)) {
    const weights::WeightMatch match = weights::match_weights(program, start.sources, *files, start.options, sink);
    told = match.json();
    if (invocation.format == Format::Text && !match.lines.empty())
      print(invocation.verbose ? match.report() : match.grouped_report());
  }
  const std::vector<diagnostics::Diagnostic> found = sink.sorted();
  if (invocation.format == Format::Json) {
    told["findings"] = diagnostics::to_json(found, session.sources);
    print(support::json_text(told));
  } else if (!found.empty()) {
    show(found, session.sources, invocation);
  }
  return exit_of(found);
}

}  // namespace modelc::cli
