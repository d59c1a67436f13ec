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
  const std::string_view feed = catalogue::key(catalogue::KeyId::Data_feed).name;
  auto rest = std::make_shared<Node>(*node);
  std::erase_if(rest->entries, [&](const auto& entry) { return entry.first->text == feed; });
  out.data = setting(rest);
  out.data->node = node;
  for (const auto& [key, value] : node->entries) {
    if (key->text != feed || is_nothing(*value)) continue;
    out.feed.given = true;
    bindings(value, feed, out.feed.entries, false);
  }
}

void Reader::path_entries(const NodePtr& node, const catalogue::Key& declared, std::vector<PathEntry>& out) {
  using catalogue::Form;
  const std::string_view key = declared.name;
  const bool expressions = declared.form == Form::Initialisers;
  const bool values = declared.form != Form::PathList;
  BlockRules<PathEntry> rules;
  rules.key = key;
  rules.entry = [&](const NodePtr& path, const NodePtr& value, Block<PathEntry>& block) {
    if (!values) {
      refuse(path->span, diag::WrongNode, "a mapping", key, "a path or a list of paths");
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
    } else if (declared.form == Form::Prefixes && value->is_scalar() && value->quoted()) {
      item.value.text = value->text;  // may be empty: a prefix goes or comes
    } else {
      const auto words =
          text(value, path->text,
               declared.form == Form::Resizes ? "how its size changes, `interpolate` or `mean`" : "a path");
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
      refuse(node->span, diag::EmptyText, key, values ? "a mapping" : "a path or a list of paths");
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
    refuse(key->span, diag::WrongNode, fmt::format("`{}` beside static control flow", key->text), "weights",
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
    out.by_path.weights.push_back(std::move(entry));
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
  using catalogue::KeyId;
  for (const auto& [key, value] : node->entries) {
    const catalogue::Key* known = catalogue::find_key(catalogue::Place::Weights, key->text);
    if (!known) {
      if (key->text.starts_with("x-")) continue;
      unknown_key(key, "`weights`", catalogue::Place::Weights);
      return false;
    }
    std::vector<PathEntry>* entries = nullptr;
    switch (known->id) {
      case KeyId::Weights_only:
        entries = &made.only;
        break;
      case KeyId::Weights_except:
        entries = &made.except;
        break;
      case KeyId::Weights_rename:
        entries = &made.rename;
        break;
      case KeyId::Weights_new:
        entries = &made.created;
        break;
      case KeyId::Weights_resize:
        entries = &made.resize;
        break;
      default:
        break;
    }
    if (entries) {
      path_entries(value, *known, *entries);
    } else {
      const auto file = text(value, known->name, "a weight file");
      if (!file) return false;
      made.from = *file;
      made.from_span = value->span;
      made.inserted = name(value).pattern;
    }
  }
  if (!made.from.empty()) return true;
  refuse(node->span, diag::MissingKey, "`weights`", "from").help("name the file: `from: model.safetensors`");
  return false;
}

}  // namespace modelc::syntax
