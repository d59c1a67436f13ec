// The dataflow: forward, outputs, feed, loss and metrics as bindings.
#include <algorithm>

#include "syntax/description/blocks.h"

namespace modelc::syntax {

using ast::Binding;

namespace {

/// The comma that ends the part which begins at `from`, or `end`; commas in parentheses are the part's own.
std::size_t end_of_part(std::string_view text, std::size_t from, std::size_t end) {
  std::size_t open = 0;
  for (; from < end; ++from) {
    if (text[from] == '(') ++open;
    else if (text[from] == ')' && open > 0) --open;
    else if (text[from] == ',' && open == 0) break;
  }
  return from;
}

}  // namespace

bool Reader::targets(const Node& key, std::size_t from, std::size_t end, std::vector<Name>& names,
                     ast::Nesting& nesting, int depth) {
  static constexpr int kDeepest = 32;
  const std::string& text = key.text;
  const auto is_space = [&](std::size_t at) { return std::isspace(static_cast<unsigned char>(text[at])) != 0; };
  bool comma = false;
  while (true) {
    const std::size_t part_end = end_of_part(text, from, end);
    std::size_t first = from, last = part_end;
    while (first < last && is_space(first)) ++first;
    while (last > first && is_space(last - 1)) --last;
    // `a,: f(x)` takes a list of one apart, as in Python.
    if (first == last && part_end == end && comma) break;
    ast::Nesting& part = nesting.parts.emplace_back();
    const bool group = last > first + 2 && text[first] == '(' && text[last - 1] == ')' && depth < kDeepest;
    if (group) {
      if (!targets(key, first + 1, last - 1, names, part, depth + 1)) return false;
    } else {
      Name target{text.substr(first, last - first), key.part(first, last), nullptr};
      if (!check_name(target)) return false;
      names.push_back(std::move(target));
    }
    if (part_end == end) break;
    comma = true;
    from = part_end + 1;
  }
  // One name without a comma takes the value whole.
  if (nesting.parts.size() == 1 && !comma) {
    ast::Nesting inner = std::move(nesting.parts[0]);
    nesting = std::move(inner);
  }
  return true;
}

void Reader::bindings(const NodePtr& node, std::string_view key, Block<Binding>& out, bool nested) {
  BlockRules<Binding> rules;
  rules.key = key;
  rules.keeps_lost = true;
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
    if (item.name.pattern) item.value.targets.push_back(item.name);
    else if (!targets(*name_node, 0, name_node->text.size(), item.value.targets, item.value.nesting)) return;
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

namespace {

/// One expression, or conditions that leave one.
bool is_single(const Node& node) {
  if (node.is_scalar()) return true;
  return node.is_mapping() && !node.entries.empty() &&
         std::all_of(node.entries.begin(), node.entries.end(), [](const auto& entry) {
           const ControlWord word = control_word(entry.first->text);
           return word != ControlWord::None && word != ControlWord::For && is_single(*entry.second);
         });
}

}  // namespace

void Reader::outputs(const NodePtr& node, ast::Component& out) {
  out.body.outputs.given = true;
  out.body.outputs.span = node->span;
  out.body.outputs.single = is_single(*node);
  bindings(node, "outputs", out.body.outputs.entries, false);
}

}  // namespace modelc::syntax
