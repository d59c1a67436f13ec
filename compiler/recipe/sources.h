// Sources of data: `csv(…)`, `synthetic(…)`, `alternate(…)`, `zip(…)`, `source -> with(…)`, their arguments held
// against the catalogue, with the schema that their files' headers tell (LANGUAGE §11). Reports M5, M8301 to M8304 and
// M8316.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

struct SourceContext {
  const Given& given;
  std::string root;                       // where relative files are looked for
  std::vector<ir::Graph>& column_graphs;  // where columns that are computed put theirs
  bool remembered = false;                // its columns are known: files are not looked at

  Tracer& statics() const { return given.statics; }
  Sink& sink() const { return given.sink(); }
};

/// nullopt after reporting. A source whose file is not there has no columns and is not `known`.
std::optional<ir::Source> read_source(const SourceContext& context, const ast::ExprPtr& expr, const Scope& scope);

}  // namespace modelc::recipe
