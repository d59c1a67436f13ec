// Edits that travel: what `replace`, `remove`, `append`, `prepend` and `wrap` name by path waits until the place is
// made (LANGUAGE §8).
#pragma once

#include "instantiate/context.h"

namespace modelc::instantiate {

/// Takes note of the edits of a component that stands at `prefix`.
void register_edits(Context& context, const ast::Component& component, const std::string& prefix,
                    const LevelPtr& level);
/// Where a module is to stand.
struct Spot {
  InstanceId parent = 0;
  std::string name;
};
/// The definition as the edits of its place leave it.
DefinitionPtr edited(Context& context, DefinitionPtr definition, const Spot& spot);
/// Whether a path is another one or lies below it.
bool is_at_or_below(std::string_view path, std::string_view above);
/// From where something is said of the tree by path: by a component at `prefix`, after the edits of `layer` of its
/// file.
struct Viewpoint {
  std::string prefix;
  int layer = 0;
};
/// Whether edits went over the tree since.
bool edited_since(const Tree& tree, const Viewpoint& from);
/// The path of an instance as it is seen from there; nullopt for what came since.
std::optional<std::string> seen_path(const Tree& tree, InstanceId id, const Viewpoint& from);
/// Places, as they are seen from there, that were given something else since.
std::vector<std::string> replaced_since(const Tree& tree, const Viewpoint& from);
/// Whether what stands there was put there by an edit: new to a weight file.
bool is_new(const Tree& tree, InstanceId id);
/// What stood at a path before `wrap` put a component around it, and where it stands now.
std::vector<std::pair<std::string, std::string>> moved_by_wrapping(const Tree& tree);
/// The `wrap` that put a component where this module stood, or null.
const ast::TreeEdit* wrapping(const Tree& tree, InstanceId id);
/// Reports edits that found no place, and `wrap` of what is not called; `partial`: parts of the tree are missing for
/// faults already reported.
void check_edits(Context& context, bool partial);

}  // namespace modelc::instantiate
