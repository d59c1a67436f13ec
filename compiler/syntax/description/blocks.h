// Static control flow in keys (LANGUAGE §3), for any list or mapping: `for …`, `if …`, `elif …`, `else`, and the rule
// that a body adds to what surrounds it. Templates over what the entries are.
#pragma once

#include "syntax/description/reader.h"

namespace modelc::syntax {

template <class T>
void Reader::block(const NodePtr& node, const BlockRules<T>& rules, Block<T>& out) {
  if (node->is_mapping()) {
    if (rules.one_item && rules.item && rules.one_item(*node)) rules.item(node, out);
    else mapping(node, rules, out);
  } else if (node->is_sequence()) {
    for (const NodePtr& item : node->items) list_item(item, rules, out);
  } else if (!passes_over(*node)) {
    wrong(node, rules.key, "a mapping or a list");
  }
}

template <class T>
void Reader::list_item(const NodePtr& node, const BlockRules<T>& rules, Block<T>& out) {
  if (passes_over(*node) && !(rules.keeps_lost && rules.item)) return;
  const bool controlled =
      node->is_mapping() && !node->entries.empty() && control_word(node->entries[0].first->text) != ControlWord::None;
  if (node->is_mapping() && !controlled && rules.one_item && rules.one_item(*node)) {
    rules.item(node, out);
  } else if (node->is_mapping()) {
    if (rules.one_name_each && !controlled && node->entries.size() > 1) {
      refuse(node->entries[1].first->span, diag::SeveralNames, node->entries[0].first->text,
             node->entries[1].first->text)
          .note(node->entries[0].first->span, "the item begins here")
          .help("put `- ` before each name");
    }
    mapping(node, rules, out);
  } else if (rules.item) {
    rules.item(node, out);
  } else {
    refuse(node->span, diag::UnnamedEntry, rules.key);
  }
}

template <class T>
void Reader::body(const NodePtr& key, const NodePtr& node, const BlockRules<T>& rules, Block<T>& out) {
  if (passes_over(*node)) return;
  if (is_nothing(*node)) {
    refuse(key->span, diag::EmptyBody, key->text).help("an empty list, `[]`, adds nothing");
  } else if (node->is_sequence()) {
    for (const NodePtr& item : node->items) list_item(item, rules, out);
  } else if (node->is_mapping() && !(rules.one_item && rules.item && rules.one_item(*node))) {
    mapping(node, rules, out);
  } else if (rules.item) {
    rules.item(node, out);
  } else {
    refuse(node->span, diag::UnnamedEntry, rules.key);
  }
}

template <class T>
void Reader::mapping(const NodePtr& node, const BlockRules<T>& rules, Block<T>& out) {
  Item<T>* open_if = nullptr;  // the `if` that an `elif` or `else` may follow
  for (const auto& [key, value] : node->entries) {
    const ControlWord word = control_word(key->text);
    const std::size_t start = key->text.find_first_not_of(" \t\n\r");
    if (word == ControlWord::None) {
      open_if = nullptr;
      if (!passes_over(*value) || rules.keeps_lost) rules.entry(key, value, out);
      continue;
    }
    if (word == ControlWord::For) {
      open_if = nullptr;
      Item<T> loop;
      loop.kind = ItemKind::For;
      loop.span = key->span.to(value->span);
      loop.around_key = key->around_key;
      const std::size_t skip = start + 3;
      if (key->text.find_first_not_of(" \t\n\r", skip) == std::string::npos) {
        refuse(key->span, diag::ControlHead, "for", "a loop variable and what it runs over")
            .help("write `for i in range(3):`");
        continue;
      }
      auto head = parse_for(Text(*key, skip, key->text.size()), sink_);
      if (head) loop.variables = std::move(head->variables);
      loop.iterable = head ? head->iterable : hole(key->span);
      body(key, value, rules, loop.body);
      out.push_back(std::move(loop));
      continue;
    }
    if (word != ControlWord::If && !open_if) {
      refuse(key->span, diag::ElseWithoutIf, key->text)
          .help("in a list, `if` and `else` stand in one item; in a mapping, one right behind the other");
      continue;
    }
    ast::Branch<T> branch;
    branch.span = key->span;
    if (word == ControlWord::Else) {
      body(key, value, rules, branch.body);
      open_if->branches.push_back(std::move(branch));
      open_if->span = open_if->span.to(value->span);
      open_if = nullptr;
      continue;
    }
    branch.condition = condition(key, start + (word == ControlWord::If ? 2 : 4)).value_or(hole(key->span));
    body(key, value, rules, branch.body);
    if (word == ControlWord::If) {
      Item<T> made;
      made.kind = ItemKind::If;
      made.span = key->span.to(value->span);
      made.around_key = key->around_key;
      out.push_back(std::move(made));
      open_if = &out.back();
    }
    open_if->branches.push_back(std::move(branch));
    open_if->span = open_if->span.to(value->span);
  }
}

template <class T>
void Reader::flatten(const Block<T>& items, std::vector<ast::Guard>& guards,
                     const std::function<void(const Item<T>&, const std::vector<ast::Guard>&)>& take) {
  for (const Item<T>& item : items) {
    if (item.kind == ItemKind::Entry) {
      take(item, guards);
      continue;
    }
    const std::size_t before = guards.size();
    if (item.kind == ItemKind::For) {
      guards.push_back({item.variables, item.iterable, nullptr, true});
      flatten(item.body, guards, take);
    } else {
      for (const auto& branch : item.branches) {
        if (branch.condition) guards.push_back({{}, nullptr, branch.condition, true});
        flatten(branch.body, guards, take);
        if (branch.condition) guards.back().expected = false;
      }
    }
    guards.resize(before);
  }
}

}  // namespace modelc::syntax
