// Variants: named sets of values for params.
#include <algorithm>

#include "ast/substitute.h"
#include "syntax/description/blocks.h"

namespace modelc::syntax {

namespace {

bool has_loop(const std::vector<ast::Guard>& guards) {
  return std::any_of(guards.begin(), guards.end(), [](const ast::Guard& g) { return g.iterable; });
}

}  // namespace

void Reader::variants(const NodePtr& node, ast::Description& out) {
  struct Values {
    Block<ExprPtr> given;
    bool deleted = false;
  };
  BlockRules<ExprPtr> values;
  values.entry = [&](const NodePtr& param, const NodePtr& content, Block<ExprPtr>& entries) {
    Item<ExprPtr> made;
    made.name = name(param);
    made.value = raw_value(content, param->text);
    if (check_name(made.name) && made.value) entries.push_back(std::move(made));
  };
  BlockRules<Values> rules;
  rules.key = "variants";
  rules.entry = [&](const NodePtr& key, const NodePtr& value, Block<Values>& block) {
    Item<Values> item;
    item.name = name(key);
    item.span = key->span;
    if (key->text.empty()) {
      refuse(key->span, diag::NotAName, key->text, "the name of a variant");
      return;
    }
    item.value.deleted = is_written_null(*value) && has_base_;
    values.key = key->text;
    if (!is_nothing(*value)) this->block(value, values, item.value.given);
    block.push_back(std::move(item));
  };
  Block<Values> read;
  block(node, rules, read);
  // Which variants there are must be known before anything else is; what a condition leaves of them is decided later.
  std::vector<ast::Guard> around;
  flatten<Values>(read, around, [&](const Item<Values>& item, const std::vector<ast::Guard>& outer) {
    ast::LoopedVariant made{item.name, item.span, outer, {}};
    bool looped = has_loop(outer) || item.name.pattern;
    std::vector<ast::Guard> guards;
    flatten<ExprPtr>(item.value.given, guards, [&](const Item<ExprPtr>& value, const std::vector<ast::Guard>& inner) {
      looped = looped || has_loop(inner) || value.name.pattern;
      made.values.push_back({value.name, value.value, inner});
    });
    if (looped) {
      out.undecided.variants.push_back(std::move(made));
      return;
    }
    ast::Variant& variant = out.variants[item.name.text];
    variant.span = item.span;
    variant.deleted = item.value.deleted;
    for (const ast::LoopedVariant::Given& given : made.values)
      variant.values.emplace_back(given.name, ast::under(outer, ast::under(given.guards, given.value)));
  });
}

}  // namespace modelc::syntax
