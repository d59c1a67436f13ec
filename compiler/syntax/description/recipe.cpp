// Settings, paths and weights: keys whose values are checked later, by what they set.
#include <algorithm>

#include "syntax/description/blocks.h"

namespace modelc::syntax {

using ast::PathEntry;
using ast::Setting;
using ast::SettingPtr;

SettingPtr Reader::setting(const NodePtr& node) {
  auto made = std::make_shared<Setting>();
  made->span = node->span;
  made->node = node;
  if (node->is_scalar() && !is_written_null(*node)) {
    made->kind = Setting::Scalar;
    made->scalar = parse_raw(Text(*node));
    return made;
  }
  if (!node->is_sequence() && !node->is_mapping()) return made;
  made->kind = node->is_sequence() ? Setting::List : Setting::Mapping;
  BlockRules<SettingPtr> rules;
  rules.key = "a setting";
  rules.entry = [&](const NodePtr& key, const NodePtr& value, Block<SettingPtr>& block) {
    Item<SettingPtr> item;
    item.name = name(key);
    item.span = key->span.to(value->span);
    item.value = setting(value);
    block.push_back(std::move(item));
  };
  rules.item = [&](const NodePtr& value, Block<SettingPtr>& block) {
    Item<SettingPtr> item;
    item.span = value->span;
    item.value = setting(value);
    block.push_back(std::move(item));
  };
  if (made->kind == Setting::List) {
    // In a list a mapping is one item, the body of a loop like any other.
    rules.one_item = [](const Node& mapping) {
      return mapping.entries.empty() || control_word(mapping.entries[0].first->text) == ControlWord::None;
    };
  }
  block(node, rules, made->items);
  return made;
}

void Reader::data(const NodePtr& node, ast::Description& out) {
  if (!node->is_mapping()) {
    wrong(node, "data", "a mapping with `train`, `valid`, `feed`",
          "one source is written `data: {train: …}` as a block");
    return;
  }
  auto rest = std::make_shared<Node>(*node);
  std::erase_if(rest->entries, [](const auto& entry) { return entry.first->text == "feed"; });
  out.data = setting(rest);
  out.data->node = node;
  for (const auto& [key, value] : node->entries) {
    if (key->text != "feed" || is_nothing(*value)) continue;
    out.feed_given = true;
    bindings(value, "feed", out.feed, false);
  }
}

void Reader::path_entries(const NodePtr& node, std::string_view key, std::vector<PathEntry>& out) {
  const bool expressions = key == "init";
  const bool texts = key == "tie" || key == "moved" || key == "rename" || key == "resize";
  const bool values = expressions || texts;
  BlockRules<PathEntry> rules;
  rules.key = key;
  rules.entry = [&](const NodePtr& path, const NodePtr& value, Block<PathEntry>& block) {
    if (!values) {
      sink_.report(path->span, diag::WrongNode, "a mapping", key, "a path or a list of paths");
      return;
    }
    Item<PathEntry> item;
    item.name = name(path);
    item.span = item.value.span = path->span;
    item.value.pattern = path->text;
    item.value.inserted = item.name.pattern;
    item.value.text_span = value->span;
    if (is_written_null(*value) && has_base_) {
      block.push_back(std::move(item));  // deletes the base's entry
      return;
    }
    if (expressions) {
      item.value.value = expression(value, path->text);
      if (!item.value.value) return;
    } else if (key == "rename" && value->is_scalar() && value->quoted()) {
      item.value.text = value->text;  // may be empty: a prefix goes or comes
    } else {
      const auto words =
          text(value, path->text, key == "resize" ? "how its size changes, `interpolate` or `mean`" : "a path");
      if (!words) return;
      item.value.text = *words;
    }
    block.push_back(std::move(item));
  };
  if (!values) {
    rules.item = [&](const NodePtr& path, Block<PathEntry>& block) {
      const auto words = text(path, key, "a path or a glob");
      if (!words) return;
      Item<PathEntry> item;
      item.name = name(path);
      item.span = item.value.span = path->span;
      item.value.pattern = *words;
      item.value.inserted = item.name.pattern;
      block.push_back(std::move(item));
    };
  }
  Block<PathEntry> read;
  if (!values && node->is_scalar()) {
    rules.item(node, read);
  } else if (is_nothing(*node)) {
    if (!is_written_null(*node))
      sink_.report(node->span, diag::EmptyText, key, values ? "a mapping" : "a path or a list of paths");
    return;
  } else if (!node->is_sequence() && !node->is_mapping()) {
    wrong(node, key, "a mapping `path: value`");
    return;
  } else {
    block(node, rules, read);
  }
  std::vector<ast::Guard> guards;
  flatten<PathEntry>(read, guards, [&](const Item<PathEntry>& item, const std::vector<ast::Guard>& around) {
    PathEntry entry = item.value;
    entry.guards = around;
    out.push_back(std::move(entry));
  });
}

void Reader::weights(const NodePtr& node, ast::Component& out) {
  using Entry = ast::WeightsEntry;
  if (is_nothing(*node)) return;
  BlockRules<Entry> rules;
  rules.key = "weights";
  rules.one_item = [](const Node& mapping) {
    return mapping.entries.empty() || control_word(mapping.entries[0].first->text) == ControlWord::None;
  };
  rules.entry = [&](const NodePtr& key, const NodePtr&, Block<Entry>&) {
    sink_.report(key->span, diag::WrongNode, fmt::format("`{}` beside static control flow", key->text), "weights",
                 "a list with an item for each file");
  };
  rules.item = [&](const NodePtr& value, Block<Entry>& block) {
    Item<Entry> item;
    item.span = value->span;
    if (weights_entry(value, item.value)) block.push_back(std::move(item));
  };
  Block<Entry> read;
  if (node->is_scalar()) rules.item(node, read);
  else block(node, rules, read);
  std::vector<ast::Guard> guards;
  flatten<Entry>(read, guards, [&](const Item<Entry>& item, const std::vector<ast::Guard>& around) {
    Entry entry = item.value;
    entry.guards = around;
    out.weights.push_back(std::move(entry));
  });
}

bool Reader::weights_entry(const NodePtr& node, ast::WeightsEntry& made) {
  made.span = node->span;
  made.folder = folder_;
  if (!node->is_mapping()) {
    const auto file = text(node, "weights", "a weight file, or a mapping with `from`");
    if (!file) return false;
    made.from = *file;
    made.from_span = node->span;
    made.inserted = name(node).pattern;
    return true;
  }
  for (const auto& [key, value] : node->entries) {
    if (key->text == "from") {
      const auto file = text(value, "from", "a weight file");
      if (!file) return false;
      made.from = *file;
      made.from_span = value->span;
      made.inserted = name(value).pattern;
    } else if (key->text == "only") {
      path_entries(value, "only", made.only);
    } else if (key->text == "except") {
      path_entries(value, "except", made.except);
    } else if (key->text == "rename") {
      path_entries(value, "rename", made.rename);
    } else if (key->text == "new") {
      path_entries(value, "new", made.created);
    } else if (key->text == "resize") {
      path_entries(value, "resize", made.resize);
    } else if (!key->text.starts_with("x-")) {
      unknown_key(key, "`weights`", {"from", "only", "except", "rename", "new", "resize"});
      return false;
    }
  }
  if (!made.from.empty()) return true;
  sink_.report(node->span, diag::MissingKey, "`weights`", "from").help("name the file: `from: model.safetensors`");
  return false;
}

}  // namespace modelc::syntax
