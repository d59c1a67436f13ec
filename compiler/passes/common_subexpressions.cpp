#include "passes/common_subexpressions.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "ir/loops.h"
#include "passes/forwarding.h"

namespace modelc::passes {

namespace {

using ir::Node;
using types::Constant;

/// Equal to the bit: 0 is not -0.0.
bool same(const Constant& a, const Constant& b) {
  if (a.is_float() && b.is_float())
    return std::bit_cast<std::uint64_t>(a.as_double()) == std::bit_cast<std::uint64_t>(b.as_double());
  if (a.is_list() && b.is_list())
    return std::equal(a.as_list().begin(), a.as_list().end(), b.as_list().begin(), b.as_list().end(),
                      [](const Constant& x, const Constant& y) { return same(x, y); });
  return a == b;
}

bool same(const Node& a, const Node& b) {
  return a.op == b.op && a.operands == b.operands &&
         std::equal(a.attributes.begin(), a.attributes.end(), b.attributes.begin(), b.attributes.end(),
                    [](const Constant& x, const Constant& y) { return same(x, y); });
}

/// Of operator and operands; attributes are compared where these are equal.
std::uint64_t hash_of(const Node& node) {
  std::uint64_t hash = static_cast<std::uint64_t>(node.op);
  for (const ir::Operand& operand : node.operands)
    ir::for_each_value(operand, [&](ir::ValueId v) { hash = (hash ^ v) * 0x9E3779B97F4A7C15U; });
  return hash;
}

}  // namespace

void common_subexpressions(ir::Graph& graph, const ir::ModuleTree& tree) {
  Forwarding forwarding(graph, tree);
  using Made = std::unordered_multimap<std::uint64_t, std::size_t>;
  // A loop has a table of its own: what a turn gives is not there after it, and a state that the loop changes is
  // another one in the next turn.
  std::vector<Made> tables(1);
  tables.back().reserve(graph.nodes.size());
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    Node& node = graph.nodes[n];
    forwarding.resolve(node);
    if (ir::opens_loop(node)) tables.emplace_back();
    if (ir::closes_loop(node)) tables.pop_back();
    Made& made = tables.back();
    const ops::Op& op = ir::op_of(node);
    if (!op.has(ops::Trait::Pure) || op.has(ops::Trait::Fitted)) continue;
    if (std::any_of(node.results.begin(), node.results.end(),
                    [&](ir::ValueId result) { return forwarding.has_gradient(result); }))
      continue;
    const std::uint64_t hash = hash_of(node);
    const auto [begin, end] = made.equal_range(hash);
    const auto first =
        std::find_if(begin, end, [&](const auto& earlier) { return same(graph.nodes[earlier.second], node); });
    if (first == end) {
      made.emplace(hash, n);
      continue;
    }
    forwarding.drop(n);
    for (std::size_t r = 0; r < node.results.size(); ++r)
      forwarding.put(node.results[r], graph.nodes[first->second].results[r]);
  }
  forwarding.finish();
}

}  // namespace modelc::passes
