#include "plan/bind_inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "support/counted.h"
#include "types/dtype.h"

namespace modelc::plan {

namespace {

/// Beyond this no value is tried for a size that is not linear in its symbol.
constexpr std::int64_t kLargestSearched = 65536;

std::string words_of(const Input& input) {
  return fmt::format("{} `{}`", input.target ? "target" : "input", input.name);
}

[[noreturn]] void fail(const Input& wanted, const Fed& fed, const std::string& why) {
  throw Fault(wanted.span, fmt::format("{} is {}, the model wants {}: {}", words_of(wanted), type_words(fed),
                                       wanted.type_words, why));
}

void check_form(const Input& wanted, const Fed& fed) {
  if (!fed.given) {
    if (!wanted.needed) return;
    throw Fault(wanted.span, fmt::format("{} is not given, the model wants {}", words_of(wanted), wanted.type_words));
  }
  if (fed.sizes.size() != wanted.type.rank())
    fail(wanted, fed,
         fmt::format("it has {}, expected {}", support::counted(fed.sizes.size(), "dimension"), wanted.type.rank()));
  // Text comes as codes.
  const DType stored = types::dtype_row(wanted.type.dtype).dtype;
  if (fed.dtype != stored)
    fail(wanted, fed,
         fmt::format("its dtype is {}, expected {}", fed.dtype ? types::torch_word(*fed.dtype) : fed.dtype_words,
                     types::torch_word(wanted.type.dtype)));
}

/// One run over the checks.
class Binder {
 public:
  Binder(const Plan& plan, const std::vector<Fed>& fed)
      : plan_(plan), fed_(fed), sizes_(plan.sizes.start()), by_input_(plan.sizes.symbols.size(), kNone) {}

  std::vector<std::int64_t> bind() {
    plan_.sizes.run(sizes_);
    for (const SizeCheck& check : plan_.checks)
      if (fed_[check.input].given) look_at(check);
    if (stale_) plan_.sizes.run(sizes_);
    for (const Condition& condition : plan_.conditions) check_condition(plan_, condition, sizes_);
    return std::move(sizes_);
  }

 private:
  void look_at(const SizeCheck& check) {
    const std::int64_t size = fed_[check.input].sizes[check.dimension];
    if (check.solves != kNone && sizes_[check.solves] == kUnknownSize) return solve(check, size);
    const std::int64_t expected = value(check.expected);
    if (expected == kUnknownSize || expected == size) return;
    std::string why;
    for (const Register symbol : check.symbols) {
      why += fmt::format("{}`{}` is {}", why.empty() ? "" : ", ", name(symbol), sizes_[symbol]);
      const std::uint32_t from = by_input_[symbol];
      if (from != kNone && from != check.input) why += fmt::format(" by `{}`", plan_.inputs[from].name);
    }
    fail(check, size, fmt::format("expected {}{}", expected, why.empty() ? "" : " (" + why + ")"));
  }

  void solve(const SizeCheck& check, std::int64_t size) {
    const std::int64_t factor = value(check.factor), offset = value(check.offset);
    std::int64_t found = kUnknownSize;
    if (!check.linear) {
      found = search(check, size);
    } else if (factor == kUnknownSize || offset == kUnknownSize || factor == 0) {
      return;  // of an input that was not given
    } else if ((size - offset) % factor == 0) {
      found = (size - offset) / factor;
    }
    if (found == kUnknownSize) {
      const bool multiple = check.linear && factor > 1 && offset == 0;
      fail(check, size,
           multiple ? fmt::format("expected a multiple of {}", factor)
                    : fmt::format("expected a value of {}", plan_.sizes.words[check.expected.reg]));
    }
    const Symbol& symbol = plan_.sizes.symbols[check.solves];
    if (found < symbol.least)
      fail(check, size, fmt::format("which makes `{}` {}, expected at least {}", symbol.name, found, symbol.least));
    sizes_[check.solves] = found;
    by_input_[check.solves] = check.input;
    stale_ = true;
  }

  /// The only value of the symbol that gives the size: elaboration lets pass what has no other.
  std::int64_t search(const SizeCheck& check, std::int64_t size) {
    std::vector<std::int64_t> tried = sizes_;
    std::int64_t found = kUnknownSize;
    for (std::int64_t x = 1; x <= std::min(kLargestSearched, size + 1); ++x) {
      tried[check.solves] = x;
      plan_.sizes.run(tried);
      if (check.expected.value(tried) != size) continue;
      if (found != kUnknownSize) return kUnknownSize;
      found = x;
    }
    return found;
  }

  std::int64_t value(const Size& size) {
    if (stale_ && !size.is_constant()) {
      plan_.sizes.run(sizes_);
      stale_ = false;
    }
    return size.value(sizes_);
  }

  const std::string& name(Register symbol) const { return plan_.sizes.symbols[symbol].name; }

  [[noreturn]] void fail(const SizeCheck& check, std::int64_t size, const std::string& why) const {
    plan::fail(plan_.inputs[check.input], fed_[check.input],
               fmt::format("dimension {} is {}, {}", check.dimension, size, why));
  }

  const Plan& plan_;
  const std::vector<Fed>& fed_;
  std::vector<std::int64_t> sizes_;
  std::vector<std::uint32_t> by_input_;  // by symbol: the input that fixed it
  bool stale_ = false;                   // a symbol was bound since the program ran
};

}  // namespace

std::string type_words(const Fed& fed) {
  if (!fed.dtype) return fmt::format("a tensor of {}", fed.dtype_words);
  return fmt::format("{}[{}]", types::dtype_word(*fed.dtype), fmt::join(fed.sizes, ", "));
}

void check_condition(const Plan& plan, const Condition& condition, const std::vector<std::int64_t>& sizes) {
  const std::int64_t a = condition.a.value(sizes), b = condition.b.value(sizes);
  if (a == kUnknownSize || b == kUnknownSize || (condition.equal ? a == b : a >= b)) return;
  std::vector<std::string> values;
  for (const Register symbol : condition.symbols)
    values.push_back(fmt::format("{} = {}", plan.sizes.symbols[symbol].name, sizes[symbol]));
  throw Fault(condition.span, fmt::format("`{}` does not hold for {}", condition.words, fmt::join(values, ", ")));
}

std::vector<std::int64_t> bind_inputs(const Plan& plan, const std::vector<Fed>& fed) {
  if (fed.size() != plan.inputs.size()) throw std::logic_error("inputs do not match the plan's");
  for (std::size_t i = 0; i < fed.size(); ++i)
    if (plan.inputs[i].tensor) check_form(plan.inputs[i], fed[i]);
  return Binder(plan, fed).bind();
}

}  // namespace modelc::plan
