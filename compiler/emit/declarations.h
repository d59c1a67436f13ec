// How a declaration is written in texts that people read: signatures, arguments, what a key may be.
#pragma once

#include <string>

#include "catalogue/entry.h"
#include "catalogue/keys.h"
#include "ops/op.h"

namespace modelc::emit {

/// An operator that descriptions cannot name.
bool is_internal(const ops::Op& op);

/// `Linear(out_features, bias=true)`; inferred arguments are left out.
std::string signature(const ops::Op& op);
std::string signature(const catalogue::Entry& entry);
/// `p: float in 0..1 = 0.5`, and how it is given where that is special.
std::string declaration(const types::Param& param);
/// `int in 1.. = 32`, or the key's form in words.
std::string value_words(const catalogue::Key& key);
/// "optimizers", "functions of a feed": a section's title.
std::string kind_title(catalogue::Kind kind);

}  // namespace modelc::emit
