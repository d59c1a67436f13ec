// Arguments against parameters of an operator: positions, names, kinds, ranges (LANGUAGE §6).
#pragma once

#include "diagnostics/sink.h"
#include "instantiate/tree.h"

namespace modelc::instantiate {

/// One value per parameter, defaults filled in.
struct Bound {
  std::vector<Value> values;
  std::vector<bool> given;
  std::vector<Span> spans;
  bool ok = true;         // false after reporting
  bool poisoned = false;  // an argument is faulty, which was reported
};

Bound bind_parameters(diagnostics::Sink& sink, const ops::Op& op, const std::vector<ops::Param>& params,
                      Arguments& args, Span span, bool constructor);

}  // namespace modelc::instantiate
