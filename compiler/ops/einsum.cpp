// einsum: letters name dimensions, `...` stands for any number of them; a letter that the result lacks is summed over.
#include <algorithm>
#include <map>

#include "ops/parts.h"
#include "ops/rules.h"

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

Type infer_einsum(InferContext& cx) {
  const std::string& equation = cx.word("equation");
  const std::vector<TensorType> operands = cx.tensors("operands");
  const std::size_t arrow = equation.find("->");
  const std::string left = equation.substr(0, arrow);
  std::vector<Term> terms;
  for (std::size_t begin = 0; begin <= left.size();) {
    const std::size_t comma = std::min(left.find(',', begin), left.size());
    auto term = parse_term(cx, std::string_view(left).substr(begin, comma - begin));
    if (!term) return Type::poison();
    terms.push_back(std::move(*term));
    begin = comma + 1;
  }
  if (terms.size() != operands.size())
    return cx.fault(kOperands,
                    cx.op() + " receives " + std::to_string(operands.size()) + " tensors, its equation " +
                        tick(equation) + " names " + std::to_string(terms.size()),
                    {}, "equation");

  std::map<char, Dim> sizes;
  std::map<char, int> uses;
  std::vector<Dim> ellipsis;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const Term& term = terms[i];
    const std::vector<Dim>& shape = operands[i].shape;
    const bool open = term.ellipsis != std::string::npos;
    if (shape.size() < term.letters.size() || (!open && shape.size() != term.letters.size()))
      return cx.fault(kRank,
                      cx.op() + " receives " + operands[i].str() + " for " + tick(term.letters) + ", expected " +
                          (open ? "at least " : "") + std::to_string(term.letters.size()) + " dimensions",
                      {}, "operands");
    if (operands[i].dtype != operands[0].dtype)
      return cx.fault(common::kSameDtype, cx.op() + " receives " + operands[0].str() + " and " + operands[i].str() +
                                              ", expected equal dtypes");
    const std::size_t spread = shape.size() - term.letters.size();
    for (std::size_t k = 0; k < term.letters.size(); ++k) {
      const char letter = term.letters[k];
      const Dim size = shape[open && k >= term.ellipsis ? k + spread : k];
      const auto [at, fresh] = sizes.emplace(letter, size);
      ++uses[letter];
      if (!fresh &&
          !cx.require_equal(at->second, size, std::string("`") + letter + "` of " + tick(equation) + " names one size"))
        return Type::poison();
    }
    if (open) {
      const auto first = shape.begin() + static_cast<std::ptrdiff_t>(term.ellipsis);
      auto joined = cx.broadcast(ellipsis, {first, first + static_cast<std::ptrdiff_t>(spread)},
                                 "`...` of " + tick(equation) + " stands for the same sizes everywhere");
      if (!joined) return Type::poison();
      ellipsis = std::move(*joined);
    }
  }

  Term out;
  if (arrow != std::string::npos) {
    auto term = parse_term(cx, std::string_view(equation).substr(arrow + 2));
    if (!term) return Type::poison();
    out = std::move(*term);
  } else {  // implicit: the ellipsis, then in order of the alphabet what stands once
    out.ellipsis = 0;
    for (const auto& [letter, count] : uses)
      if (count == 1) out.letters += letter;
  }
  std::vector<Dim> shape;
  for (std::size_t k = 0; k <= out.letters.size(); ++k) {
    if (k == out.ellipsis) shape.insert(shape.end(), ellipsis.begin(), ellipsis.end());
    if (k == out.letters.size()) break;
    const char letter = out.letters[k];
    if (!sizes.count(letter))
      return cx.fault(
          kResultLetter,
          cx.op() + " has " + tick(std::string(1, letter)) + " in its result, expected a letter of " + tick(left), {},
          "equation");
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

/// A multiply-add for every combination of all letters.
Dim einsum_flops(InferContext& cx, const Type& out) {
  const std::string equation = cx.word("equation");
  const std::string left = equation.substr(0, equation.find("->"));
  const std::vector<TensorType> operands = cx.tensors("operands");
  if (operands.size() < 2) return 0;
  Dim total = multiply_adds({out.tensor.numel()});
  const std::size_t arrow = equation.find("->");
  std::string kept = arrow == std::string::npos ? "" : equation.substr(arrow);
  std::size_t operand = 0, position = 0;
  for (std::size_t i = 0; i < left.size() && operand < operands.size(); ++i) {
    const char c = left[i];
    if (c == ',') {
      ++operand, position = 0;
    } else if (c == '.') {
      return total;  // sizes before and after an ellipsis: what the result has is the bound
    } else if (c != ' ') {
      if (kept.find(c) == std::string::npos && arrow != std::string::npos && position < operands[operand].rank()) {
        total = total * operands[operand].shape[position];
        kept += c;
      }
      ++position;
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
              .traits(kPure)
              .demands({kLetters, kOperands, kRank, kResultLetter, kResultOnce, kDtype})
              .infer(infer_einsum)
              .flops(einsum_flops)
              .note("the tensors may be given one by one or as a list")
              .example("einsum(\"bij,bjk->bik\", [x, y])", "float[B, 2, 3], float[B, 3, 4]");
  ops.push_back(std::move(op));
}

}  // namespace modelc::ops
