#include "syntax/expression/grammar.h"

namespace modelc::syntax {

namespace grammar {

/// What is due where a `must` fails; one line per rule that stands in a `must`.
template <class Rule>
struct Expected;
#define MODELC_EXPECTED(rule, words)                \
  template <>                                       \
  struct Expected<rule> {                           \
    static constexpr std::string_view text = words; \
  };
MODELC_EXPECTED(End, "an operator or the end of the expression")
MODELC_EXPECTED(Expr, "a value")
MODELC_EXPECTED(Flat, "a value")
MODELC_EXPECTED(Operated, "a value")
MODELC_EXPECTED(Primary, "a value")
MODELC_EXPECTED(PipeTarget, "a name or a call")
MODELC_EXPECTED(Argument, "an argument")
MODELC_EXPECTED(IndexItem, "an index")
MODELC_EXPECTED(MemberName, "the name of a member")
MODELC_EXPECTED(NumberEnd, "the end of the number")
MODELC_EXPECTED(InsertClose, "`}`")
MODELC_EXPECTED(StringClose<'"'>, "`\"`")
MODELC_EXPECTED(StringClose<'\''>, "`'`")
MODELC_EXPECTED(Close<')'>, "`,` or `)`")
MODELC_EXPECTED(Close<']'>, "`,` or `]`")
MODELC_EXPECTED(Mapping, "`{` and the types of columns")
MODELC_EXPECTED(MapEntry, "a column and its type, `zip: str`")
MODELC_EXPECTED(MapColon, "`:` and the column's type")
MODELC_EXPECTED(MapWord, "a type")
MODELC_EXPECTED(CloseMap, "`,` or `}`")
MODELC_EXPECTED(LoopTarget, "a loop variable")
MODELC_EXPECTED(CloseGroup, "`,` or `)`")
MODELC_EXPECTED(Item, "a value")
MODELC_EXPECTED(InWord, "`in`")
MODELC_EXPECTED(OrElse, "`else`")
MODELC_EXPECTED(Type, "a type")
MODELC_EXPECTED(Dimension, "a dimension")
MODELC_EXPECTED(ChoiceItem, "a word to choose from")
MODELC_EXPECTED(ChoiceOpen, "`[` and the words to choose from")
MODELC_EXPECTED(CloseDims, "`,` or `]`")
MODELC_EXPECTED(CloseElement, "`]`")
MODELC_EXPECTED(CloseChoice, "`,` or `]`")
MODELC_EXPECTED(CloseType, "`,` or `)`")
MODELC_EXPECTED(RangeDots, "`..`")
MODELC_EXPECTED(TypeOnlyEnd, "the end of the type")
MODELC_EXPECTED(TypeEnd, "`=` and a value, or the end of the type")
MODELC_EXPECTED(HeadEnd, "the end of the loop's head")
#undef MODELC_EXPECTED

template <class Rule>
struct Control : p::normal<Rule> {
  template <class Input>
  [[noreturn]] static void raise(const Input& in, Builder& b) {
    b.unexpected(static_cast<std::size_t>(in.current() - in.begin()), Expected<Rule>::text);
  }
};

template <class Rule>
struct Action : p::nothing<Rule> {};

// An action hands the bytes its rule matched to one member of the builder.
#define MODELC_ACTION(rule, call)                                                   \
  template <>                                                                       \
  struct Action<rule> {                                                             \
    template <class Input>                                                          \
    static void apply(const Input& in, Builder& b) {                                \
      const auto begin = static_cast<std::size_t>(in.begin() - in.input().begin()); \
      const auto end = begin + in.size();                                           \
      static_cast<void>(begin);                                                     \
      static_cast<void>(end);                                                       \
      call;                                                                         \
    }                                                                               \
  };
MODELC_ACTION(FloatText, b.real(begin, end))
MODELC_ACTION(IntText, b.integer(begin, end))
MODELC_ACTION(Word, b.word(begin, end))
MODELC_ACTION(Dots, b.ellipsis(begin, end))
MODELC_ACTION(Missing, b.missing(end))
MODELC_ACTION(StringOpen<'"'>, b.open_string(begin))
MODELC_ACTION(StringOpen<'\''>, b.open_string(begin))
MODELC_ACTION(StringRun<'"'>, b.literal(in.string_view()))
MODELC_ACTION(StringRun<'\''>, b.literal(in.string_view()))
MODELC_ACTION(PatternRun, b.literal(in.string_view()))
MODELC_ACTION(StringClose<'"'>, b.close_string(end))
MODELC_ACTION(StringClose<'\''>, b.close_string(end))
MODELC_ACTION(InsertOpen, b.open_insertion(begin))
MODELC_ACTION(InsertClose, b.close_insertion())
MODELC_ACTION(OpenParen, b.open(EnclosureKind::Paren, begin))
MODELC_ACTION(OpenList, b.open(EnclosureKind::List, begin))
MODELC_ACTION(OpenCall, b.open(EnclosureKind::Call, begin))
MODELC_ACTION(OpenIndex, b.open(EnclosureKind::Index, begin))
MODELC_ACTION(Close<')'>, b.close(end))
MODELC_ACTION(Close<']'>, b.close(end))
MODELC_ACTION(Comma, b.comma())
MODELC_ACTION(ArgumentName, b.named_argument(begin, end))
MODELC_ACTION(Named, b.add_argument(false))
MODELC_ACTION(Positional, b.add_argument(false))
MODELC_ACTION(OpenMap, b.open(EnclosureKind::Map, begin))
MODELC_ACTION(CloseMap, b.close(end))
MODELC_ACTION(MapText, b.map_word(begin, end, 0))
MODELC_ACTION(MapQuoted, b.map_word(begin, end, 1))
MODELC_ACTION(MapEntry, b.map_entry())
MODELC_ACTION(NamedMapping, b.add_argument(false))
MODELC_ACTION(Spread, b.add_argument(true))
MODELC_ACTION(ForWord, b.begin_comprehension())
MODELC_ACTION(SpreadItem, b.spread_item(begin))
MODELC_ACTION(LoopBegin, b.begin_group())
MODELC_ACTION(LoopVariable, b.loop_variable(begin, end))
MODELC_ACTION(LoopComma, b.group_comma())
MODELC_ACTION(OpenGroup, b.begin_group())
MODELC_ACTION(CloseGroup, b.end_group())
MODELC_ACTION(InWord, b.end_loop_variables())
MODELC_ACTION(Condition, b.comprehension_condition())
MODELC_ACTION(SliceTail, b.slice())
MODELC_ACTION(MemberName, b.member(begin, end))
MODELC_ACTION(PrefixText, b.prefix(in.string_view(), begin, end))
MODELC_ACTION(InfixText, b.infix(in.string_view(), begin, end))
MODELC_ACTION(PipeTail, b.pipe())
MODELC_ACTION(OpenType, b.open(EnclosureKind::TypeParen, begin))
MODELC_ACTION(OpenDims, b.open(EnclosureKind::TypeBracket, begin))
MODELC_ACTION(ChoiceOpen, b.open(EnclosureKind::TypeBracket, begin))
MODELC_ACTION(CloseDims, b.close_dims(end))
MODELC_ACTION(CloseElement, b.close_list(end))
MODELC_ACTION(CloseChoice, b.close_choice(end))
MODELC_ACTION(CloseType, b.close_type_paren(end))
MODELC_ACTION(TensorWord, b.tensor_word(begin, end))
MODELC_ACTION(ListWord, b.type_word(begin, end))
MODELC_ACTION(ChoiceWord, b.type_word(begin, end))
MODELC_ACTION(BareList, b.bare_list(begin, end))
MODELC_ACTION(ScalarWord, b.scalar_type(begin, end))
MODELC_ACTION(ChoiceText, b.choice_word(begin, end, false))
MODELC_ACTION(ChoiceQuoted, b.choice_word(begin + 1, end - 1, true))
MODELC_ACTION(Range, b.range())
MODELC_ACTION(Result, b.signature())
MODELC_ACTION(Group, b.group())
MODELC_ACTION(Question, b.optional(end))
MODELC_ACTION(ValueSign, b.stopped = end)
#undef MODELC_ACTION

template <class Rule>
bool run(Builder& b) {
  p::memory_input<p::tracking_mode::lazy> in(b.view().data(), b.view().data() + b.view().size(), "");
  return p::parse<Rule, Action, Control>(in, b);
}

}  // namespace grammar

bool run_grammar(Builder& builder, Entry entry) {
  if (builder.view().size() > kMaxLength) {
    try {
      builder.fail(0, 1, "", diag::ExpressionTooLong, builder.view().size(), kMaxLength);
    } catch (const SyntaxFault&) {
      return false;
    }
  }
  try {
    switch (entry) {
      case Entry::Expression:
        return grammar::run<grammar::WholeExpression>(builder);
      case Entry::Item:
        return grammar::run<grammar::WholeItem>(builder);
      case Entry::Type:
        return grammar::run<grammar::WholeType>(builder);
      case Entry::TypeThenValue:
        return grammar::run<grammar::TypeThenValue>(builder);
      case Entry::ForHead:
        return grammar::run<grammar::WholeForHead>(builder);
      case Entry::Pattern: {
        builder.open_string(0, EnclosureKind::Pattern);
        if (!grammar::run<grammar::WholePattern>(builder)) return false;
        builder.close_string(builder.view().size());
        return true;
      }
    }
  } catch (const SyntaxFault&) {
    return false;
  }
  return false;
}

}  // namespace modelc::syntax
