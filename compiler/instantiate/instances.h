// Instances: a definition takes its place in the module tree, edits that name the place applied to it first.
#pragma once

#include "instantiate/context.h"

namespace modelc::instantiate {

/// The new instance; what is faulty (a null definition too) gives a broken one. The first is the root. A component's
/// own modules are made at its first call, when the sizes of its inputs are known.
InstanceId make_instance(Context& context, DefinitionPtr definition, const std::string& name, InstanceId parent,
                         Span span);

/// A tree of which the instance is the root: what a trial makes, it makes there.
Tree tree_around(const Tree& tree, InstanceId id);

}  // namespace modelc::instantiate
