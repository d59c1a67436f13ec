#include "pipeline/resolved.h"

#include "compose/resolved.h"

namespace modelc::pipeline {
namespace {

/// Where the text stands while it is tried: what in it is still relative would be looked for in vain.
constexpr const char* kPlace = "/description.yaml";

void add_files(const ir::Source& source, std::string& out) {
  for (const std::string& file : source.files) out += compose::resolve_path("", file) + "\n";
  for (const ir::SourcePart& part : source.parts) add_files(part.second, out);
}

std::string text_of(const std::vector<std::pair<std::string, types::Constant>>& arguments) {
  std::string out;
  for (const auto& [name, value] : arguments) out += name + "=" + value.str() + " ";
  return out;
}

std::string text_of(const ir::Training& training) {
  std::string out;
  if (training.optimizer) out += text_of(training.optimizer->args);
  for (const ir::Turn& turn : training.turns) out += turn.name + " " + text_of(turn.optimizer.args);
  return out + std::to_string(training.batch) + " " + std::to_string(training.epochs.value_or(0)) + " " +
         std::to_string(training.steps.value_or(0)) + " " + std::to_string(training.seed) + "\n";
}

/// All that two descriptions must have in common to be trained alike.
std::string computation_of(const elaborate::Elaborated& made) {
  const ir::Program& program = made.program;
  std::string out = program.name + "\n" + program.device + "\n" + ir::print(program);
  for (const ir::WeightSource& source : program.weights) out += source.from + "\n";
  for (const auto& [from, to] : program.moved) out += from + " " + to + "\n";
  const ir::Data& data = made.recipe.data;
  for (const auto* source : {&data.train, &data.valid, &data.test})
    if (*source) add_files(**source, out);
  for (const ir::Graph& feed : data.feeds) out += ir::print(feed, program.tree);
  for (const ir::Phase& phase : made.recipe.phases) out += text_of(phase.training);
  return out + text_of(made.recipe.training);
}

/// A folder by its whole path; the current one where it has no name.
std::string absolute(const std::string& folder) {
  std::string path = compose::resolve_path("", folder.empty() ? "." : folder);
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

std::string resolved_description(const Compiled& compiled) {
  const elaborate::Elaborated& made = compiled.elaborated;
  const std::string root = made.recipe.data.train ? absolute(made.recipe.data.root) : "";
  const auto text = compose::resolved_text(*compiled.composition->root, root);
  if (!text) return compiled.bundle();
  const std::string wanted = computation_of(made);  // with the table of its own sizes
  types::DimTable dims;
  const types::DimTable::Scope scope(dims);
  support::SourceManager sources;
  diagnostics::Sink sink;
  compose::Overrides overrides;
  overrides.contents[kPlace] = *text;
  const auto again = compile(sources, kPlace, overrides, {}, sink);
  const bool same = again && again->sound && computation_of(again->elaborated) == wanted;
  return same ? *text : compiled.bundle();
}

}  // namespace modelc::pipeline
