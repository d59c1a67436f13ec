// The body of a level: bindings in order, static control flow decided, what it puts out (LANGUAGE §7).
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

struct Bindings {
  std::vector<std::string> last;  // the names of the last entry outside the `for` and `if` of the block
  std::optional<Value> unnamed;   // the value of the last entry without a name
};
/// Names go to the frame of the scope.
Bindings run_bindings(Tracer& tracer, const ast::Block<ast::Binding>& block, const Scope& scope);

struct NamedOutputs {
  std::vector<std::pair<std::string, Value>> items;
  bool single = true;
};
struct Body {
  Value value;  // the one output, or the record of them; poison where one is faulty
  NamedOutputs outputs;
};
Body run_body(Tracer& tracer, const ast::Component& component, const Scope& scope, InstanceId instance);

}  // namespace modelc::trace
