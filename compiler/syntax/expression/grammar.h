// The grammar of expressions and types (LANGUAGE §3-§5) in PEGTL rules. Every token eats the white space behind it.
// Operators are flat here; their precedence is the builder's business. After a rule's first token all else is `must`,
// so actions never have to be undone. Included by expression_parse.cpp alone.
#pragma once

#include <tao/pegtl.hpp>

#include "syntax/expression/build.h"

namespace modelc::syntax::grammar {

namespace p = tao::pegtl;

/// `#` up to the end of the source line, in block scalars only.
struct Comment {
  using rule_t = Comment;
  using subs_t = p::type_list<>;
  template <p::apply_mode A, p::rewind_mode M, template <class...> class Action, template <class...> class Control,
            class Input>
  static bool match(Input& in, Builder& b) {
    if (in.empty() || *in.current() != '#') return false;
    const std::size_t length = b.comment_length(static_cast<std::size_t>(in.current() - in.begin()));
    if (length == 0) return false;
    in.bump(length);
    return true;
  }
};
struct Space : p::star<p::sor<p::one<' ', '\t', '\r', '\n'>, Comment>> {};

struct WordByte : p::sor<p::alnum, p::one<'_'>> {};
struct Identifier : p::seq<p::sor<p::alpha, p::one<'_'>>, p::star<WordByte>> {};
template <char... C>
struct Key : p::seq<p::string<C...>, p::not_at<WordByte>> {};
using And = Key<'a', 'n', 'd'>;
using Or = Key<'o', 'r'>;
using Not = Key<'n', 'o', 't'>;
using In = Key<'i', 'n'>;
using If = Key<'i', 'f'>;
using Else = Key<'e', 'l', 's', 'e'>;
using For = Key<'f', 'o', 'r'>;
struct Keyword : p::sor<And, Or, Not, In, If, Else, For> {};
struct End : p::eof {};

// --- tokens
struct Expr;
struct Flat;

struct Digits : p::seq<p::digit, p::star<p::opt<p::one<'_'>>, p::digit>> {};
struct Exponent : p::seq<p::one<'e', 'E'>, p::opt<p::one<'+', '-'>>, Digits> {};
struct FloatText : p::sor<p::seq<Digits, p::one<'.'>, p::not_at<p::one<'.'>>, p::opt<Digits>, p::opt<Exponent>>,
                          p::seq<p::one<'.'>, Digits, p::opt<Exponent>>, p::seq<Digits, Exponent>> {};
struct Prefixed : p::seq<p::one<'0'>, p::one<'x', 'X', 'o', 'O', 'b', 'B'>, p::plus<p::xdigit>> {};
struct IntText : p::sor<Prefixed, Digits> {};
struct NumberEnd : p::not_at<WordByte> {};
struct Number : p::seq<p::sor<FloatText, IntText>, p::must<NumberEnd>, Space> {};

struct EscapeSequence {
  using rule_t = EscapeSequence;
  using subs_t = p::type_list<>;
  template <p::apply_mode A, p::rewind_mode M, template <class...> class Action, template <class...> class Control,
            class Input>
  static bool match(Input& in, Builder& b) {
    if (in.empty() || *in.current() != '\\') return false;
    in.bump(b.escape(static_cast<std::size_t>(in.current() - in.begin())));
    return true;
  }
};
struct InsertOpen : p::string<'$', '{'> {};
struct InsertClose : p::one<'}'> {};
struct Insertion : p::seq<InsertOpen, Space, p::must<Expr>, p::must<InsertClose>> {};
template <char Q>
struct StringOpen : p::one<Q> {};
template <char Q>
struct StringClose : p::one<Q> {};
template <char Q>
struct StringRun : p::plus<p::not_at<InsertOpen>, p::not_one<Q, '\\', '\n'>> {};
template <char Q>
struct Quoted
    : p::seq<StringOpen<Q>, p::star<p::sor<Insertion, EscapeSequence, StringRun<Q>>>, p::must<StringClose<Q>>, Space> {
};
struct String : p::sor<Quoted<'"'>, Quoted<'\''>> {};

// --- brackets
struct Comma : p::seq<p::one<','>, Space> {};
template <char C>
struct Close : p::one<C> {};
struct OpenParen : p::one<'('> {};
struct OpenList : p::one<'['> {};
struct OpenCall : p::one<'('> {};
struct OpenIndex : p::one<'['> {};
template <class Item, char C>
struct Items : p::opt<Item, p::star<Comma, p::sor<p::at<p::one<C>>, p::must<Item>>>> {};

struct LoopVariable : p::seq<p::not_at<Keyword>, Identifier> {};
struct LoopComma : p::one<','> {};
struct OpenGroup : p::one<'('> {};
struct CloseGroup : p::one<')'> {};
struct LoopGroup;
struct LoopTarget : p::seq<p::sor<LoopGroup, LoopVariable>, Space> {};
template <class Last>
struct LoopTargets : p::seq<p::must<LoopTarget>, p::star<LoopComma, Space, p::sor<p::at<Last>, p::must<LoopTarget>>>> {
};
struct LoopGroup : p::seq<OpenGroup, Space, LoopTargets<p::one<')'>>, p::must<CloseGroup>> {};
struct LoopBegin : p::success {};
struct LoopVariables : p::seq<LoopBegin, LoopTargets<In>> {};
struct Condition : p::seq<If, Space, p::must<Flat>> {};
struct ForWord : For {};
struct InWord : In {};
struct Comprehension
    : p::seq<ForWord, Space, LoopVariables, p::must<InWord>, Space, p::must<Flat>, p::star<Condition>> {};

struct Star : p::one<'*'> {};
struct SpreadItem : p::seq<Star, Space, p::must<Expr>> {};
struct Item : p::sor<SpreadItem, Expr> {};
struct Paren : p::seq<OpenParen, Space, Items<Item, ')'>, p::must<Close<')'>>, Space> {};
struct MoreItems : p::star<Comma, p::sor<p::at<p::one<']'>>, p::must<Item>>> {};
struct ListItems : p::sor<p::seq<SpreadItem, MoreItems>, p::opt<Expr, p::sor<Comprehension, MoreItems>>> {};
struct List : p::seq<OpenList, Space, ListItems, p::must<Close<']'>>, Space> {};

struct ArgumentName : Identifier {};
struct EqualsSign : p::seq<p::one<'='>, p::not_at<p::one<'='>>> {};
struct Named : p::seq<p::at<Identifier, Space, EqualsSign>, ArgumentName, Space, EqualsSign, Space, p::must<Expr>> {};
// The one mapping of the language: what the columns of a table are, `types={zip: str, price: float}`.
struct OpenMap : p::one<'{'> {};
struct CloseMap : p::one<'}'> {};
struct MapColon : p::one<':'> {};
struct MapText : p::plus<WordByte> {};
struct MapQuoted : p::sor<p::seq<p::one<'"'>, p::star<p::not_one<'"', '\n'>>, p::one<'"'>>,
                          p::seq<p::one<'\''>, p::star<p::not_one<'\'', '\n'>>, p::one<'\''>>> {};
struct MapWord : p::sor<MapQuoted, MapText> {};
struct MapEntry : p::seq<MapWord, Space, p::must<MapColon>, Space, p::must<MapWord>, Space> {};
struct MapItems : p::opt<MapEntry, p::star<Comma, p::sor<p::at<p::one<'}'>>, p::must<MapEntry>>>> {};
struct Mapping : p::seq<OpenMap, Space, MapItems, p::must<CloseMap>, Space> {};
struct NamedMapping : p::seq<p::at<Key<'t', 'y', 'p', 'e', 's'>, Space, EqualsSign, Space, p::one<'{'>>, ArgumentName,
                             Space, EqualsSign, Space, p::must<Mapping>> {};
struct Spread : p::seq<p::one<'*'>, Space, p::must<Expr>> {};
struct Positional : p::seq<Expr> {};
struct Argument;
struct CallTail : p::seq<OpenCall, Space, Items<Argument, ')'>, p::must<Close<')'>>, Space> {};

struct Dots : p::string<'.', '.', '.'> {};
struct Ellipsis : p::seq<Dots, Space> {};
struct Missing : p::success {};
struct Part : p::sor<Expr, Missing> {};
struct Colon : p::seq<p::one<':'>, Space> {};
struct SliceTail : p::seq<Colon, Part, p::sor<p::seq<Colon, Part>, Missing>> {};
struct IndexItem : p::sor<Ellipsis, p::seq<p::at<p::one<':'>>, Missing, SliceTail>, p::seq<Expr, p::opt<SliceTail>>> {};
struct IndexTail : p::seq<OpenIndex, Space, Items<IndexItem, ']'>, p::must<Close<']'>>, Space> {};

struct MemberName : p::sor<Identifier, p::seq<p::plus<p::digit>, p::not_at<WordByte>>> {};
struct MemberTail : p::seq<p::one<'.'>, p::not_at<p::one<'.'>>, Space, p::must<MemberName>, Space> {};

// --- operators
struct Word : p::seq<p::not_at<Keyword>, Identifier> {};
struct Atom : p::sor<Paren, List, String, Number, p::seq<Word, Space>> {};
struct Primary : p::seq<Atom, p::star<p::sor<CallTail, IndexTail, MemberTail>>> {};
struct PrefixText : p::sor<p::seq<p::one<'-'>, p::not_at<p::one<'>'>>>, p::one<'~'>, Not> {};
struct Prefix : p::seq<PrefixText, Space> {};
struct Operated : p::sor<p::seq<p::plus<Prefix>, p::must<Primary>>, Primary> {};
template <char C>
struct Single : p::seq<p::one<C>, p::not_at<p::one<C, '='>>> {};
struct NotIn : p::seq<Not, p::plus<p::sor<p::space, Comment>>, In> {};
struct InfixText
    : p::sor<And, Or, NotIn, In, p::string<'=', '='>, p::string<'!', '='>, p::string<'<', '='>, p::string<'>', '='>,
             p::seq<p::one<'<'>, p::not_at<p::one<'<', '>'>>>, Single<'>'>, p::string<'*', '*'>, p::string<'/', '/'>,
             Single<'|'>, Single<'&'>, p::one<'+'>, p::seq<p::one<'-'>, p::not_at<p::one<'>'>>>, p::one<'*'>,
             p::one<'/'>, p::one<'%'>, p::one<'@'>> {};
struct Infix : p::seq<InfixText, Space> {};
struct FlatBody : p::seq<Operated, p::star<Infix, p::must<Operated>>> {};

/// A run of operators: opens and closes a level of the operator stack.
struct Flat {
  using rule_t = Flat;
  using subs_t = p::type_list<FlatBody>;
  template <p::apply_mode A, p::rewind_mode M, template <class...> class Action, template <class...> class Control,
            class Input>
  static bool match(Input& in, Builder& b) {
    b.begin_operators();
    if (Control<FlatBody>::template match<A, M, Action, Control>(in, b)) {
      b.end_operators();
      return true;
    }
    b.cancel_operators();
    return false;
  }
};

struct OrElse : Else {};
struct ConditionalBody : p::seq<Flat, p::star<If, Space, p::must<Flat>, p::must<OrElse>, Space, p::must<Flat>>> {};
/// `a if c else b if d else e` is read flat and folded from the right.
struct Conditional {
  using rule_t = Conditional;
  using subs_t = p::type_list<ConditionalBody>;
  template <p::apply_mode A, p::rewind_mode M, template <class...> class Action, template <class...> class Control,
            class Input>
  static bool match(Input& in, Builder& b) {
    const std::size_t first = b.operand_count();
    if (!Control<ConditionalBody>::template match<A, M, Action, Control>(in, b)) return false;
    b.fold_conditional(first);
    return true;
  }
};
struct PipeTarget : p::seq<Conditional> {};
struct PipeTail : p::seq<p::string<'-', '>'>, Space, p::must<PipeTarget>> {};
struct Expr : p::seq<Conditional, p::star<PipeTail>> {};
struct Argument : p::sor<Spread, NamedMapping, Named, Positional> {};

// --- types
struct Type;
struct OpenType : p::one<'('> {};
struct OpenDims : p::one<'['> {};
struct CloseDims : p::one<']'> {};
struct CloseElement : p::one<']'> {};
struct CloseChoice : p::one<']'> {};
struct CloseType : p::one<')'> {};
struct TensorWord : Identifier {};
struct ListWord : Key<'l', 'i', 's', 't'> {};
struct ChoiceWord : Key<'c', 'h', 'o', 'i', 'c', 'e'> {};
struct ScalarWord : p::seq<p::not_at<Keyword>, Identifier> {};
struct Dimension : p::sor<Ellipsis, Expr> {};
struct TensorType : p::seq<p::at<Identifier, Space, p::one<'['>>, TensorWord, Space, OpenDims, Space,
                           Items<Dimension, ']'>, p::must<CloseDims>> {};
struct BareList : p::success {};
struct ListType
    : p::seq<ListWord, Space, p::sor<p::seq<OpenDims, Space, p::must<Type>, p::must<CloseElement>>, BareList>> {};
struct ChoiceText : p::plus<p::sor<WordByte, p::one<'.', '+', '-', '/', ':'>>> {};
struct ChoiceQuoted : p::sor<p::seq<p::one<'"'>, p::star<p::not_one<'"', '\n'>>, p::one<'"'>>,
                             p::seq<p::one<'\''>, p::star<p::not_one<'\'', '\n'>>, p::one<'\''>>> {};
struct ChoiceItem : p::seq<p::sor<ChoiceQuoted, ChoiceText>, Space> {};
struct ChoiceOpen : p::one<'['> {};
struct ChoiceType : p::seq<ChoiceWord, Space, p::must<ChoiceOpen>, Space, p::must<ChoiceItem>,
                           p::star<Comma, p::sor<p::at<p::one<']'>>, p::must<ChoiceItem>>>, p::must<CloseChoice>> {};
struct RangeDots : p::seq<p::string<'.', '.'>, Space> {};
struct Bound : p::sor<Flat, Missing> {};
struct Range : p::seq<In, Space, Bound, p::must<RangeDots>, Bound> {};
struct ScalarType : p::seq<ScalarWord, Space, p::opt<Range>> {};
struct Result : p::seq<p::string<'-', '>'>, Space, p::must<Type>> {};
struct Group : p::success {};
struct TypeParen : p::seq<OpenType, Space, Items<Type, ')'>, p::must<CloseType>, Space, p::sor<Result, Group>> {};
struct Question : p::one<'?'> {};
struct TypeBody
    : p::seq<p::sor<TypeParen, ChoiceType, ListType, TensorType, ScalarType>, Space, p::opt<Question, Space>> {};
/// Counts its own depth: a chain of `() -> () -> …` nests without open brackets.
struct Type {
  using rule_t = Type;
  using subs_t = p::type_list<TypeBody>;
  template <p::apply_mode A, p::rewind_mode M, template <class...> class Action, template <class...> class Control,
            class Input>
  static bool match(Input& in, Builder& b) {
    b.enter(static_cast<std::size_t>(in.current() - in.begin()));
    const bool matched = Control<TypeBody>::template match<A, M, Action, Control>(in, b);
    b.leave();
    return matched;
  }
};

// --- what may be started with
struct WholeExpression : p::seq<Space, p::must<Expr>, p::must<End>> {};
struct WholeItem : p::seq<Space, p::must<Item>, p::must<End>> {};
struct TypeOnlyEnd : p::eof {};
struct WholeType : p::seq<Space, p::must<Type>, p::must<TypeOnlyEnd>> {};
struct ValueSign : EqualsSign {};
struct TypeEnd : p::sor<p::eof, ValueSign> {};
struct TypeThenValue : p::seq<Space, p::must<Type>, p::must<TypeEnd>> {};
struct HeadEnd : p::eof {};
struct WholeForHead : p::seq<Space, LoopVariables, p::must<InWord>, Space, p::must<Expr>, p::must<HeadEnd>> {};
struct PatternRun : p::plus<p::not_at<InsertOpen>, p::any> {};
struct WholePattern : p::seq<p::star<p::sor<Insertion, PatternRun>>, p::eof> {};

}  // namespace modelc::syntax::grammar
