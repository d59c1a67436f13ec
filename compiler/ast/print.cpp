#include "ast/print.h"

#include <fmt/format.h>

namespace modelc::ast {
namespace {

/// How tightly an expression holds together; what holds less than its place asks for stands in parentheses.
enum class Hold { Pipe, Conditional, Or, And, Not, Compare, BitOr, BitAnd, Add, Multiply, Sign, Power, Whole };

Hold next(Hold hold) { return static_cast<Hold>(static_cast<int>(hold) + 1); }

Hold hold_of(Operator op) {
  switch (op) {
    case Operator::Or:
      return Hold::Or;
    case Operator::And:
      return Hold::And;
    case Operator::Not:
      return Hold::Not;
    case Operator::BitOr:
      return Hold::BitOr;
    case Operator::BitAnd:
      return Hold::BitAnd;
    case Operator::Add:
    case Operator::Subtract:
      return Hold::Add;
    case Operator::Negate:
    case Operator::Invert:
      return Hold::Sign;
    case Operator::Power:
      return Hold::Power;
    default:
      return is_comparison(op) ? Hold::Compare : Hold::Multiply;
  }
}

Hold hold_of(const Expr& expression) {
  switch (expression.kind) {
    case ExprKind::Pipe:
      return Hold::Pipe;
    case ExprKind::Conditional:
      return Hold::Conditional;
    case ExprKind::Unary:
    case ExprKind::Binary:
      return hold_of(expression.op);
    case ExprKind::Compare:
      return Hold::Compare;
    case ExprKind::Int:
      return expression.int_value < 0 ? Hold::Sign : Hold::Whole;
    case ExprKind::Float:
      return expression.float_value < 0 ? Hold::Sign : Hold::Whole;
    case ExprKind::Raw:
      return Hold::Pipe;
    default:
      return Hold::Whole;
  }
}

std::string quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else out += c;
  }
  return out;
}

std::string names(const Nesting& nesting, const LoopVariables& variables, std::size_t& at, bool outermost) {
  if (nesting.whole()) return at < variables.names.size() ? variables.names[at++].text : std::string();
  std::string out;
  for (const Nesting& one : nesting.parts) out += (out.empty() ? "" : ", ") + names(one, variables, at, false);
  if (nesting.parts.size() == 1) out += ",";
  return outermost ? out : "(" + out + ")";
}

class Printer {
 public:
  std::string whole(const ExprPtr& e) const { return e ? print(*e) : std::string(); }

 private:
  std::string part(const ExprPtr& e, Hold least) const {
    if (!e) return {};
    const std::string text = print(*e);
    return hold_of(*e) < least ? "(" + text + ")" : text;
  }

  template <class List>
  std::string list(const List& items) const {
    std::string out;
    for (const auto& item : items) out += (out.empty() ? "" : ", ") + whole(item);
    return out;
  }

  std::string string(const Expr& e) const {
    if (e.parts.empty()) return "\"" + quoted(e.text) + "\"";
    std::string out;
    for (const auto& [piece, inserted] : e.parts) out += inserted ? "${" + whole(inserted) + "}" : quoted(piece);
    return "\"" + out + "\"";
  }

  std::string call(const Expr& e) const {
    std::string out;
    for (const Argument& argument : e.args) {
      if (!out.empty()) out += ", ";
      if (argument.spread) out += "*";
      else if (!argument.name.empty()) out += argument.name + "=";
      out += whole(argument.value);
    }
    return part(e.children[0], Hold::Whole) + "(" + out + ")";
  }

  std::string compare(const Expr& e) const {
    std::string out = part(e.children[0], next(Hold::Compare));
    for (std::size_t i = 0; i < e.operators.size(); ++i)
      out += fmt::format(" {} {}", sign(e.operators[i]), part(e.children[i + 1], next(Hold::Compare)));
    return out;
  }

  std::string binary(const Expr& e) const {
    const Hold own = hold_of(e.op);
    const bool right = own == Hold::Power;  // a ** b ** c is a ** (b ** c)
    return fmt::format("{} {} {}", part(e.children[0], right ? next(own) : own), sign(e.op),
                       part(e.children[1], right ? own : next(own)));
  }

