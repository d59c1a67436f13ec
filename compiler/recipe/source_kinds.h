// One reader for each kind of source; `source` has its kind and place. nullopt after reporting.
#pragma once

#include "catalogue/bind.h"
#include "recipe/sources.h"

namespace modelc::recipe {

/// A call of a source whose arguments are all static.
struct StaticCall {
  Arguments args;
  catalogue::Bound bound;

  /// Which argument a parameter got.
  const GivenArgument* given(std::string_view parameter) const;
};
std::optional<StaticCall> static_call(const SourceContext& context, const catalogue::Entry& entry,
                                      const ast::Expr& call, const Scope& scope);

std::optional<ir::Source> read_file_source(const SourceContext& context, const ast::Expr& call, const Scope& scope,
                                           ir::Source source);
std::optional<ir::Source> read_synthetic(const SourceContext& context, const ast::Expr& call, const Scope& scope,
                                         ir::Source source);
std::optional<ir::Source> read_combined(const SourceContext& context, const ast::Expr& call, const Scope& scope,
                                        ir::Source source);

}  // namespace modelc::recipe
