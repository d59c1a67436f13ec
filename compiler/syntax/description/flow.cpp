// The dataflow: forward, outputs, feed, loss and metrics as bindings.
#include <algorithm>

#include "syntax/description/blocks.h"

namespace modelc::syntax {

using ast::Binding;

void Reader::bindings(const NodePtr& node, std::string_view key, Block<Binding>& out, bool nested) {
  BlockRules<Binding> rules;
  rules.key = key;
  const auto fill = [&](Binding& binding, const NodePtr& value, std::string_view what) {
    binding.span = value->span;
    if (value->is_mapping() && nested) {
      bindings(value, what, binding.nested, false);
      if (!binding.nested.empty()) return true;
      if (value->entries.empty()) wrong(value, what, "an expression, or bindings the last of which is the value");
      return false;
    }
    if (value->is_scalar() && !is_nothing(*value)) {
      auto parsed = parse_declared(Text(*value), sink_);
      if (!parsed) return false;
      if (!parsed->value) {
        refuse(value->span, diag::NoValue, what).help(fmt::format("write `{} = …` and the expression", value->text));
        return false;
      }
      binding.type = parsed->type;
      // A type that takes text has none among tensors: its value is an expression here.
      binding.value = parsed->value->kind == ast::ExprKind::Raw ? parsed->value->children[0] : parsed->value;
      if (!binding.value) refuse(parsed->value_span, diag::NoValue, what);
      return binding.value != nullptr;
    }
    binding.value = expression(value, what);
    return binding.value != nullptr;
  };
  rules.entry = [&](const NodePtr& name_node, const NodePtr& value, Block<Binding>& block) {
    Item<Binding> item;
    item.name = name(name_node);
    item.span = name_node->span.to(value->span);
    if (item.name.pattern) {
      item.value.targets.push_back(item.name);
    } else {
      const std::string& names = name_node->text;
      for (std::size_t from = 0; from <= names.size();) {
        const std::size_t comma = std::min(names.find(',', from), names.size());
        std::size_t begin = from, end = comma;
        while (begin < end && std::isspace(static_cast<unsigned char>(names[begin]))) ++begin;
        while (end > begin && std::isspace(static_cast<unsigned char>(names[end - 1]))) --end;
        from = comma + 1;
        // `a,: f(x)` takes a list of one apart, as in Python.
        if (begin == end && comma == names.size() && !item.value.targets.empty()) break;
        Name target{names.substr(begin, end - begin), name_node->part(begin, end), nullptr};
        if (!check_name(target)) return;
        item.value.targets.push_back(std::move(target));
      }
    }
    if (!fill(item.value, value, name_node->text)) item.value.value = hole(value->span);
    item.value.span = item.span;
    block.push_back(std::move(item));
  };
  rules.item = [&](const NodePtr& value, Block<Binding>& block) {
    Item<Binding> item;
    item.span = value->span;
    if (!fill(item.value, value, key)) item.value.value = hole(value->span);
    block.push_back(std::move(item));
  };
  if (node->is_scalar() || node->is_null()) {
    rules.item(node, out);
    return;
  }
  block(node, rules, out);
}

void Reader::outputs(const NodePtr& node, ast::Component& out) {
  out.body.outputs.given = true;
  out.body.outputs.span = node->span;
  out.body.outputs.single = node->is_scalar();
  bindings(node, "outputs", out.body.outputs.entries, false);
}

}  // namespace modelc::syntax
