// Names, texts and expressions as the values of keys.
#include <algorithm>

#include "support/words.h"
#include "syntax/description/blocks.h"

namespace modelc::syntax {

using ast::Expr;
using ast::ExprKind;

Reader::Reader(diagnostics::Sink& sink, std::string path) : sink_(sink), path_(std::move(path)) {
  const std::size_t slash = path_.find_last_of('/');
  folder_ = slash == std::string::npos ? "" : path_.substr(0, std::max<std::size_t>(slash, 1));
}

ControlWord control_word(std::string_view key) {
  if (key.find("${") != std::string_view::npos) return ControlWord::None;
  const std::size_t start = key.find_first_not_of(" \t\n\r");
  if (start == std::string_view::npos) return ControlWord::None;
  std::size_t end = start;
  while (end < key.size() && (std::isalnum(static_cast<unsigned char>(key[end])) || key[end] == '_')) ++end;
  const std::string_view word = key.substr(start, end - start);
  const bool alone = key.find_first_not_of(" \t\n\r", end) == std::string_view::npos;
  // `if-1` or `for.x` is a name or a fault of its own, `if(c)` and `if -1 < x` are conditions.
  if (!alone && !(std::isspace(static_cast<unsigned char>(key[end])) || key[end] == '(' || key[end] == '[')) {
    return ControlWord::None;
  }
  const catalogue::Key* known = catalogue::find_key(catalogue::Place::Control, word);
  if (!known) return ControlWord::None;
  switch (known->id) {
    case catalogue::KeyId::Control_for:
      return ControlWord::For;
    case catalogue::KeyId::Control_if:
      return ControlWord::If;
    case catalogue::KeyId::Control_elif:
      return ControlWord::Elif;
    default:
      return alone ? ControlWord::Else : ControlWord::None;
  }
}

const Node* find(const Node& mapping, catalogue::KeyId id) { return mapping.find(catalogue::key(id).name); }

std::string node_words(const Node& node) {
  switch (node.kind) {
    case ast::NodeKind::Null:
      return "nothing";
    case ast::NodeKind::Sequence:
      return "a list";
    case ast::NodeKind::Mapping:
      return "a mapping";
    case ast::NodeKind::Scalar:
      break;
  }
  return fmt::format("`{}`", node.text.size() > 60 ? node.text.substr(0, 57) + "..." : node.text);
}

bool is_written_null(const Node& node) {
  static constexpr support::Word<bool> kYamlNulls[] = {{"~", true}, {"Null", true}, {"NULL", true}};
  // The YAML reader keeps the word as a scalar; a Null node is a value left out.
  return node.is_scalar() && !node.quoted() &&
         (support::is_null_word(node.text) || support::meaning_of(kYamlNulls, node.text));
}

bool is_nothing(const Node& node) {
  return node.is_null() || is_written_null(node) || (node.is_scalar() && !node.quoted() && node.text.empty());
}

bool Reader::passes_over(const Node& node) {
  faulty_ = faulty_ || node.lost;
  return node.is_lost();
}

void Reader::wrong(const NodePtr& node, std::string_view key, std::string_view expected, std::string_view help) {
  auto report = refuse(node->span, diag::WrongNode, node_words(*node), key, expected);
  if (!help.empty()) report.help(std::string(help));
}

void Reader::unknown_key(const NodePtr& key, std::string_view where, catalogue::Place place) {
  const std::vector<std::string>& known = catalogue::names_of(place);
  misspelt_ = true;
  auto report = refuse(key->span, diag::UnknownKey, key->text, where);
  if (!report.did_you_mean(key->text, known, key->span)) {
    report.help(fmt::format("known are {}; keys that begin with `x-` are ignored", fmt::join(known, ", ")));
  }
}

Name Reader::name(const NodePtr& key) {
  Name made{key->text, key->span, nullptr};
  if (key->text.find("${") != std::string::npos) {
    made.pattern = parse_pattern(Text(*key), sink_);
  }
  return made;
}

bool Reader::check_name(const Name& name) {
  if (name.pattern || name.text.find("${") != std::string::npos) return true;
  if (is_name(name.text) && name.text != ast::kTraining) return true;
  const bool word =
      !name.text.empty() && !std::isdigit(static_cast<unsigned char>(name.text[0])) &&
      std::all_of(name.text.begin(), name.text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x80 && (std::isalnum(static_cast<unsigned char>(c)) || c == '_');
      });
  if (word) {
    refuse(name.span, diag::ReservedName, name.text).help(fmt::format("call it `{}_`, say", name.text));
    return false;
  }
  std::string cure;
  for (const char c : name.text) {
    cure += static_cast<unsigned char>(c) < 0x80 && std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  }
  if (!cure.empty() && std::isdigit(static_cast<unsigned char>(cure[0]))) cure = "_" + cure;
  auto report = refuse(name.span, diag::NotAName, name.text, "a letter or `_`, then letters, digits and `_`");
  // A type or a call without a name is no misspelt name.
  if (is_name(cure) && name.text.find_first_of("[(") == std::string::npos) report.help(fmt::format("write `{}`", cure));
  return false;
}

