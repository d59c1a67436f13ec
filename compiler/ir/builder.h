// Making and changing graphs. All keep the rules of graph.h but one: erasing and replacing may leave values that
// nothing mentions and states that nothing lists; tidy() ends a rewrite.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "ir/graph.h"

namespace modelc::ir {

/// A tensor fed from outside.
ValueId add_input(Graph& graph, std::string name, TensorType type, Span span = {}, bool target = false);
/// The first value of a parameter or buffer; each call makes one, so the caller keeps them.
ValueId add_tensor(Graph& graph, const ModuleTree& tree, ModuleId module, std::uint32_t index);
/// The random state as it is at the end of the graph so far.
ValueId random_state(Graph& graph);

/// A call with the defaults of all parameters, for the caller to fill in.
Node call_of(ops::OpId op);
/// Splits what was given for a parameter into the operand and the attribute.
void give(Node& node, std::size_t parameter, Operand given);
/// By the parameter's name; a static value is brought into the form of its declaration. Throws std::logic_error where
/// the operator has none of that name.
void give(Node& node, std::string_view parameter, Operand given);
/// The two put together again.
Operand given(const Node& node, std::size_t parameter);

/// The mode of the call, of an operator that follows it.
bool in_training(const Node& node);
/// True where the call of an operator that writes is one of training.
bool writes_state(const Node& node);
/// What it writes: the operands under Op::writes that are states. An operator given another tensor in such a place
/// reads it and leaves it as it is.
std::vector<ValueId> written_states(const Graph& graph, const Node& node);
bool draws(const Node& node);

/// Adds a node at the end (or before node `at`), with results of these types; gives it the random state if it draws
/// (append alone), and new values for the states it writes. Returns all results.
std::vector<ValueId> append(Graph& graph, Node node, std::vector<Type> results);
std::vector<ValueId> insert(Graph& graph, std::size_t at, Node node, std::vector<Type> results);
/// Every use of `from`, outputs included, becomes one of `to`.
void replace_uses(Graph& graph, ValueId from, ValueId to);
/// Many at once: place[v] is what v becomes.
void replace_uses(Graph& graph, const std::vector<ValueId>& place);
/// Drops the marked nodes. Who reads a state that one of them wrote reads the one before; no other result may be used.
void erase(Graph& graph, const std::vector<bool>& nodes);

/// Values numbered anew: inputs, results by node, then states in the order in which they are first mentioned, then
/// their new values; what nothing mentions is gone. `updates` is made anew.
void tidy(Graph& graph);

}  // namespace modelc::ir
