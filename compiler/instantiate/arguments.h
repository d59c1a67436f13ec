// Arguments against parameters of an operator: the catalogue's binder, with values of the evaluator (LANGUAGE §6).
#pragma once

#include "diagnostics/sink.h"
#include "instantiate/tree.h"

namespace modelc::instantiate {

/// One value per parameter in the form of its declaration, defaults filled in.
struct Bound {
  std::vector<Value> values;
  std::vector<bool> given;
  std::vector<Span> spans;
  bool ok = true;         // false after reporting
  bool poisoned = false;  // an argument is faulty, which was reported
};

/// `constructor`: trailing integers do not gather into a list, as they do in `x.reshape(2, 3)`.
Bound bind_parameters(diagnostics::Sink& sink, const ops::Op& op, const std::vector<ops::Param>& params,
                      const Arguments& args, Span span, bool constructor);

}  // namespace modelc::instantiate