bool Reader::check_module_name(const Name& name) {
  if (name.pattern || name.text.find("${") != std::string::npos) return true;
  if (name.text.empty() || name.text.find('.') != std::string::npos) {
    refuse(name.span, diag::NotAName, name.text, "a module's name without dots")
        .help("a dot separates the parts of a path; nest the module, or write `_`");
    return false;
  }
  const bool reserved =
      !is_name(name.text) && !std::isdigit(static_cast<unsigned char>(name.text[0])) &&
      name.text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos;
  if (!reserved && name.text != ast::kTraining) return true;
  refuse(name.span, diag::ReservedName, name.text).help(fmt::format("call it `{}_`, say", name.text));
  return false;
}

std::optional<std::string> Reader::text(const NodePtr& node, std::string_view key, std::string_view expected) {
  if (node->is_scalar()) {
    if (!node->text.empty()) return node->text;
    refuse(node->span, diag::EmptyText, key, expected);
    return std::nullopt;
  }
  if (passes_over(*node)) return std::nullopt;
  if (node->is_null()) refuse(node->span, diag::EmptyText, key, expected);
  else wrong(node, key, expected);
  return std::nullopt;
}

namespace {

/// Static control flow, or a list with some.
bool has_flow(const Node& node) {
  if (node.is_sequence())
    return std::any_of(node.items.begin(), node.items.end(), [](const NodePtr& item) { return has_flow(*item); });
  return node.is_mapping() && !node.entries.empty() && control_word(node.entries[0].first->text) != ControlWord::None;
}

}  // namespace

void Reader::texts(const NodePtr& node, std::string_view key, std::string_view expected, Block<Name>& out) {
  BlockRules<Name> rules;
  rules.key = key;
  rules.entry = [&](const NodePtr& name_node, const NodePtr&, Block<Name>&) {
    refuse(name_node->span, diag::WrongNode, "a mapping", key, expected);
  };
  rules.item = [&](const NodePtr& item, Block<Name>& block) {
    if (!text(item, key, expected)) return;
    Item<Name> made;
    made.span = item->span;
    made.value = name(item);
    block.push_back(std::move(made));
  };
  if (has_flow(*node)) block(node, rules, out);
  else rules.item(node, out);
}

std::optional<ExprPtr> Reader::condition(const NodePtr& key, std::size_t skip) {
  if (key->text.find_first_not_of(" \t\n\r", skip) == std::string::npos) {
    refuse(key->span, diag::ControlHead, key->text, "a condition").help("write `if depth > 2:`");
    return std::nullopt;
  }
  ExprPtr parsed = parse_expression(Text(*key, skip, key->text.size()), sink_);
  if (!parsed) return std::nullopt;
  return parsed;
}

ExprPtr Reader::expression(const NodePtr& node, std::string_view key) {
  if (passes_over(*node)) return nullptr;
  if (node->is_sequence()) return list_expression(node, key, false);
  if (node->is_mapping()) {
    wrong(node, key, "an expression", "a mapping has no value; give each part a name of its own");
    return nullptr;
  }
  if (is_written_null(*node)) {
    auto made = std::make_shared<Expr>();
    made->kind = ExprKind::Null;
    made->span = node->span;
    return made;
  }
  if (node->is_null()) {
    refuse(node->span, diag::EmptyText, key, "an expression");
    return nullptr;
  }
  return parse_expression(Text(*node), sink_);
}

ExprPtr Reader::raw_value(const NodePtr& node, std::string_view key) {
  if (passes_over(*node)) return nullptr;
  if (node->is_sequence()) return list_expression(node, key, true);
  if (node->is_mapping()) {
    if (find(*node, catalogue::KeyId::Module_type)) return long_form(node);
    wrong(node, key, "a value or a list",
          "a mapping is a value only as a module's long form: `{type: Linear, out_features: 10}`");
    return nullptr;
  }
  if (node->is_null()) {
    refuse(node->span, diag::EmptyText, key, "a value");
    return nullptr;
  }
  if (is_written_null(*node)) return expression(node, key);
  return parse_raw(Text(*node));
}

