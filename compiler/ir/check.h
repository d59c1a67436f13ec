// What `checks` of a description demand (LANGUAGE §12); `modelc test` tries them.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "support/source.h"

namespace modelc::ir {

/// A number, or a bound for one: `<= 4e9`.
struct Bound {
  enum Relation { Equal, Below, AtMost, Above, AtLeast } relation = Equal;
  double number = 0;
  std::string words;  // as written
  support::Span span;
  bool admits(double value) const;
};

/// A text with its place: a type, a path.
struct Demand {
  std::string text;
  support::Span span;
};

/// The type of an output: of the one of this name; without names of all in order.
struct OutputDemand {
  std::string name;
  Demand type;
};

/// Outputs that were stored once.
struct SameOutput {
  std::string weights, inputs, outputs;  // resolved paths
  double tolerance = 1e-4;
  support::Span span;
};

struct Check {
  support::Span span;
  std::string variant;                        // empty: the one that was chosen
  std::map<std::string, std::int64_t> sizes;  // of symbols
  std::vector<OutputDemand> outputs;          // by name, or in order
  std::optional<Bound> parameters, flops;
  std::optional<Demand> keys;  // a resolved path
  std::optional<SameOutput> same_output;
};

}  // namespace modelc::ir
