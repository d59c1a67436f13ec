// Types (LANGUAGE §4, §5): what the grammar's type rules build.
#include <algorithm>

#include "support/spelling.h"
#include "syntax/expression/build.h"
#include "types/dtype.h"

namespace modelc::syntax {

using ast::TypeExpr;
using ast::TypeKind;

const std::vector<std::string>& dtype_words() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> all;
    for (const types::DTypeRow& row : types::dtype_rows()) all.emplace_back(row.torch);
    for (const types::DType dtype : {types::DType::Float32, types::DType::Int64})
      all.emplace_back(types::dtype_word(dtype));
    return all;
  }();
  return words;
}

const std::vector<std::string>& type_words() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> all = dtype_words();
    for (const char* word : {"str", "list", "choice", "module", "any"}) all.emplace_back(word);
    return all;
  }();
  return words;
}

namespace {

bool is_one_of(std::string_view word, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::optional<std::string_view> foreign_type_help(std::string_view word) {
  static constexpr support::Word<std::string_view> kForeign[] = {{"double", "write `float64[…]`"},
                                                                 {"half", "write `float16[…]`"},
                                                                 {"long", "write `int64[…]`"},
                                                                 {"Tensor", "write its dtype: `float[…]`"},
                                                                 {"string", "write `str`"}};
  return support::meaning_of(kForeign, word);
}

std::string Builder::word_at(std::size_t begin) const {
  std::size_t end = begin;
  while (end < view_.size() && (std::isalnum(static_cast<unsigned char>(view_[end])) || view_[end] == '_')) ++end;
  return std::string(view_.substr(begin, end - begin));
}

std::size_t Builder::pop_type_begin() {
  const std::size_t begin = type_begins_.back();
  type_begins_.pop_back();
  return begin;
}

void Builder::type_word(std::size_t begin, std::size_t) { type_begins_.push_back(begin); }

void Builder::tensor_word(std::size_t begin, std::size_t end) {
  const std::string word = word_at(begin);
  if (!is_one_of(word, dtype_words())) {
    const auto near = support::nearest(word, type_words());
    std::string help;
    if (near) help = fmt::format("did you mean `{}`?", *near);
    else if (const auto foreign = foreign_type_help(word)) {
      help = *foreign;
    } else if (is_one_of(word, type_words())) {
      help = fmt::format("`{}` has no dimensions", word);
    } else {
      help = fmt::format("the dtypes are {}", fmt::join(dtype_words(), ", "));
    }
    fail(begin, end, help, diag::UnknownTypeWord, word);
  }
  type_begins_.push_back(begin);
}

void Builder::scalar_type(std::size_t begin, std::size_t end) {
  const std::string word = word_at(begin);
  auto made = std::make_shared<TypeExpr>();
  made->span = span(begin, end);
  made->word = word;
  static constexpr support::Word<TypeKind> kKinds[] = {{"module", TypeKind::Module}, {"any", TypeKind::Any}};
  static constexpr support::Word<ast::ScalarKind> kScalars[] = {{"int", ast::ScalarKind::Int},
                                                                {"float", ast::ScalarKind::Float},
                                                                {"bool", ast::ScalarKind::Bool},
                                                                {"str", ast::ScalarKind::Str}};
  if (const auto kind = support::meaning_of(kKinds, word)) {
    made->kind = *kind;
  } else if (const auto scalar = support::meaning_of(kScalars, word)) {
    made->kind = TypeKind::Scalar;
    made->scalar = *scalar;
  } else if (is_one_of(word, dtype_words())) {
    fail(begin, end, fmt::format("`{}[]` is a scalar tensor; a parameter is `int`, `float` or `bool`", word),
         diag::DtypeWithoutDims, word, word);
  } else {
    const auto near = support::nearest(word, type_words());
    const auto foreign = foreign_type_help(word);
    fail(begin, end, near ? fmt::format("did you mean `{}`?", *near) : std::string(foreign.value_or("")),
         diag::UnknownTypeWord, word);
  }
  types_.push_back(std::move(made));
}

void Builder::bare_list(std::size_t, std::size_t end) {
  auto made = std::make_shared<TypeExpr>();
  const std::size_t begin = pop_type_begin();
  made->kind = TypeKind::List;
  made->word = "list";
  made->span = span(begin, std::min(end, begin + made->word.size()));
  types_.push_back(std::move(made));
}

void Builder::choice_word(std::size_t begin, std::size_t end, bool) {
  std::string word(view_.substr(begin, end - begin));
  for (const auto& [known, place] : innermost().names) {
    if (known != word) continue;
    sink_.report(span(begin, end), diag::RepeatedArgument, word).note(place, "first here");
    throw SyntaxFault{};
  }
  innermost().names.emplace_back(std::move(word), span(begin, end));
}

void Builder::close_dims(std::size_t end) {
  Enclosure done = std::move(enclosures_.back());
  enclosures_.pop_back();
  leave();
  auto made = std::make_shared<TypeExpr>();
  const std::size_t begin = pop_type_begin();
  made->kind = TypeKind::Tensor;
  made->word = word_at(begin);
  made->span = span(begin, end);
  const Operand* ellipsis = nullptr;
  for (std::size_t i = done.operands; i < operands_.size(); ++i) {
    const Operand& dim = operands_[i];
    if (dim.expr->kind == ast::ExprKind::Ellipsis) {
      if (ellipsis) {
        sink_.report(span(dim.begin, dim.end), diag::SecondEllipsis)
            .note(span(ellipsis->begin, ellipsis->end), "the first is here");
        throw SyntaxFault{};
      }
      ellipsis = &dim;
    }
    made->dims.push_back(dim.expr);
  }
  operands_.resize(done.operands);
  types_.push_back(std::move(made));
}

void Builder::close_list(std::size_t end) {
  enclosures_.pop_back();
  leave();
  auto made = std::make_shared<TypeExpr>();
  made->kind = TypeKind::List;
  made->word = "list";
  made->span = span(pop_type_begin(), end);
  made->parts.push_back(std::move(types_.back()));
  types_.back() = std::move(made);
}

void Builder::close_choice(std::size_t end) {
  Enclosure done = std::move(enclosures_.back());
  enclosures_.pop_back();
  leave();
  auto made = std::make_shared<TypeExpr>();
  made->kind = TypeKind::Choice;
  made->word = "choice";
  made->span = span(pop_type_begin(), end);
  made->words = std::move(done.names);
  types_.push_back(std::move(made));
}

void Builder::close_type_paren(std::size_t end) {
  Enclosure done = std::move(enclosures_.back());
  enclosures_.pop_back();
  leave();
  auto made = std::make_shared<TypeExpr>();
  made->kind = TypeKind::Tuple;
  made->span = span(done.begin, end);
  made->parts.assign(types_.begin() + static_cast<std::ptrdiff_t>(done.types), types_.end());
  types_.resize(done.types);
  types_.push_back(std::move(made));
  type_commas_.push_back(done.comma);
}

void Builder::group() {
  const bool comma = type_commas_.back();
  type_commas_.pop_back();
  if (types_.back()->parts.size() != 1 || comma) return;
  // One type in parentheses is that type.
  auto inner = std::make_shared<TypeExpr>(*types_.back()->parts[0]);
  types_.back() = std::move(inner);
}

void Builder::signature() {
  TypeRef result = std::move(types_.back());
  types_.pop_back();
  type_commas_.pop_back();
  TypeRef& made = types_.back();
  made->kind = TypeKind::Signature;
  made->span = made->span.to(result->span);
  made->result = std::move(result);
}

void Builder::range() {
  Operand high = pop();
  Operand low = pop();
  TypeRef& type = types_.back();
  if (type->kind != TypeKind::Scalar ||
      (type->scalar != ast::ScalarKind::Int && type->scalar != ast::ScalarKind::Float)) {
    sink_.report(type->span, diag::RangeOfType, type->word).help("drop the range, or name the words: `choice[a, b]`");
    throw SyntaxFault{};
  }
  if (!low.expr && !high.expr) fail(low.begin, std::max(high.end, low.begin), "", diag::RangeWithoutBounds);
  std::size_t end = high.end;
  while (end > 0 && std::isspace(static_cast<unsigned char>(view_[end - 1]))) --end;
  type->span = type->span.to(span(std::min(low.begin, end), end));
  type->low = low.expr;
  type->high = high.expr;
}

void Builder::optional(std::size_t end) {
  types_.back()->optional = true;
  types_.back()->span = types_.back()->span.to(span(end - 1, end));
}

ast::TypePtr Builder::take_type() { return types_.back(); }

}  // namespace modelc::syntax
