#include "syntax/expression/build.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace modelc::syntax {

using ast::Expr;
using ast::ExprKind;

NodeRef Builder::node(ExprKind kind, std::size_t begin, std::size_t end) const {
  auto made = std::make_shared<Expr>();
  made->kind = kind;
  made->span = span(begin, end);
  return made;
}

void Builder::push(NodeRef expr, std::size_t begin, std::size_t end, std::size_t depth) {
  if (depth > kMaxTreeDepth) {
    fail(begin, end, "name parts of it: in `define` or `forward`", diag::ExpressionTooDeep, kMaxTreeDepth);
  }
  operands_.push_back({std::move(expr), begin, end, end, depth, false});
}

Operand Builder::pop() {
  Operand top = std::move(operands_.back());
  operands_.pop_back();
  return top;
}

void Builder::enter(std::size_t at) {
  if (++nesting_ > kMaxNesting) {
    fail(at, std::min(at + 1, view_.size()), "name parts of it: in `define` or `forward`", diag::ExpressionTooDeep,
         kMaxNesting);
  }
}

void Builder::integer(std::size_t begin, std::size_t end) {
  std::string digits(view_.substr(begin, end - begin));
  std::erase(digits, '_');
  int base = 10;
  std::size_t skip = 0;
  if (digits.size() > 2 && digits[0] == '0' && !std::isdigit(static_cast<unsigned char>(digits[1]))) {
    const char mark = static_cast<char>(std::tolower(static_cast<unsigned char>(digits[1])));
    base = mark == 'x' ? 16 : mark == 'o' ? 8 : 2;
    skip = 2;
  } else if (digits.size() > 1 && digits[0] == '0') {
    // A letter behind makes it a word that begins with digits: reported as such by the rule that follows.
    if (end >= view_.size() || !(std::isalnum(static_cast<unsigned char>(view_[end])) || view_[end] == '_')) {
      const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
      fail(begin, end, "write `" + digits.substr(first) + "`: a number has no leading zero", diag::BadNumber,
           view_.substr(begin, end - begin));
    }
  }
  std::int64_t value = 0;
  const auto [rest, error] = std::from_chars(digits.data() + skip, digits.data() + digits.size(), value, base);
  if (error == std::errc::result_out_of_range) {
    fail(begin, end, "write a float: `" + digits + ".0`", diag::IntegerTooLarge, view_.substr(begin, end - begin));
  }
  if (rest != digits.data() + digits.size()) fail(begin, end, "", diag::BadNumber, view_.substr(begin, end - begin));
  NodeRef made = node(ExprKind::Int, begin, end);
  made->int_value = value;
  push(std::move(made), begin, end, 1);
}

void Builder::real(std::size_t begin, std::size_t end) {
  std::string digits(view_.substr(begin, end - begin));
  std::erase(digits, '_');
  double value = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  static_cast<void>(rest);
  if (error == std::errc::result_out_of_range) {
    const std::size_t exponent = digits.find_first_of("eE");
    const bool tiny = exponent != std::string::npos && digits.find('-', exponent) != std::string::npos;
    value = tiny ? 0.0 : std::numeric_limits<double>::infinity();
  }
  NodeRef made = node(ExprKind::Float, begin, end);
  made->float_value = value;
  made->text = digits;
  push(std::move(made), begin, end, 1);
}

void Builder::word(std::size_t begin, std::size_t end) {
  const std::string_view text = view_.substr(begin, end - begin);
  const bool quote_follows = end < view_.size() && (view_[end] == '"' || view_[end] == '\'');
  if (quote_follows && text.size() <= 2 && text.find_first_not_of("fFrRbBuU") == std::string_view::npos) {
    const std::string help = text == "f" || text == "F" ? "write a plain string with `${…}` where f-strings have `{…}`"
                                                        : "a string has no prefix; write it in plain quotes";
    fail(begin, end + 1, help, diag::UnexpectedInExpression, fmt::format("the string prefix `{}`", text), "a string");
  }
  NodeRef made = node(ExprKind::Name, begin, end);
  if (const auto truth = support::truth_of(text)) {
    made->kind = ExprKind::Bool;
    made->bool_value = *truth;
  } else if (support::is_null_word(text)) {
    made->kind = ExprKind::Null;
  } else if (support::is_infinity_word(text)) {
    made->kind = ExprKind::Float;
    made->float_value = std::numeric_limits<double>::infinity();
  }
  made->text = text;
  push(std::move(made), begin, end, 1);
}