  std::string comprehension(const Expr& e) const {
    std::string out =
        fmt::format("[{} for {} in {}", whole(e.children[0]), text_of(e.variables), part(e.children[1], Hold::Or));
    if (e.children.size() > 2) out += " if " + part(e.children[2], Hold::Or);
    return out + "]";
  }

  std::string slice(const Expr& e) const {
    std::string out = whole(e.children[0]) + ":" + whole(e.children.size() > 1 ? e.children[1] : nullptr);
    if (e.children.size() > 2 && e.children[2]) out += ":" + whole(e.children[2]);
    return out;
  }

  std::string print(const Expr& e) const {
    switch (e.kind) {
      case ExprKind::Int:
        return std::to_string(e.int_value);
      case ExprKind::Float: {
        const std::string text = fmt::format("{}", e.float_value);
        return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
      }
      case ExprKind::String:
        return string(e);
      case ExprKind::Bool:
        return e.bool_value ? "true" : "false";
      case ExprKind::Null:
        return "null";
      case ExprKind::Name:
      case ExprKind::Raw:
        return e.text;
      case ExprKind::Ellipsis:
        return "...";
      case ExprKind::List:
        return "[" + list(e.children) + "]";
      case ExprKind::Tuple:
        return "(" + list(e.children) + (e.children.size() == 1 ? ",)" : ")");
      case ExprKind::Comprehension:
        return comprehension(e);
      case ExprKind::Call:
        return call(e);
      case ExprKind::Member:
        return part(e.children[0], Hold::Whole) + "." + e.text;
      case ExprKind::Index:
        return part(e.children[0], Hold::Whole) + "[" +
               list(std::vector<ExprPtr>(e.children.begin() + 1, e.children.end())) + "]";
      case ExprKind::Slice:
        return slice(e);
      case ExprKind::Unary:
        return fmt::format("{}{}{}", sign(e.op), e.op == Operator::Not ? " " : "", part(e.children[0], hold_of(e.op)));
      case ExprKind::Binary:
        return binary(e);
      case ExprKind::Compare:
        return compare(e);
      case ExprKind::Conditional:
        return fmt::format("{} if {} else {}", part(e.children[0], Hold::Or), part(e.children[1], Hold::Or),
                           part(e.children[2], Hold::Conditional));
      case ExprKind::Pipe:
        return part(e.children[0], Hold::Pipe) + " -> " + part(e.children[1], Hold::Conditional);
      case ExprKind::Spread:
        return "*" + whole(e.children[0]);
      case ExprKind::Hole:
        break;
    }
    return {};
  }
};

std::string joined(const std::vector<TypePtr>& parts) {
  std::string out;
  for (const TypePtr& one : parts) out += (out.empty() ? "" : ", ") + text_of(one);
  return out;
}

std::string dims_of(const TypeExpr& type) {
  std::string out;
  for (const ExprPtr& dim : type.dims) out += (out.empty() ? "" : ", ") + text_of(dim);
  return out;
}

std::string words_of(const TypeExpr& type) {
  std::string out;
  for (const auto& [word, span] : type.words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string plain(const TypeExpr& type) {
  constexpr const char* kScalars[] = {"int", "float", "bool", "str"};
  switch (type.kind) {
    case TypeKind::Tensor:
      return type.word + "[" + dims_of(type) + "]";
    case TypeKind::Scalar: {
      const std::string word = kScalars[static_cast<int>(type.scalar)];
      return type.low || type.high ? word + " in " + text_of(type.low) + ".." + text_of(type.high) : word;
    }
    case TypeKind::Choice:
      return "choice[" + words_of(type) + "]";
    case TypeKind::List:
      return type.parts.empty() ? "list" : "list[" + joined(type.parts) + "]";
    case TypeKind::Tuple:
      return "(" + joined(type.parts) + (type.parts.size() == 1 ? ",)" : ")");
    case TypeKind::Signature:
      return "(" + joined(type.parts) + ") -> " + text_of(type.result);
    case TypeKind::Module:
      return "module";
    case TypeKind::Any:
      break;
  }
  return "any";
}

}  // namespace

std::string text_of(const ExprPtr& expression) { return Printer().whole(expression); }

std::string text_of(const LoopVariables& variables) {
  std::size_t at = 0;
  return names(variables.nesting, variables, at, true);
}

std::string text_of(const TypePtr& type) {
  if (!type) return {};
  return plain(*type) + (type->optional ? "?" : "");
}

}  // namespace modelc::ast
