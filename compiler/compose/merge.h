// `extends`: a base and the file that inherits from it become one description (LANGUAGE §8).
#pragma once

#include "ast/description.h"
#include "diagnostics/sink.h"

namespace modelc::compose {

/// A param that a file adds to its base; one that nothing reads is reported once the whole chain is known.
struct AddedParam {
  std::string name;
  support::Span span;
};

struct Merged {
  ast::DescriptionPtr description;
  bool complete = true;  // false: an entry had nothing to take the place of, which was reported
};

/// `own` over `base`, both left as they are. Reports entries that delete nothing. `added` gathers the params that the
/// base lacks.
Merged merge(const ast::Description& base, const ast::Description& own, std::vector<AddedParam>& added,
             diagnostics::Sink& sink);

/// Calls `visit` for each entry of a block, those inside its loops and conditions included.
template <class T, class Visit>
void for_each_entry(ast::Block<T>& block, const Visit& visit) {
  for (ast::Item<T>& item : block) {
    if (item.kind == ast::ItemKind::Entry) visit(item);
    for_each_entry(item.body, visit);
    for (ast::Branch<T>& branch : item.branches) for_each_entry(branch.body, visit);
  }
}

/// What is said of the tree by path has seen the edits that there are, and no later ones. The last layer of these.
int close_layer(ast::Component& component);

/// The value takes the place of what was declared; type and original value are kept.
void give_value(ast::Declaration& declaration, const ast::Declared& value);

}  // namespace modelc::compose