void Builder::ellipsis(std::size_t begin, std::size_t end) {
  push(node(ExprKind::Ellipsis, begin, end), begin, end, 1);
}

void Builder::missing(std::size_t at) { operands_.push_back({nullptr, at, at, at, 0, false}); }

// --- brackets

void Builder::open(EnclosureKind kind, std::size_t begin) {
  enter(begin);
  Enclosure made;
  made.kind = kind;
  made.begin = begin;
  made.operands = operands_.size();
  made.types = types_.size();
  enclosures_.push_back(std::move(made));
}

void Builder::comma() {
  if (!enclosures_.empty()) innermost().comma = true;
}

void Builder::close(std::size_t end) {
  Enclosure done = std::move(enclosures_.back());
  enclosures_.pop_back();
  leave();
  std::vector<Operand> items(std::make_move_iterator(operands_.begin() + static_cast<std::ptrdiff_t>(done.operands)),
                             std::make_move_iterator(operands_.end()));
  operands_.resize(done.operands);
  std::size_t depth = done.depth;
  for (const Operand& item : items) depth = std::max(depth, item.depth);

  if (done.kind == EnclosureKind::Paren && items.size() == 1 && !done.comma) {
    if (items[0].expr->kind == ExprKind::Spread) {
      fail(items[0].begin, items[0].end, "write `[*a]`, or `(*a,)`", diag::UnexpectedInExpression, "`*`", "a value");
    }
    Operand inner = std::move(items[0]);
    inner.begin = done.begin;
    inner.end = inner.first_end = end;
    inner.parenthesised = true;
    operands_.push_back(std::move(inner));
    return;
  }
  std::size_t begin = done.begin;
  NodeRef made;
  if (done.kind == EnclosureKind::Call || done.kind == EnclosureKind::Index) {
    Operand head = pop();
    begin = head.begin;
    depth = std::max(depth, head.depth);
    made = node(done.kind == EnclosureKind::Call ? ExprKind::Call : ExprKind::Index, begin, end);
    made->name_span = head.expr->kind == ExprKind::Member ? head.expr->name_span : head.expr->span;
    made->children.push_back(std::move(head.expr));
    made->args = std::move(done.args);
    if (done.kind == EnclosureKind::Index && items.empty()) {
      fail(done.begin, end, "write `x[:]` for all of it", diag::EmptyIndex);
    }
  } else if (done.comprehension) {
    made = node(ExprKind::Comprehension, begin, end);
    made->variables = std::move(done.variables);
  } else {
    made = node(done.kind == EnclosureKind::Paren ? ExprKind::Tuple : ExprKind::List, begin, end);
  }
  for (Operand& item : items) made->children.push_back(std::move(item.expr));
  push(std::move(made), begin, end, depth + 1);
}

void Builder::named_argument(std::size_t begin, std::size_t end) {
  const std::string name(view_.substr(begin, end - begin));
  for (const ast::Argument& given : innermost().args) {
    if (given.name != name) continue;
    sink_.report(span(begin, end), diag::RepeatedArgument, name).note(given.name_span, "first given here");
    throw SyntaxFault{};
  }
  innermost().pending_name = name;
  innermost().pending_span = span(begin, end);
}

