// The derivative of an operator as calls of operators, declared once beside it: from the gradients of a call's results
// to those of its operands. `passes/differentiate` runs the rules; they know no graph. Formulas are those of PyTorch's
// derivatives.yaml, so that numbers agree to rounding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "types/constant.h"
#include "types/type.h"

namespace modelc::ops {

/// A tensor of the graph that the rule works on.
struct Term {
  std::uint32_t value = 0xFFFFFFFFU;
  bool given() const { return value != 0xFFFFFFFFU; }
};

/// What a parameter of a call gets.
struct Given {
  Given(Term t) : term(t) {}                                      // NOLINT
  Given(std::vector<Term> l) : list(std::move(l)), many(true) {}  // NOLINT
  Given(types::Constant c) : constant(std::move(c)) {}            // NOLINT
  Given(double v) : constant(v) {}                                // NOLINT
  Given(int v) : constant(v) {}                                   // NOLINT
  Given(std::int64_t v) : constant(v) {}                          // NOLINT
  Given(bool v) : constant(v) {}                                  // NOLINT
  Term term;
  std::vector<Term> list;
  types::Constant constant;
  bool many = false;
};

/// One call whose derivative is asked for.
class Derivation {
 public:
  virtual ~Derivation() = default;

  // --- the call ---
  /// Whether a tensor was given for the parameter.
  virtual bool has(std::string_view name) const = 0;
  virtual Term operand(std::string_view name) const = 0;
  virtual std::vector<Term> operands(std::string_view name) const = 0;
  /// A static argument; null for a tensor.
  virtual const types::Constant& arg(std::string_view name) const = 0;
  /// What the call gives; those of a form that saves more than the operator's own stand behind them.
  virtual Term result(std::size_t i = 0) const = 0;
  virtual std::size_t results() const = 0;
  virtual const types::TensorType& type(Term term) const = 0;

  // --- gradients ---
  /// Of a result; not given where nothing depends on it.
  virtual Term gradient(std::size_t i = 0) const = 0;
  /// Whether anyone asks for the gradient of the operand, or of one in the list.
  virtual bool wanted(std::string_view name) const = 0;
  /// The gradient of an operand: summed over dimensions along which the operand was stretched, in its dtype. Does
  /// nothing where nobody asks for it.
  virtual void give(std::string_view name, Term gradient) = 0;
  virtual void give(std::string_view name, std::size_t item, Term gradient) = 0;
  /// The rule does not know the derivative of a call with these arguments.
  virtual void decline() = 0;

  // --- making ---
  /// A call of a function of the catalogue by the names of its parameters; its first result.
  Term call(std::string_view op, std::vector<std::pair<std::string_view, Given>> args) {
    return calls(op, std::move(args)).at(0);
  }
  /// All results.
  virtual std::vector<Term> calls(std::string_view op, std::vector<std::pair<std::string_view, Given>> args) = 0;
};

using Derivative = void (*)(Derivation&);

/// A rule and the operator that it is of.
struct DerivativeRow {
  std::string_view op;
  Derivative rule;
  /// A form of the operator that gives what the rule needs beside the results: `return_indices=true`, say. By which
  /// function it is called, with which further arguments.
  std::string_view saving = {};
  std::vector<std::pair<std::string_view, types::Constant>> saving_args = {};
};

// By family.
std::vector<DerivativeRow> elementwise_derivatives();
std::vector<DerivativeRow> activation_derivatives();
std::vector<DerivativeRow> product_derivatives();
std::vector<DerivativeRow> shape_derivatives();
std::vector<DerivativeRow> reduction_derivatives();
std::vector<DerivativeRow> loss_derivatives();
std::vector<DerivativeRow> window_derivatives();  // convolution, pooling
std::vector<DerivativeRow> normalization_derivatives();

/// The row of an operator; null where LibTorch's autograd is to do it.
const DerivativeRow* derivative_of(std::string_view op);

}  // namespace modelc::ops
