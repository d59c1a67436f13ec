// Static control flow around the keys of a document or component. It goes into the keys it stands around:
//   if deep: {modules: {a: X}, forward: [h: a(x)]}   is   modules: {if deep: {a: X}}   and   forward: {if deep: [h:
//   a(x)]}
// beside what else stands under them. So whoever reads a key reads the control flow of its own value alone.
#include <algorithm>

#include "syntax/description/blocks.h"

namespace modelc::syntax {

namespace {

using Entry = std::pair<NodePtr, NodePtr>;
using Entries = std::vector<Entry>;

NodePtr mapping_of(Entries entries, support::Span span) {
  auto made = std::make_shared<Node>();
  made->kind = ast::NodeKind::Mapping;
  made->span = span;
  made->entries = std::move(entries);
  return made;
}

NodePtr list_of(std::vector<NodePtr> items, support::Span span) {
  auto made = std::make_shared<Node>();
  made->kind = ast::NodeKind::Sequence;
  made->span = span;
  made->items = std::move(items);
  return made;
}

bool goes_on(const NodePtr& key) {
  const ControlWord word = control_word(key->text);
  return word == ControlWord::Elif || word == ControlWord::Else;
}

/// A value as items of a list: of a mapping its entries, an `if` with its `elif` and `else`.
std::vector<NodePtr> items_of(const NodePtr& value) {
  if (value->is_sequence()) return value->items;
  if (!value->is_mapping()) return is_nothing(*value) ? std::vector<NodePtr>() : std::vector{value};
  std::vector<Entries> each;
  for (const Entry& entry : value->entries) {
    if (each.empty() || !goes_on(entry.first)) each.emplace_back();
    each.back().push_back(entry);
  }
  std::vector<NodePtr> items;
  for (Entries& entries : each) {
    const support::Span span = entries[0].first->span.to(entries.back().second->span);
    items.push_back(mapping_of(std::move(entries), span));
  }
  return items;
}

/// Two values of one key, one behind the other.
NodePtr joined(const NodePtr& a, const NodePtr& b) {
  const support::Span span = a->span.to(b->span);
  if (a->is_mapping() && b->is_mapping()) {
    Entries entries = a->entries;
    entries.insert(entries.end(), b->entries.begin(), b->entries.end());
    return mapping_of(std::move(entries), span);
  }
  std::vector<NodePtr> items = items_of(a);
  for (NodePtr& item : items_of(b)) items.push_back(std::move(item));
  return list_of(std::move(items), span);
}

void add(Entries& keys, const NodePtr& key, const NodePtr& value) {
  const auto known =
      std::find_if(keys.begin(), keys.end(), [&](const Entry& entry) { return entry.first->text == key->text; });
  if (known == keys.end()) keys.emplace_back(key, value);
  else known->second = joined(known->second, value);
}

const NodePtr* value_of(const Entries& keys, const std::string& key) {
  for (const auto& [known, value] : keys)
    if (known->text == key) return &value;
  return nullptr;
}

NodePtr moved_inside(const NodePtr& head) {
  auto made = std::make_shared<Node>(*head);
  made->around_key = true;
  return made;
}

/// One branch of an `if`, or the body of a `for`.
struct Guarded {
  NodePtr head;
  Entries keys;
};

/// Each key with the branches that give it; a branch that does not adds nothing.
void add_guarded(Entries& out, const std::vector<Guarded>& branches) {
  Entries all;
  for (const Guarded& branch : branches)
    for (const Entry& entry : branch.keys)
      if (!value_of(all, entry.first->text)) all.push_back(entry);
  for (const auto& [key, first] : all) {
    Entries chain;
    for (const Guarded& branch : branches) {
      const NodePtr* value = value_of(branch.keys, key->text);
      chain.emplace_back(branch.head, value ? *value : list_of({}, branch.head->span));
    }
    add(out, key, mapping_of(std::move(chain), first->span));
  }
}

}  // namespace

std::vector<std::pair<NodePtr, NodePtr>> Reader::guarded_keys(const NodePtr& head, const NodePtr& body) {
  if (body->is_mapping()) return with_flow_inside(body)->entries;
  Entries keys;
  if (is_nothing(*body)) {
    refuse(head->span, diag::EmptyBody, head->text).help("an empty list, `[]`, adds nothing");
  } else if (!body->is_sequence()) {
    wrong(body, head->text, "keys of the description, `modules: …`");
  } else {
    for (const NodePtr& item : body->items)
      for (const auto& [key, value] : guarded_keys(head, item)) add(keys, key, value);
  }
  return keys;
}

NodePtr Reader::with_flow_inside(const NodePtr& mapping) {
  const auto is_control = [](const Entry& entry) { return control_word(entry.first->text) != ControlWord::None; };
  const Entries& given = mapping->entries;
  if (std::none_of(given.begin(), given.end(), is_control)) return mapping;
  Entries keys;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto& [key, value] = given[i];
    const ControlWord word = control_word(key->text);
    if (word == ControlWord::None) {
      add(keys, key, value);
      continue;
    }
    if (goes_on(key)) {
      refuse(key->span, diag::ElseWithoutIf, key->text)
          .help("in a list, `if` and `else` stand in one item; in a mapping, one right behind the other");
      continue;
    }
    std::vector<Guarded> branches{{moved_inside(key), guarded_keys(key, value)}};
    while (word == ControlWord::If && i + 1 < given.size() && goes_on(given[i + 1].first)) {
      ++i;
      branches.push_back({moved_inside(given[i].first), guarded_keys(given[i].first, given[i].second)});
      if (control_word(given[i].first->text) == ControlWord::Else) break;
    }
    for (Guarded& branch : branches)
      std::erase_if(branch.keys, [&](const Entry& entry) { return !may_be_guarded(entry.first); });
    add_guarded(keys, branches);
  }
  return mapping_of(std::move(keys), mapping->span);
}

/// Which language this is, is read before anything is decided.
bool Reader::may_be_guarded(const NodePtr& key) {
  const catalogue::Key* known = catalogue::find_key(catalogue::Place::Document, key->text);
  using catalogue::Form;
  if (!known || known->form != Form::Version) return true;
  refuse(key->span, diag::NotSupportedYet, fmt::format("static control flow around `{}`", key->text));
  return false;
}

}  // namespace modelc::syntax