void Builder::add_argument(bool spread) {
  Operand value = pop();
  Enclosure& call = innermost();
  ast::Argument made;
  made.name = std::move(call.pending_name);
  made.name_span = call.pending_span;
  made.spread = spread;
  call.pending_name.clear();
  call.pending_span = {};
  if (made.name.empty() && !spread) {
    for (const ast::Argument& before : call.args) {
      if (before.name.empty()) continue;
      sink_.report(span(value.begin, value.end), diag::PositionalAfterNamed, before.name)
          .note(before.name_span, fmt::format("`{}` is named here", before.name))
          .help("give this argument its name, or put it first");
      throw SyntaxFault{};
    }
  }
  call.depth = std::max(call.depth, value.depth);
  made.value = std::move(value.expr);
  call.args.push_back(std::move(made));
}

void Builder::loop_variable(std::size_t begin, std::size_t end) {
  const std::string name(view_.substr(begin, end - begin));
  if (!is_name(name) || name == ast::kTraining) {
    fail(begin, end, "", diag::ReservedWord, name, "a loop variable");
  }
  auto& names = (enclosures_.empty() ? loop_variables : innermost().variables).names;
  for (const auto& [known, place] : names) {
    if (known != name || name == ast::kUnkept) continue;
    sink_.report(span(begin, end), diag::RepeatedLoopVariable, name).note(place, "first here");
    throw SyntaxFault{};
  }
  names.push_back({name, span(begin, end)});
  groups_.back().nesting.parts.emplace_back();
}

ast::Nesting Builder::take_group() {
  Group group = std::move(groups_.back());
  groups_.pop_back();
  // `(a)` is `a`; `(a,)` takes a list of one apart.
  return group.nesting.parts.size() == 1 && !group.comma ? std::move(group.nesting.parts[0]) : std::move(group.nesting);
}

void Builder::end_group() {
  ast::Nesting inner = take_group();
  groups_.back().nesting.parts.push_back(std::move(inner));
}

void Builder::end_loop_variables() {
  (enclosures_.empty() ? loop_variables : innermost().variables).nesting = take_group();
}

void Builder::spread_item(std::size_t begin) {
  Operand list = pop();
  NodeRef made = node(ExprKind::Spread, begin, list.end);
  made->children.push_back(std::move(list.expr));
  push(std::move(made), begin, list.end, list.depth + 1);
}

void Builder::map_word(std::size_t begin, std::size_t end, std::size_t quotes) {
  NodeRef made = node(ExprKind::String, begin, end);
  made->text = view_.substr(begin + quotes, end - begin - 2 * quotes);
  push(std::move(made), begin, end, 1);
}

void Builder::map_entry() {
  Operand word = pop();
  Operand name = pop();
  NodeRef made = node(ExprKind::List, name.begin, word.end);
  made->children = {name.expr, word.expr};
  push(std::move(made), name.begin, word.end, 2);
}

void Builder::comprehension_condition() {
  // Two conditions are one that joins them.
  if (operands_.size() - innermost().operands < 4) return;
  Operand second = pop();
  Operand first = pop();
  NodeRef both = node(ExprKind::Binary, first.begin, second.end);
  both->op = ast::Operator::And;
  both->name_span = span(first.end, second.begin);
  both->children = {first.expr, second.expr};
  push(std::move(both), first.begin, second.end, std::max(first.depth, second.depth) + 1);
}

void Builder::slice() {
  Operand step = pop();
  Operand stop = pop();
  Operand start = pop();
  std::size_t end = step.end;
  // A missing part has its place behind white space, so the slice ends with its last colon at most.
  while (end > start.begin && std::isspace(static_cast<unsigned char>(view_[end - 1]))) --end;
  NodeRef made = node(ExprKind::Slice, start.begin, end);
  made->children = {start.expr, stop.expr, step.expr};
  push(std::move(made), start.begin, end, std::max({start.depth, stop.depth, step.depth}) + 1);
}

void Builder::member(std::size_t begin, std::size_t end) {
  Operand head = pop();
  NodeRef made = node(ExprKind::Member, head.begin, end);
  made->text = view_.substr(begin, end - begin);
  made->name_span = span(begin, end);
  made->children.push_back(std::move(head.expr));
  push(std::move(made), head.begin, end, head.depth + 1);
}

ast::ExprPtr Builder::take_expression() { return pop().expr; }

}  // namespace modelc::syntax
