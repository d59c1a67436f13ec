// `--set` by path: keys of the recipe, and arguments inside a call.
#include <algorithm>
#include <charconv>

#include "ast/print.h"
#include "catalogue/entry.h"
#include "compose/overrides.h"
#include "compose/settings.h"
#include "syntax/description/fields.h"
#include "syntax/expression/expression.h"

namespace modelc::compose {
namespace {

using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;
using ast::Setting;
using ast::SettingPtr;
using support::Span;

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.') parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

std::string rest_of(const std::vector<std::string>& parts, std::size_t from) {
  std::string out;
  for (std::size_t i = from; i < parts.size(); ++i) out += (i == from ? "" : ".") + parts[i];
  return out;
}

class RecipeSetter {
 public:
  RecipeSetter(support::SourceManager& sources, const CommandText& text, diagnostics::Sink& sink)
      : sources_(sources), text_(text), sink_(sink), parts_(split_path(text.name())) {}

  Set run(ast::Description& d) {
    const catalogue::Key* head = catalogue::find_key(catalogue::Place::Document, parts_[0]);
    if (!head) return Set::NoSuchPath;
    const catalogue::Key* below = parts_.size() > 1 ? catalogue::key_at(parts_[0] + "." + parts_[1]) : nullptr;
    const std::size_t length = below && syntax::bindings_field(d, below->id).block ? 2 : 1;
    if (const auto field = syntax::bindings_field(d, length == 2 ? below->id : head->id); field.block) {
      *field.given = true;
      return bindings(*field.block, length, length == 2 ? catalogue::path_of(*below) : parts_[0]);
    }
    SettingPtr* setting = syntax::setting_field(d, head->id);
    if (!setting) return Set::NoSuchPath;
    const SettingPtr changed = descend(*setting, 1);
    if (!changed) return Set::Refused;
    *setting = is_given(changed) ? changed : nullptr;
    d.keys.try_emplace(parts_[0], text_.name_span());
    return Set::Done;
  }

 private:
  void refuse(const std::string& why) { sink_.report(text_.name_span(), diag::SetDoesNotApply, text_.name(), why); }

  SettingPtr value() {
    const ast::NodePtr node = command_node(sources_, text_, sink_);
    return node ? make_setting(node) : nullptr;
  }

  /// A copy of `setting` with the rest of the path set in it; nullptr after reporting. Others may share the original.
  SettingPtr descend(const SettingPtr& setting, std::size_t at) {
    if (at == parts_.size()) return value();
    const std::string& part = parts_[at];
    if (part.empty()) return refuse("a part of the path is empty"), nullptr;
    if (!setting || setting->kind == Setting::Null) {
      auto fresh = std::make_shared<Setting>();
      fresh->kind = Setting::Mapping;
      fresh->span = text_.name_span();
      return with_entry(fresh, part, at);
    }
    auto copy = std::make_shared<Setting>(*setting);
    if (setting->kind == Setting::Mapping) return with_entry(copy, part, at);
    if (setting->kind == Setting::List) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
      if (error != std::errc() || end != part.data() + part.size() || index >= copy->items.size() ||
          copy->items[index].kind != ast::ItemKind::Entry) {
        return refuse("`" + part + "` is no index into the " + std::to_string(copy->items.size()) + " items there"),
               nullptr;
      }
      copy->items[index].value = descend(copy->items[index].value, at + 1);
      return copy->items[index].value ? copy : nullptr;
    }
    std::string fault = "`" + rest_of(parts_, at) + "` is no argument of what stands there";
    const ast::NodePtr scalar = command_scalar(text_);
    copy->scalar = with_argument(setting->scalar, rest_of(parts_, at), text_.name_span(),
                                 syntax::parse_raw(syntax::Text(*scalar)), fault);
    if (!copy->scalar) return refuse(fault), nullptr;
    return copy;
  }

  SettingPtr with_entry(const SettingPtr& mapping, const std::string& part, std::size_t at) {
    const SettingPtr changed = entry_set(mapping, part, at);
    if (changed && at + 1 == parts_.size()) take_away_rival(*changed, text_.name());
    return changed;
  }

  SettingPtr entry_set(const SettingPtr& mapping, const std::string& part, std::size_t at) {
    for (auto item = mapping->items.begin(); item != mapping->items.end(); ++item) {
      if (item->kind != ast::ItemKind::Entry || item->name.text != part) continue;
      item->value = descend(item->value, at + 1);
      if (!item->value) return nullptr;
      if (!is_given(item->value)) mapping->items.erase(item);  // `null` deletes
      return mapping;
    }
    ast::Item<SettingPtr> item;
    item.name = {part, text_.name_span(), nullptr};
    item.span = text_.name_span();
    item.value = descend(nullptr, at + 1);
    if (!item.value) return nullptr;
    if (is_given(item.value)) mapping->items.push_back(std::move(item));
    return mapping;
  }

