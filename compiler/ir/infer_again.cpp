#include "ir/infer_again.h"

#include "ir/node_context.h"

namespace modelc::ir {

namespace {

void flatten(const Type& type, std::vector<Type>& out) {
  if (type.is_tensor()) out.push_back(type);
  for (const Type& part : type.parts()) flatten(part, out);
}

}  // namespace

Inferred infer_again(const Graph& graph, const Node& node) {
  NodeContext context(graph, node);
  Inferred inferred;
  flatten(op_of(node).infer(context), inferred.types);
  inferred.refused = context.refused();
  return inferred;
}

}  // namespace modelc::ir
