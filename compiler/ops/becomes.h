// What a module operator is: a function of the same idea over explicit tensors. A call of the module is that function
// on the module's inputs, its constructor arguments, the tensors it owns and the mode of the graph. A function may be
// another one as well, under a second name or with some arguments fixed: it owns nothing then.
//
// Equal names belong together: a parameter of the function that takes a tensor comes from the module's input of that
// name, else from the tensor it owns under that name (null where it owns none, as without a bias); any other comes from
// the module's input or its constructor argument. `training` is the mode. What has another name is bound by hand.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "types/constant.h"
#include "types/param.h"
#include "types/type.h"

namespace modelc::ops {

struct Op;
class InferContext;

/// Where the function finds the value of one of its parameters.
struct Source {
  enum Kind {
    Input,     // what the call of the module is given for its input `name`; null where nothing is
    Argument,  // the module's constructor argument `name`, as inferred
    Owned,     // the tensor that the module owns under `name`; null where it owns none
    AllOwned,  // all its parameters, in order, as a list
    Fixed,     // `value`
    Mode,      // whether the graph is one of training; false for a frozen normalisation
    Default,   // the parameter's own default
  };
  Kind kind = Default;
  std::string name;
  types::Constant value;
  bool operator==(const Source&) const = default;
};

/// One parameter of the function that the rule of equal names does not reach.
struct Binding {
  std::string parameter;
  Source source;
};
Binding from(std::string parameter, std::string argument);  // an input or a constructor argument
Binding owned(std::string parameter, std::string tensor);
Binding all_owned(std::string parameter);
Binding fixed(std::string parameter, types::Constant value);
Binding mode(std::string parameter);

/// A module that is written in the language: a description whose params are the module's arguments (those it does not
/// name are hints that change nothing) and whose inputs are those of a call. Its parts have paths like any other's.
struct Written {
  std::string_view text;
  /// The items of this list start from equal values, as PyTorch's copies of one module do; empty: no such list.
  std::string_view copies = {};
  /// When all is there, every matrix below is drawn once more, by Glorot's rule.
  bool redraws = false;
};

/// What a module does before the function it becomes: infers sizes, checks what only the module knows, owns tensors.
/// False after reporting.
using Prepare = std::function<bool(InferContext&)>;

struct Becomes {
  std::string function;
  std::vector<Binding> bindings;
  std::vector<Source> sources;  // of the function's inputs, in their order
  Prepare prepare;              // may be empty
  const Op* op = nullptr;       // the function; the catalogue finds it
  Written written;              // instead of a function
  bool given() const { return !function.empty(); }
  bool is_written() const { return !written.text.empty(); }
};

/// The sources of the function's parameters, in the order of `function.inputs`.
std::vector<Source> sources(const Op& module, const Op& function);

/// A parameter of the function and where a call of the module finds its value; both null where it has none of that
/// name.
struct SourcedParam {
  const types::Param* param = nullptr;
  const Source* source = nullptr;

  bool is(Source::Kind kind) const { return source && source->kind == kind; }
  /// The call of the module says what its static value is, by `source->name`.
  bool is_of_call() const { return is(Source::Input) || is(Source::Argument); }
  /// Else this is its static value, null for a tensor; `mode` says whether the call is one of training.
  const types::Constant& own_value(const types::Constant& mode) const;
};
SourcedParam find_sourced(const Op& module, const Op& function, std::string_view name);

/// The module's `prepare`, then the rule of the function on the same call: what it reports names the module and its
/// arguments.
types::Type infer_as_function(InferContext& call, const Op& module, const Op& function);
/// The function's operations; the call was inferred before.
types::Dim flops_as_function(InferContext& call, const Op& module, const Op& function, const types::Type& result);

}  // namespace modelc::ops
