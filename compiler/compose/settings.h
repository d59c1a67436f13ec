// Keys of the document whose values are words: `device`, `dtype` and `allow`, their `for` and `if` decided; and what
// counts as no value at all.
#pragma once

#include "ast/description.h"
#include "diagnostics/sink.h"
#include "types/dtype.h"

namespace modelc::compose {

/// `null`, as a value written out.
bool is_null(const ast::ExprPtr& value);
/// There, and not `null`.
bool is_given(const ast::SettingPtr& setting);

/// What is stated at `path`, a key of a section, takes its rival away from the section: `steps` the `epochs`.
void take_away_rival(ast::Setting& section, const std::string& path);

/// Where the model is computed, as far as the description says.
struct Placement {
  std::string device;  // empty: not said
  support::Span span;  // of the word
  struct Path {
    std::string pattern;
    support::Span span;
  };
  std::vector<Path> paths;  // what a mapping names; whether it is there is for the tree to say
  bool ok = true;           // false after reporting
};

/// Reads `device`. Reports words that name no device, and parts of one model on several devices (M9001).
Placement read_placement(const ast::SettingPtr& device, diagnostics::Sink& sink);

/// What the parameters of some modules are kept in.
struct Precision {
  std::string pattern;
  types::DType dtype = types::DType::Float32;
  support::Span span;
};

struct Precisions {
  std::vector<Precision> all;  // in order: the later wins
  bool ok = true;              // false after reporting
};

/// Reads `dtype`. Reports words that name no floating-point dtype.
Precisions read_precisions(const ast::SettingPtr& dtype, diagnostics::Sink& sink);

/// Reads `allow` and tells the sink to be silent about these lints. False after reporting what is the code of no lint.
bool apply_allow(const ast::SettingPtr& allow, diagnostics::Sink& sink);

}  // namespace modelc::compose
