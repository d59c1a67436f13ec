// Given arguments against declared ones: positions, names, kinds, ranges, defaults, for everything that takes
// arguments. Reports M5001 to M5006, and M9001 for an argument that is granted and not honoured yet. Knows no
// expression and no value of the evaluator: who calls says of each argument what it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/entry.h"
#include "diagnostics/sink.h"

namespace modelc::catalogue {

using support::Span;

/// An argument as given.
struct Actual {
  enum Kind {
    Poison,   // could not be evaluated, and that is reported
    Static,   // `constant`
    Tensor,   // a run-time tensor
    Tensors,  // a list of them
    Source,   // a source of data
    Other,    // a module, a definition, a list of mixed things
  };
  Kind kind = Other;
  std::string name;  // empty: by position
  Constant constant;
  std::string words;  // what it is, for messages: "the integer 3", "a tensor"
  std::string help;   // advice where a thing of this kind does not fit
  Span span, name_span;
};

/// What takes the arguments. Everything pointed at outlives the call of `bind`.
struct Signature {
  std::string_view name;
  const std::vector<Param>* params = nullptr;
  const Param* rest = nullptr;
  const Param* named = nullptr;
  bool variadic = false;  // trailing integers, or tensors, gather into the last list parameter
};
Signature signature_of(const Entry& entry);

/// One place per parameter. `values` are in the form of the declaration (`1` for `float` is 1.0, for `int[2]` [1, 1]),
/// defaults filled in; null where the argument is not static.
struct Bound {
  bool ok = true;         // nothing was reported
  bool poisoned = false;  // an argument was poison
  std::vector<Constant> values;
  std::vector<std::vector<std::size_t>> from;  // which arguments a parameter got: none, one, or those that gathered
  std::vector<bool> repeated;                  // one value was given where a list is taken
  std::vector<std::size_t> rest, named;        // which arguments went there
  const std::vector<Param>* params = nullptr;

  bool usable() const { return ok && !poisoned; }
  std::size_t place(std::string_view parameter) const;
  bool given(std::string_view parameter) const { return !from[place(parameter)].empty(); }
  const Constant& value(std::string_view parameter) const { return values[place(parameter)]; }
  /// The argument that a parameter got, if one was given.
  std::optional<std::size_t> argument(std::string_view parameter) const;
};

Bound bind(const Signature& signature, const std::vector<Actual>& args, Span call, diagnostics::Sink& sink);

/// The value in the form of the declaration, or nullopt where it does not fit. No range is looked at.
std::optional<Constant> fitted(const Param& param, const Constant& value);
/// Whether an argument is of a kind that the parameter takes.
bool takes(const Param& param, const Actual& actual);

/// M9001 where the entry is not honoured yet; true then.
bool refuse_not_yet(const Entry& entry, Span at, diagnostics::Sink& sink);

}  // namespace modelc::catalogue
