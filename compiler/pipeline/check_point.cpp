#include "pipeline/check_point.h"

#include <fmt/format.h>

#include <set>

namespace modelc::pipeline {

namespace {

/// The sizes of the symbols that a requirement speaks of, as they were stated.
std::string point_words(const types::Requirement& required, const std::map<types::SymbolId, std::int64_t>& point) {
  std::string words;
  std::vector<types::SymbolId> symbols = required.a.symbols();
  for (const types::SymbolId symbol : required.b.symbols()) symbols.push_back(symbol);
  std::set<types::SymbolId> said;
  for (const types::SymbolId symbol : symbols)
    if (said.insert(symbol).second)
      words += fmt::format("{}`{} = {}`", words.empty() ? "at " : ", ", types::DimTable::current().symbol_name(symbol),
                           point.at(symbol));
  return words;
}

bool holds(const types::Requirement& required, const std::map<types::SymbolId, std::int64_t>& point) {
  const auto a = required.a.evaluate(point), b = required.b.evaluate(point);
  return !a || !b || (required.relation == types::Relation::Equal ? *a == *b : *a >= *b);
}

}  // namespace

bool check_point(support::SourceManager& sources, const std::string& file, const compose::Overrides& overrides,
                 const elaborate::Options& options, diagnostics::Sink& sink) {
  diagnostics::Sink quiet;
  elaborate::Options open = options;
  open.where.clear();
  open.recipe = false;
  const std::optional<Compiled> compiled = compile(sources, file, overrides, open, quiet);
  if (!compiled || !compiled->sound) return true;
  const ir::Program& program = compiled->elaborated.program;
  std::map<types::SymbolId, std::int64_t> point;
  for (const types::SymbolId symbol : program.symbols) {
    const auto stated = options.where.find(types::DimTable::current().symbol_name(symbol));
    if (stated != options.where.end()) point[symbol] = stated->second;
  }
  std::set<std::pair<std::string, std::uint32_t>> said;  // one place in several graphs is one fault
  for (const ir::Graph& graph : program.graphs)
    for (const types::Requirement& required : graph.conditions.requirements()) {
      if (holds(required, point) || !said.emplace(required.words, required.origin.span.begin).second) continue;
      sink.report(required.origin.span, diag::SizesDiffer, required.origin.what, point_words(required, point),
                  required.a.str(), required.relation == types::Relation::Equal ? "==" : ">=", required.b.str())
          .help("a model is compiled for every size; `summary` shows its conditions");
    }
  return said.empty();
}

}  // namespace modelc::pipeline
