// What a lowering gets and gives. One lowering per operator, by family; families.def lists the families.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ir/ir.h"

namespace modelc::kernels {

/// The values of one node at run time. Constants were resolved when the plan was made.
struct Frame {
  std::vector<at::Tensor>& slots;                        // one per value of the graph
  const std::map<types::SymbolId, std::int64_t>& sizes;  // the symbols, bound by the inputs
};

/// Resolves parts of a node while a plan is made; what it returns is captured by the kernel.
class NodeView {
 public:
  virtual ~NodeView() = default;
  virtual const ir::Node& node() const = 0;
  /// Static argument of the call.
  virtual const types::Constant& arg(std::string_view name) const = 0;
  bool flag(std::string_view name) const { return arg(name).as_bool(); }
  /// A number that is known now; throws where it depends on run-time sizes: those are read by `sizes`.
  std::int64_t integer(std::string_view name) const;
  double number(std::string_view name) const;
  std::vector<std::int64_t> integers(std::string_view name) const;  // a single one gives a list of one
  /// Sizes that may depend on symbols: evaluated at each call.
  virtual std::function<std::vector<std::int64_t>(const Frame&)> sizes(std::string_view name) const = 0;
  /// Fetches a tensor operand; an undefined tensor where it is null. For `Tensor|number` a static number is made a
  /// 0-dim tensor of the operand's promoted dtype (wrapped number) once.
  virtual std::function<const at::Tensor&(const Frame&)> tensor(std::string_view name) const = 0;
  virtual std::function<std::vector<at::Tensor>(const Frame&)> tensors(std::string_view name) const = 0;
  virtual bool has(std::string_view name) const = 0;        // given and not null
  virtual bool is_tensor(std::string_view name) const = 0;  // a run-time tensor rather than a static number
  /// The operand as the graph has it, for parameters of any structure (`_index`); an operand of kind None if null.
  virtual const ir::Operand& operand(std::string_view name) const = 0;
  /// The type of a tensor operand as inferred (of the first one of a list).
  virtual const types::TensorType& operand_type(std::string_view name) const = 0;
  /// Type of result i as inferred.
  virtual const types::TensorType& result_type(std::size_t i) const = 0;
  /// Results of the operator's rule; the new states that follow are written into the tensors of the old ones.
  virtual std::size_t result_count() const = 0;
  /// The node writes states: those of the operands under Op::updates that are none are to be left as they are.
  bool writes_states() const { return result_count() < node().results.size(); }
  virtual std::vector<at::Tensor>& state() const = 0;  // of a fitted node
};

/// Writes the results of one call; result i goes to frame.slots[node.results[i]].
using Kernel = std::function<void(Frame&)>;
using Lowering = std::function<Kernel(const NodeView&)>;

class Lowerings {
 public:
  static const Lowerings& get();
  void add(std::string op, Lowering lowering);
  const Lowering* find(std::string_view op) const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, Lowering, std::less<>> by_name_;
};

}  // namespace modelc::kernels
