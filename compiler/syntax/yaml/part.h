// A YAML text, or a part of one, as a tree: the patches of its layout applied, yaml-cpp's events taken. Internal to the
// wall.
#pragma once

#include "syntax/yaml/faults.h"
#include "syntax/yaml/text.h"
#include "syntax/yaml/yaml.h"

namespace modelc::syntax {

struct Part {
  ast::NodePtr root;
  bool whole = false;     // all of the text is in the tree
  bool hopeless = false;  // a limit was passed
};

/// A text, which is a document or one entry of it, as a tree. What is not whole has been reported.
Part read_part(const Passage& passage, Faults& faults, const YamlLimits& limits);

/// The tree of a document that cannot be read as one: entry by entry, and the entries of an entry that cannot be read.
/// What stands behind the fault that ended the reading is reported as ever, what stands before it was. Null where no
/// entry can be read.
ast::NodePtr recover(const Passage& passage, Faults& faults, const YamlLimits& limits);

}  // namespace modelc::syntax