namespace {

std::shared_ptr<Expr> expr_at(ExprKind kind, support::Span span) {
  auto made = std::make_shared<Expr>();
  made->kind = kind;
  made->span = span;
  return made;
}

/// Entries, and the lists that `for` and `if` between them make, spread in their places.
ExprPtr block_expression(const Block<ExprPtr>& block, support::Span span) {
  auto whole = expr_at(ExprKind::List, span);
  const auto spread = [&](std::shared_ptr<Expr> list) {
    auto made = expr_at(ExprKind::Spread, list->span);
    made->children.push_back(std::move(list));
    whole->children.push_back(std::move(made));
  };
  for (const Item<ExprPtr>& item : block) {
    if (item.kind == ItemKind::Entry) {
      whole->children.push_back(item.value);
    } else if (item.kind == ItemKind::For) {
      auto made = expr_at(ExprKind::Comprehension, item.span);
      ExprPtr turn = block_expression(item.body, item.span);
      if (turn->kind == ExprKind::List && turn->children.size() == 1) {
        turn = turn->children[0];
      } else {
        auto several = expr_at(ExprKind::Spread, item.span);
        several->children.push_back(std::move(turn));
        turn = std::move(several);
      }
      made->children = {std::move(turn), item.iterable};
      made->variables = item.variables;
      spread(std::move(made));
    } else {
      std::shared_ptr<Expr> chosen = expr_at(ExprKind::List, item.span);
      for (auto branch = item.branches.rbegin(); branch != item.branches.rend(); ++branch) {
        auto value = std::make_shared<Expr>(*block_expression(branch->body, branch->span));
        if (branch->condition) {
          auto made = expr_at(ExprKind::Conditional, item.span);
          made->children = {std::move(value), branch->condition, std::move(chosen)};
          value = std::move(made);
        }
        chosen = std::move(value);
      }
      spread(std::move(chosen));
    }
  }
  // A loop or condition alone is the list that it makes.
  if (block.size() != 1 || block[0].kind == ItemKind::Entry) return whole;
  return whole->children[0]->children[0];
}

}  // namespace

namespace {

/// A scalar that is no word for nothing.
bool is_text(const Node& node) { return node.is_scalar() && !is_nothing(node); }

}  // namespace

ExprPtr Reader::list_expression(const NodePtr& node, std::string_view key, bool raw) {
  BlockRules<ExprPtr> rules;
  rules.key = key;
  rules.keeps_lost = true;
  rules.entry = [&](const NodePtr& name_node, const NodePtr&, Block<ExprPtr>&) {
    refuse(name_node->span, diag::WrongNode, "a mapping", key, "an expression in each item")
        .help("quote an item that holds `: `");
  };
  rules.item = [&](const NodePtr& item, Block<ExprPtr>& out) {
    ExprPtr value = raw && !(item->is_scalar() && !item->quoted()) ? raw_value(item, key) : nullptr;
    if (!value && raw && item->is_scalar()) {
      // A plain item that is an expression is one whatever its type; text under `list[str]` stays Raw.
      ExprPtr as_raw = parse_raw(Text(*item));
      value = as_raw->children[0] && as_raw->children[0]->kind != ExprKind::Name ? as_raw->children[0] : as_raw;
    }
    if (!raw) value = is_text(*item) ? parse_item(Text(*item), sink_) : expression(item, key);
    if (!value) value = hole(item->span);
    Item<ExprPtr> made;
    made.span = item->span;
    made.value = std::move(value);
    out.push_back(std::move(made));
  };
  rules.one_item = [](const Node& mapping) { return find(mapping, catalogue::KeyId::Module_type) != nullptr; };
  Block<ExprPtr> items;
  for (const NodePtr& item : node->items) list_item(item, rules, items);
  return block_expression(items, node->span);
}

ExprPtr Reader::long_form(const NodePtr& node) {
  auto call = expr_at(ExprKind::Call, node->span);
  bool faulty = false;
  BlockRules<ast::Argument> rules;
  rules.key = "type";
  rules.keeps_lost = true;
  rules.entry = [&](const NodePtr& key, const NodePtr& value, Block<ast::Argument>& out) {
    if (key->text == catalogue::key(catalogue::KeyId::Module_type).name) {
      // Which operator it is no condition chooses: an `if` around whole definitions does.
      const auto first = std::find_if(node->entries.begin(), node->entries.end(),
                                      [&](const auto& entry) { return entry.first->text == key->text; });
      if (first->first != key)
        refuse(key->span, diag::RepeatedArgument, key->text).note(first->first->span, "first given here");
      ExprPtr head = first->first == key ? long_form_head(value) : nullptr;
      faulty |= !head;
      if (!head) return;
      call->name_span = head->span;
      call->children.push_back(std::move(head));
      return;
    }
    Item<ast::Argument> item;
    item.name = name(key);
    item.span = key->span.to(value->span);
    item.value.name = key->text;
    item.value.name_span = key->span;
    item.value.inserted = item.name.pattern;
    const bool named = is_name(key->text) || check_name(item.name);
    if (named) item.value.value = raw_value(value, key->text);
    faulty |= !item.value.value;
    if (item.value.value) out.push_back(std::move(item));
  };
  Block<ast::Argument> read;
  mapping(node, rules, read);
  std::vector<ast::Guard> guards;
  flatten<ast::Argument>(read, guards, [&](const Item<ast::Argument>& item, const std::vector<ast::Guard>& around) {
    ast::Argument argument = item.value;
    argument.guards = around;
    call->args.push_back(std::move(argument));
  });
  return faulty || call->children.empty() ? nullptr : call;
}

ExprPtr Reader::long_form_head(const NodePtr& value) {
  if (value->is_scalar()) return parse_expression(Text(*value), sink_);
  if (!passes_over(*value))
    wrong(value, catalogue::key(catalogue::KeyId::Module_type).name, "the name of an operator or component");
  return nullptr;
}

}  // namespace modelc::syntax
