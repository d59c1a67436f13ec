// Tree building for expressions and types: the state that the grammar's actions write to. Operators are reduced by
// precedence on a stack, so that a long chain needs no recursion. Knows nothing of PEGTL. Offsets are bytes of the text
// being parsed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/words.h"
#include "syntax/expression/expression.h"

namespace modelc::syntax {

/// Thrown after a fault has been reported; caught at the wall in expression_parse.cpp.
struct SyntaxFault {};

inline constexpr std::size_t kMaxNesting = 100;      // brackets, signatures, insertions
inline constexpr std::size_t kMaxTreeDepth = 500;    // of a finished tree: later phases recurse over it
inline constexpr std::size_t kMaxLength = 4u << 20;  // bytes of one scalar

using NodeRef = std::shared_ptr<ast::Expr>;
using TypeRef = std::shared_ptr<ast::TypeExpr>;

struct Operand {
  NodeRef expr;  // null: a missing part of a slice or range
  std::size_t begin = 0;
  std::size_t end = 0;        // with parentheses, if any
  std::size_t first_end = 0;  // end of the leftmost part of an operator expression, for the readings of a pipe
  std::size_t depth = 0;
  bool parenthesised = false;
};

struct PendingOperator {
  ast::Operator op;
  int precedence = 0;
  bool prefix = false;
  std::size_t begin = 0;
  std::size_t end = 0;
};

enum class EnclosureKind { Paren, List, Map, Call, Index, String, Insertion, TypeParen, TypeBracket, Pattern };

struct Enclosure {
  EnclosureKind kind = EnclosureKind::Paren;
  std::size_t begin = 0;     // of the opening bracket or quote
  std::size_t operands = 0;  // how many there were before
  std::size_t types = 0;
  bool comma = false;
  bool comprehension = false;
  std::string piece;                                        // String: literal text since the last insertion
  std::vector<std::pair<std::string, ast::ExprPtr>> parts;  // String
  std::size_t depth = 0;
  std::vector<ast::Argument> args;                           // Call
  std::vector<std::pair<std::string, support::Span>> names;  // words of a choice
  ast::LoopVariables variables;                              // of a comprehension
  std::string pending_name;                                  // Call: the name of the argument being read
  support::Span pending_span;
};

class Builder {
 public:
  Builder(const Text& text, diagnostics::Sink& sink) : text_(text), view_(text.view()), sink_(sink) {}

  // --- places and faults (expression_faults.cpp)
  std::string_view view() const { return view_; }
  support::Span span(std::size_t begin, std::size_t end) const {
    return text_.scalar.part(text_.begin + begin, text_.begin + end);
  }
  /// Reports what stands at `at` where `expected` is due, and throws.
  [[noreturn]] void unexpected(std::size_t at, std::string_view expected);
  template <diagnostics::TypedRow Row, class... Args>
  [[noreturn]] void fail(std::size_t begin, std::size_t end, std::string_view help, const Row& row, Args&&... args) {
    auto report = sink_.report(span(begin, end), row, std::forward<Args>(args)...);
    if (!help.empty()) report.help(std::string(help));
    throw SyntaxFault{};
  }
  /// Length of a comment that starts at `at` in a block scalar, else 0.
  std::size_t comment_length(std::size_t at) const;
  void enter(std::size_t at);
  void leave() { --nesting_; }

  // --- atoms
  void integer(std::size_t begin, std::size_t end);
  void real(std::size_t begin, std::size_t end);
  void word(std::size_t begin, std::size_t end);
  void ellipsis(std::size_t begin, std::size_t end);
  void missing(std::size_t at);

  // --- strings
  void open_string(std::size_t begin, EnclosureKind kind = EnclosureKind::String);
  void literal(std::string_view text);
  /// Decodes the escape at `at` (a backslash); returns its length.
  std::size_t escape(std::size_t at);
  void open_insertion(std::size_t begin);
  void close_insertion();
  void close_string(std::size_t end);

  // --- brackets
  void open(EnclosureKind kind, std::size_t begin);
  void close(std::size_t end);
  void comma();
  void named_argument(std::size_t begin, std::size_t end);
  void add_argument(bool spread);
  void spread_item(std::size_t begin);
  /// A word of a mapping, `quotes` wide on either side; two of them are a list of its own within that of the mapping.
  void map_word(std::size_t begin, std::size_t end, std::size_t quotes);
  void map_entry();
  void loop_variable(std::size_t begin, std::size_t end);
  void begin_group() { groups_.emplace_back(); }
  void group_comma() { groups_.back().comma = true; }
  void end_group();
  void end_loop_variables();
  void begin_comprehension() { innermost().comprehension = true; }
  void comprehension_condition();
  void slice();
  void member(std::size_t begin, std::size_t end);

  // --- operators
  void begin_operators() { marks_.push_back(operators_.size()); }
  void end_operators();
  void cancel_operators();
  void prefix(std::string_view text, std::size_t begin, std::size_t end);
  void infix(std::string_view text, std::size_t begin, std::size_t end);
  std::size_t operand_count() const { return operands_.size(); }
  void fold_conditional(std::size_t first);
  void pipe();

  // --- types (expression_types.cpp)
  void tensor_word(std::size_t begin, std::size_t end);
  void scalar_type(std::size_t begin, std::size_t end);
  void bare_list(std::size_t begin, std::size_t end);
  void type_word(std::size_t begin, std::size_t end);
  void choice_word(std::size_t begin, std::size_t end, bool quoted);
  void close_dims(std::size_t end);
  void close_list(std::size_t end);
  void close_choice(std::size_t end);
  void close_type_paren(std::size_t end);
  void signature();
  void group();
  void range();
  void optional(std::size_t end);

  ast::ExprPtr take_expression();
  ast::TypePtr take_type();
  Enclosure& innermost() { return enclosures_.back(); }
  ast::LoopVariables loop_variables;  // of a `for` head, outside any bracket
  std::size_t stopped = 0;            // where a type followed by `=` ended

 private:
  NodeRef node(ast::ExprKind kind, std::size_t begin, std::size_t end) const;
  ast::Nesting take_group();
  void push(NodeRef expr, std::size_t begin, std::size_t end, std::size_t depth);
  Operand pop();
  void reduce();
  std::size_t pop_type_begin();
  std::string word_at(std::size_t begin) const;

  const Text& text_;
  std::string_view view_;
  diagnostics::Sink& sink_;
  std::vector<Operand> operands_;
  std::vector<PendingOperator> operators_;
  std::vector<std::size_t> marks_;
  std::vector<Enclosure> enclosures_;
  std::vector<TypeRef> types_;
  std::vector<std::size_t> type_begins_;  // where the types being read begin
  std::vector<bool> type_commas_;         // of each parenthesised list just closed: whether it held a comma
  struct Group {
    ast::Nesting nesting;
    bool comma = false;
  };
  std::vector<Group> groups_;  // loop variables being read, a group for each open parenthesis
  std::size_t nesting_ = 0;
};

/// The dtypes of tensors, and all words that begin a type.
const std::vector<std::string>& dtype_words();
const std::vector<std::string>& type_words();
/// What to write for a word that other libraries use for a type; nullopt for any other.
std::optional<std::string_view> foreign_type_help(std::string_view word);

/// What the grammar can be started with; expression_parse.cpp.
enum class Entry { Expression, Item, Type, TypeThenValue, Pattern, ForHead };
/// Runs the grammar over the builder's text. False after a reported fault.
bool run_grammar(Builder& builder, Entry entry);

}  // namespace modelc::syntax
