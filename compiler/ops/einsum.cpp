// einsum: letters name dimensions, `...` stands for any number of them; a letter that the result lacks is summed over.
#include <algorithm>
#include <map>

#include "ops/parts.h"
#include "ops/rules.h"
#include "support/counted.h"

namespace modelc::ops {
namespace {

constexpr Constraint kLetters{"einsum.letters", "a term has letters and at most one `...`"};
constexpr Constraint kOperands{"einsum.operands", "the equation names each tensor"};
constexpr Constraint kRank{"einsum.rank", "a term has a letter for each dimension"};
constexpr Constraint kResultLetter{"einsum.result_letter", "the letters of the result stand on the left"};
constexpr Constraint kResultOnce{"einsum.result_once", "no letter stands twice in the result"};
constexpr Constraint kDtype{"einsum.dtype", "products that are added up are floating-point or int"};

struct Term {
  std::string letters;                       // without the ellipsis
  std::size_t ellipsis = std::string::npos;  // it stands before this letter
};

/// nullopt after reporting.
std::optional<Term> parse_term(InferContext& cx, std::string_view text) {
  Term term;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ') continue;
    if (c == '.' && text.substr(i, 3) == "..." && term.ellipsis == std::string::npos) {
      term.ellipsis = term.letters.size();
      i += 2;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      term.letters += c;
    } else {
      cx.fault(kLetters, cx.op() + " is given " + tick(std::string(text)) + ", expected letters and at most one `...`",
               {}, "equation");
      return std::nullopt;
    }
  }
  return term;
}

struct Equation {
  std::string text, left;
  std::vector<Term> terms;
  std::optional<Term> result;  // none: the ellipsis, then in order of the alphabet what stands once
};

/// nullopt after reporting.
std::optional<Equation> parse_equation(InferContext& cx) {
  Equation equation;
  equation.text = cx.word("equation");
  const std::size_t arrow = equation.text.find("->");
  equation.left = equation.text.substr(0, arrow);
  for (std::size_t begin = 0; begin <= equation.left.size();) {
    const std::size_t comma = std::min(equation.left.find(',', begin), equation.left.size());
    auto term = parse_term(cx, std::string_view(equation.left).substr(begin, comma - begin));
    if (!term) return std::nullopt;
    equation.terms.push_back(std::move(*term));
    begin = comma + 1;
  }
  if (arrow == std::string::npos) return equation;
  equation.result = parse_term(cx, std::string_view(equation.text).substr(arrow + 2));
  return equation.result ? std::optional(std::move(equation)) : std::nullopt;
}

/// The letters of the result and where its ellipsis stands.
Term result_of(const Equation& equation) {
  if (equation.result) return *equation.result;
  std::map<char, int> uses;
  for (const Term& term : equation.terms)
    for (const char letter : term.letters) ++uses[letter];
  Term result;
  result.ellipsis = 0;
  for (const auto& [letter, count] : uses)
    if (count == 1) result.letters += letter;
  return result;
}

/// The dimension of an operand that has `rank` of them which the term's letter `k` names.
std::size_t dimension(const Term& term, std::size_t k, std::size_t rank) {
  return term.ellipsis != std::string::npos && k >= term.ellipsis ? k + rank - term.letters.size() : k;
}

Type infer_einsum(InferContext& cx) {
  const auto parsed = parse_equation(cx);
  if (!parsed) return Type::poison();
  const std::string& equation = parsed->text;
  const std::vector<Term>& terms = parsed->terms;
  const std::vector<TensorType> operands = cx.tensors("operands");
  if (terms.size() != operands.size())
    return cx.fault(kOperands,
                    cx.op() + " receives " + support::counted(operands.size(), "tensor") + ", its equation " +
                        tick(equation) + " names " + std::to_string(terms.size()),
                    {}, "equation");

  std::map<char, Dim> sizes;
  std::vector<Dim> ellipsis;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const Term& term = terms[i];
    const std::vector<Dim>& shape = operands[i].shape;
    const bool open = term.ellipsis != std::string::npos;
    if (shape.size() < term.letters.size() || (!open && shape.size() != term.letters.size()))
      return cx.fault(kRank,
                      cx.op() + " receives " + operands[i].str() + " for " + tick(term.letters) + ", expected " +
                          (open ? "at least " : "") + support::counted(term.letters.size(), "dimension"),
                      {}, "operands");
    if (operands[i].dtype != operands[0].dtype)
      return cx.fault(common::kSameDtype, cx.op() + " receives " + operands[0].str() + " and " + operands[i].str() +
                                              ", expected equal dtypes");
    const std::size_t spread = shape.size() - term.letters.size();
    for (std::size_t k = 0; k < term.letters.size(); ++k) {
      const char letter = term.letters[k];
      const Dim size = shape[dimension(term, k, shape.size())];
      const auto [at, fresh] = sizes.emplace(letter, size);
      // A size of 1 stretches to another operand's.
      const bool within = term.letters.find(letter) < k;
      if (fresh || (!within && cx.simplify(size) == Dim(1))) continue;
      if (!within && cx.simplify(at->second) == Dim(1)) at->second = size;
      else if (!cx.require_equal(at->second, size, [&] {
                 return std::string("`") + letter + "` of " + tick(equation) + " names one size";
               }))
        return Type::poison();
    }
    if (open) {
      const auto first = shape.begin() + static_cast<std::ptrdiff_t>(term.ellipsis);
      auto joined = cx.broadcast(ellipsis, {first, first + static_cast<std::ptrdiff_t>(spread)}, [&] {
        return "`...` of " + tick(equation) + " stands for the same sizes everywhere";
      });
      if (!joined) return Type::poison();
      ellipsis = std::move(*joined);
    }
  }

