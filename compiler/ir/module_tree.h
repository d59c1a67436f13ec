// The modules of a model: types, names, keys, initial values and costs. What they compute is not here but in the
// graphs, which name the tensors of this tree as values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/op.h"
#include "support/source.h"
#include "types/constant.h"

namespace modelc::ir {

using support::Span;
using types::Constant;
using types::TensorType;
using types::Type;
using ModuleId = std::uint32_t;
using ValueId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

/// What a tensor is drawn as before it is drawn as it stays: torch.nn.Transformer draws its matrices once more.
struct FirstDraw {
  std::optional<ops::Init> init;  // none: it is not drawn then
  std::string until;              // the path of the module below which all is drawn before
};

/// A parameter or buffer of a module.
struct Tensor {
  std::string name;  // within its module; the state_dict key is path + "." + name
  TensorType type;   // all sizes are integers
  ops::Init init;
  std::optional<FirstDraw> first_draw;
  std::string same_as;  // full key of an earlier tensor with whose values it starts; it is not drawn itself
  /// A declared tensor's initial value as an expression graph (Init::Expression): index into Program::initial_graphs.
  std::uint32_t init_graph = kNone;
  bool buffer = false;
  bool saved = true;  // false: in no state_dict
  bool trainable = true;
  bool implied_new = false;  // put there by `replace`, so a weight file may lack it
  std::string tied_to;       // full key of the tensor it shares
  Span span;
};

enum class ModuleKind { Operator, Component, Sequential, List, Dict };

/// What is known of a module that nothing calls.
enum class Uncalled {
  Unsized,   // its sizes would follow from a call
  Sized,     // all its sizes are known
  Doubtful,  // a reported fault kept it from being called, perhaps: no lint about that
};

struct Module {
  std::string name;  // within its parent; empty for the root
  std::string path;  // "stream1.linear"; empty for the root
  std::string type;  // "Linear", "BasicBlock", "Sequential"
  ModuleKind kind = ModuleKind::Component;
  ModuleId parent = kNone;
  std::vector<ModuleId> children;                      // in order
  std::vector<Tensor> tensors;                         // in order
  std::vector<std::pair<std::string, Constant>> args;  // Operator: every constructor argument, inferred ones included
  Type output;                                         // of its first call
  types::Dim flops = 0;  // of its own calls, and of functions in its body, in one evaluation
  bool frozen = false;   // normalisation: statistics do not move
  bool called = false;
  Uncalled uncalled = Uncalled::Unsized;  // of one that nothing calls
  std::vector<ops::Init> custom_inits;
  Span span;
};

struct ModuleTree {
  std::vector<Module> modules;  // [0] is the root; a parent stands before its children
  const Module* find(std::string_view path) const;
};

/// All modules as the state_dict has them: a parent, then each child with all that is below it.
std::vector<ModuleId> in_order(const ModuleTree& tree);

/// The state_dict key of a module's tensor.
std::string key_of(const Module& module, const Tensor& tensor);

}  // namespace modelc::ir