  Set bindings(ast::Block<ast::Binding>& block, std::size_t at, const std::string& key) {
    if (parts_.size() > at + 1 || (parts_.size() > at && parts_[at].empty())) {
      refuse("`" + key + "` has entries, they have no keys of their own");
      return Set::Refused;
    }
    if (parts_.size() == at && at > 1) {
      refuse("an entry of `" + key + "` is set by its name, `" + key + ".NAME`");
      return Set::Refused;
    }
    ast::Binding binding;
    binding.span = text_.value_span();
    const ast::NodePtr scalar = command_scalar(text_);
    binding.value = syntax::parse_expression(syntax::Text(*scalar), sink_);
    if (!binding.value) return Set::Refused;
    ast::Item<ast::Binding> item;
    item.span = text_.value_span();
    if (parts_.size() == at) {
      item.value = std::move(binding);
      block = {item};
      return Set::Done;
    }
    const ast::Name name{parts_[at], text_.name_span(), nullptr};
    binding.targets = {name};
    for (ast::Item<ast::Binding>& known : block) {
      const bool same = known.kind == ast::ItemKind::Entry &&
                        (known.name.text == name.text ||
                         (known.value.targets.size() == 1 && known.value.targets[0].text == name.text));
      if (!same) continue;
      known.value = std::move(binding);
      return Set::Done;
    }
    item.name = name;
    item.value = std::move(binding);
    block.push_back(std::move(item));
    return Set::Done;
  }

  support::SourceManager& sources_;
  const CommandText& text_;
  diagnostics::Sink& sink_;
  std::vector<std::string> parts_;
};

/// The positional argument of a call that is declared under this name: `0.1` of `SGD(0.1)` is `lr`.
std::vector<ast::Argument>::iterator positional_of(Expr& call, const std::string& name) {
  const std::string& callee = call.children[0]->text;
  for (const catalogue::Kind kind : catalogue::kKinds) {
    const catalogue::Entry* entry = catalogue::find(kind, callee);
    for (std::size_t i = 0; entry && i < entry->arguments.size() && i < call.args.size(); ++i)
      if (entry->arguments[i].name == name && call.args[i].name.empty() && !call.args[i].spread)
        return call.args.begin() + static_cast<std::ptrdiff_t>(i);
  }
  return call.args.end();
}

}  // namespace

ExprPtr with_argument(const ExprPtr& call, const std::string& path, Span name_span, const ExprPtr& value,
                      std::string& fault) {
  if (!call) return nullptr;
  if (call->kind == ExprKind::Raw) {
    if (call->children.empty() || !call->children[0]) return nullptr;
    const ExprPtr inner = with_argument(call->children[0], path, name_span, value, fault);
    if (!inner) return nullptr;
    auto raw = std::make_shared<Expr>(*call);
    raw->children[0] = inner;
    raw->text = ast::text_of(inner);
    return raw;
  }
  const bool names = call->kind == ExprKind::Name || call->kind == ExprKind::Member ||
                     (call->kind == ExprKind::Binary && call->op == ast::Operator::MatMul);
  if (!names && call->kind != ExprKind::Call) {
    fault = "only a call, or a name that can be called, takes `" + path + "`";
    return nullptr;
  }
  auto out = std::make_shared<Expr>();
  if (names) {
    out->kind = ExprKind::Call;
    out->span = call->span;
    out->name_span = call->span;
    out->children = {call};
  } else {
    *out = *call;
  }
  const std::size_t dot = path.find('.');
  const std::string head = path.substr(0, dot);
  auto place = std::find_if(out->args.begin(), out->args.end(), [&](const auto& a) { return a.name == head; });
  if (place == out->args.end()) place = positional_of(*out, head);
  if (dot != std::string::npos) {
    if (place == out->args.end()) {
      fault = "`" + head + "` is not stated there, so nothing of it can be set";
      return nullptr;
    }
    place->value = with_argument(place->value, path.substr(dot + 1), name_span, value, fault);
    return place->value ? out : nullptr;
  }
  if (place != out->args.end()) place->value = value;
  else out->args.push_back({head, name_span, value, false});
  return out;
}

std::string recipe_path(const std::string& name) {
  for (const catalogue::Place place : {catalogue::Place::Train, catalogue::Place::Data})
    if (const catalogue::Key* key = catalogue::find_key(place, name)) return catalogue::path_of(*key);
  return {};
}

std::vector<std::string> settable_keys() {
  std::vector<std::string> names;
  ast::Description any;
  for (const catalogue::Key* key : catalogue::keys_of(catalogue::Place::Document)) {
    if (syntax::setting_field(any, key->id) || syntax::bindings_field(any, key->id).block)
      names.emplace_back(key->name);
  }
  return names;
}

Set set_recipe(support::SourceManager& sources, ast::Description& description, const CommandText& text,
               diagnostics::Sink& sink) {
  return RecipeSetter(sources, text, sink).run(description);
}

}  // namespace modelc::compose