  const Term out = result_of(*parsed);
  std::vector<Dim> shape;
  for (std::size_t k = 0; k <= out.letters.size(); ++k) {
    if (k == out.ellipsis) shape.insert(shape.end(), ellipsis.begin(), ellipsis.end());
    if (k == out.letters.size()) break;
    const char letter = out.letters[k];
    if (!sizes.count(letter))
      return cx.fault(kResultLetter,
                      cx.op() + " has " + tick(std::string(1, letter)) + " in its result, expected a letter of " +
                          tick(parsed->left),
                      {}, "equation");
    if (out.letters.find(letter, k + 1) != std::string::npos)
      return cx.fault(kResultOnce, cx.op() + " has " + tick(std::string(1, letter)) + " twice in its result", {},
                      "equation");
    shape.push_back(sizes[letter]);
  }
  // As ATen goes about it: what stands in one operand only is summed there, integers in int64; what several share is a
  // batch of matrix products, which keeps the dtype.
  DType dtype = operands[0].dtype;
  bool sums = false, multiplies = false;
  for (const auto& [letter, size] : sizes) {
    if (out.letters.find(letter) != std::string::npos) continue;
    const auto holders = std::count_if(terms.begin(), terms.end(), [c = letter](const Term& term) {
      return term.letters.find(c) != std::string::npos;
    });
    (holders == 1 ? sums : multiplies) = true;
  }
  if (!types::is_floating(dtype)) {
    if (multiplies && (dtype == DType::Bool || (sums && dtype != DType::Int64)))
      return cx.fault(
          kDtype,
          cx.op() + " of " + tick(equation) + " receives " + operands[0].str() + ", expected floating point or int",
          "convert it: `x.long()`", "operands");
    if (sums) dtype = DType::Int64;
  }
  return result(cx, dtype, std::move(shape));
}

/// A multiply-add for every combination of all letters: for each element of the result, of those that are summed over.
Dim einsum_flops(InferContext& cx, const Type& out) {
  const auto equation = parse_equation(cx);
  const std::vector<TensorType> operands = cx.tensors("operands");
  if (!equation || operands.size() < 2) return 0;
  Dim total = multiply_adds({out.tensor.numel()});
  std::string counted = result_of(*equation).letters;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Term& term = equation->terms[i];
    for (std::size_t k = 0; k < term.letters.size(); ++k) {
      const Dim size = operands[i].shape[dimension(term, k, operands[i].rank())];
      if (size == Dim(1) || counted.find(term.letters[k]) != std::string::npos) continue;
      total = total * size;
      counted += term.letters[k];
    }
  }
  return total;
}

}  // namespace

void declare_einsum(std::vector<Op>& ops) {
  Op op = function_op("einsum")
              .summary("sum of products, dimensions named by letters: `einsum(\"bij,bjk->bik\", x, y)`")
              .input("equation: str")
              .input("operands: Tensor[]")
              .variadic()
              .traits(kView)
              .demands({kLetters, kOperands, kRank, kResultLetter, kResultOnce, kDtype})
              .infer(infer_einsum)
              .flops(einsum_flops)
              .note("the tensors may be given one by one or as a list")
              .example("einsum(\"bij,bjk->bik\", [x, y])", "float[B, 2, 3], float[B, 3, 4]");
  ops.push_back(std::move(op));
}

}  // namespace modelc::ops
