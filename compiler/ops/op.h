// How an operator is declared: once, here, for checking, inference, documentation and emitters. An operator is either a
// module (`Linear`: constructor arguments, then a call on tensors) or a function (`cat`: one list of parameters in
// which tensors and static arguments mix). See docs/adding_an_operator.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/becomes.h"
#include "ops/constraint.h"
#include "ops/traits.h"
#include "support/late_text.h"
#include "types/constant.h"
#include "types/param.h"

namespace modelc::ops {

using types::Constant;
using types::Dim;
using types::DType;
using types::Param;
using types::parse_param;
using types::TensorType;
using types::Type;

/// Initial values of a parameter, PyTorch's default for it. Drawn in the order of declaration.
struct Init {
  enum Kind { Zeros, Ones, Fill, Uniform, Normal, Values, Expression, Unit, NormOf, TruncatedNormal } kind = Zeros;
  double a = 0;  // Fill: the value; Uniform: low; (Truncated)Normal: mean; Unit: least length that is divided by;
                 // NormOf: which tensor of the module
  double b = 0;  // Uniform: high; (Truncated)Normal: standard deviation; NormOf: the dimension that stays, -1 for none
  std::vector<double> values;  // Values: row-major; TruncatedNormal: the bounds
  /// After drawing, this row of dimension 0 is zero (Embedding's padding_idx); -1: none.
  std::int64_t zero_row = -1;
  /// Within a module, tensors are drawn by ascending rank, then in order of declaration: MultiheadAttention draws its
  /// out_proj first, which stands last in the state_dict.
  int rank = 0;
  /// Drawn, so that the generator moves on as PyTorch's does, and then set to zero all the same.
  bool cleared = false;

  static Init zeros() { return {}; }
  static Init ones() {
    Init i;
    i.kind = Ones;
    return i;
  }
  static Init fill(double v) {
    Init i;
    i.kind = Fill;
    i.a = v;
    return i;
  }
  static Init uniform(double bound) {
    Init i;
    i.kind = Uniform;
    i.a = -bound;
    i.b = bound;
    return i;
  }
  static Init normal(double mean, double std) {
    Init i;
    i.kind = Normal;
    i.a = mean;
    i.b = std;
    return i;
  }
  bool operator==(const Init&) const = default;
};

/// Why a size must be so. Most requirements hold, and their reasons are never read.
using Reason = support::LateText;

/// A parameter or buffer that a module operator owns.
struct OwnedTensor {
  std::string name;
  TensorType type;
  Init init;
  bool buffer = false;
};

/// What an infer function sees and says. Every `require…` reports its own diagnostic at the call and returns false
/// where it does not hold; after a false return nothing, the result is poisoned then.
class InferContext {
 public:
  virtual ~InferContext() = default;

  // --- static arguments (of the module's constructor or of the call), checked and defaulted by name ---
  virtual const Constant& arg(std::string_view name) const = 0;
  bool is_null(std::string_view name) const { return arg(name).is_null(); }
  bool flag(std::string_view name) const { return arg(name).as_bool(); }
  std::int64_t integer(std::string_view name) const { return arg(name).as_int(); }
  double number(std::string_view name) const { return arg(name).as_double(); }
  Dim dim(std::string_view name) const { return arg(name).as_dim(); }
  const std::string& word(std::string_view name) const { return arg(name).as_string(); }
  std::vector<std::int64_t> integers(std::string_view name) const;
  std::vector<Dim> dims(std::string_view name) const;

  // --- tensors ---
  /// Given and not null. For `Tensor|number`: given as a tensor.
  virtual bool has(std::string_view name) const = 0;
  virtual const TensorType& tensor(std::string_view name) const = 0;
  virtual std::vector<TensorType> tensors(std::string_view name) const = 0;
  /// For `any`: the type as it is (tuples, lists).
  virtual Type type(std::string_view name) const = 0;
  /// The integers that stand written where a tensor is due (of a list that is given, in its item `part`); none where it
  /// is computed.
  virtual std::vector<std::int64_t> written(std::string_view, std::size_t) const { return {}; }

  // --- requirements, reported at the call ---
  /// `what` completes "because …": "the sizes must be equal in every dimension but `dim`".
  virtual bool require_equal(Dim a, Dim b, Reason what) = 0;
  virtual bool require_at_least(Dim a, Dim least, Reason what) = 0;
  /// n % d == 0.
  virtual bool require_divisible(Dim n, Dim d, Reason what) = 0;
  /// The sizes need not be checked now: true where a >= least holds for every admitted value (nothing is recorded).
  virtual bool known_at_least(Dim a, std::int64_t least) const = 0;
  /// Reports a call that breaks `constraint` (M6001) at the call or at the argument `name`; always returns poison.
  virtual Type fault(const Constraint& constraint, const std::string& message, const std::string& help = {},
                     std::string_view argument = {}) = 0;

  // --- results ---
  /// A size that the input fixes: at the first call it is recorded under `name`; a stated value or an earlier call that
  /// says otherwise is reported (with both places). The size must be known (no symbol), else that is reported.
  virtual bool infer(std::string_view name, Dim size) = 0;
  /// Declares a tensor the module owns; order is the order of the state_dict and of drawing. Repeated calls are
  /// ignored.
  virtual void own(OwnedTensor tensor) = 0;
  /// The type of what was declared so far, at this call or an earlier one: of one name, null where there is none; of
  /// all in order.
  virtual const TensorType* owned(std::string_view name) const = 0;
  virtual std::vector<TensorType> owned() const = 0;
  /// A size of a result that the data decide, 0 included: a symbol of this call's own, bound when it has run. `result`
  /// counts the tensors of the result in order.
  virtual Dim measured_size(std::size_t result, std::size_t dimension) = 0;
  /// Simplified by what is known.
  virtual Dim simplify(Dim dim) const = 0;
  virtual bool training() const = 0;
  /// What the parameters of the module are kept in; a floating input must be of the same dtype.
  virtual DType parameter_dtype() const { return DType::Float32; }

  // --- the operator whose rule runs, for messages; OpBuilder sees to it ---
  /// In backticks.
  std::string op() const { return "`" + std::string(op_) + "`"; }
  /// `name` lives as long as the call.
  virtual void name_operator(std::string_view name) { op_ = name; }
  /// The name by which the user knows an argument: `padding` of a module that becomes `pad` of a function.
  virtual std::string_view shown(std::string_view argument) const { return argument; }

  // --- conveniences built on the above ---
  /// Reports unless the tensor has `rank` dimensions (or one of two).
  bool require_rank(std::string_view name, std::size_t rank);
  bool require_rank_between(std::string_view name, std::size_t low, std::size_t high);
  bool require_floating(std::string_view name);
  /// A dimension argument, negative ones counted from the end; nullopt after reporting where it is out of range.
  std::optional<std::size_t> axis(std::string_view argument, std::size_t rank);
  std::optional<std::size_t> axis_of(std::int64_t value, std::size_t rank, std::string_view argument);
  /// PyTorch's broadcasting under the language's rule (a size broadcasts only where it is the constant 1).
  std::optional<std::vector<Dim>> broadcast(const std::vector<Dim>& a, const std::vector<Dim>& b, Reason what);

 private:
  std::string_view op_;
};

/// An elementwise function of numbers, exact in double; a function of one leaves the second aside.
using Arithmetic = double (*)(double, double);
using Infer = std::function<Type(InferContext&)>;
/// Floating-point operations of one call, a multiply-add as two; poison-free Dims over the symbols.
using Flops = std::function<Dim(InferContext&, const Type& result)>;

/// An operator by its place in the catalogue; modules and functions in one space.
enum class OpId : std::uint32_t {};
inline constexpr OpId kNoOp{0xffffffffU};

/// What the reference says of an operator.
struct About {
  std::string family;
  std::string summary;
  std::string example;         // one call, e.g. `Linear(10)`
  std::string example_inputs;  // types of its inputs, e.g. `float[B, 4]`
  std::string note;
  /// What its rule reports, of a module its function's as well; what any operator may report is no part of it.
  std::vector<Constraint> constraints;
};

/// The integers of an input are positions in something: what they may be, before a kernel meets them.
struct Indexes {
  std::string input = {};
  std::string of = {};        // the tensor they are positions in, or the integer argument that counts them
  std::string counted = {};   // what there are so many of: `classes`
  std::string axis = {};      // the argument that says which dimension of the tensor; empty: `dimension`
  std::size_t dimension = 0;  // of a tensor that has it, else the first
  std::string spare = {};     // the argument that names one integer more; empty: none
};

/// What numbers stand for, as far as a loss asks.
enum class Scale { Unknown, Logits, Probabilities, LogProbabilities, Clipped };

/// What it does to numbers, as far as that is certain to the last bit.
struct Numbers {
  /// What every element of the result is: a number, or the name of the parameter that gives it.
  Constant fills;
  /// Of an elementwise function of numbers: what it does to them. None where devices round differently.
  Arithmetic arithmetic = nullptr;
  /// The number that as second operand, of a commutative operator as either, leaves the other as it is. -0.0 is not 0:
  /// x + 0 turns -0.0 into 0.
  std::optional<double> neutral;
  std::optional<Indexes> indexes;
  Scale gives = Scale::Unknown;  // its result
  Scale takes = Scale::Unknown;  // its first input, of a loss
};

/// The state that a function writes.
struct Writes {
  /// The inputs whose new values are further results, after those that `infer` gives. Where such an input is null, so
  /// is its result.
  std::vector<std::string> inputs;
  std::string mode = "training";  // the flag of a call that says whether an operator that follows the mode trains
};

struct Op {
  OpId id = kNoOp;
  std::string name;
  About about;
  bool is_module = false;
  std::vector<Param> args;    // module: constructor arguments, in PyTorch's order
  std::vector<Param> inputs;  // what a call takes: for a function tensors and static arguments in PyTorch's order
  bool variadic = false;      // trailing integers gather into the last list parameter: `x.reshape(2, 3)`, `permute`
  std::vector<std::string> results;  // names of several results, for records and documentation
  /// Of a module that becomes a function: what it does before, then the function's rule on its inputs and tensors.
  Infer infer;
  Flops flops;
  Traits traits;
  Becomes becomes;  // a module: the function it is over explicit tensors; a function: the one it is another form of
  Writes writes;
  Numbers numbers;

  bool has(Trait trait) const { return traits.has(trait); }
  /// Its own constraint, or one of all operators.
  bool demands(const Constraint& constraint) const;
  const Param* find_arg(std::string_view name) const;
  /// By PyTorch's name or numpy's.
  const Param* find_input(std::string_view name) const;
};

/// Fluent declaration; `module_op("Linear")…`, `function_op("cat")…`.
class OpBuilder {
 public:
  OpBuilder(std::string name, bool is_module) { op_.name = std::move(name), op_.is_module = is_module; }
  bool is_module() const { return op_.is_module; }
  OpBuilder& summary(std::string s) {
    op_.about.summary = std::move(s);
    return *this;
  }
  OpBuilder& arg(std::string_view declaration);  // constructor argument
  /// A constructor argument that is given by name.
  OpBuilder& named_arg(std::string_view declaration);
  /// An inferred integer argument, in its place in PyTorch's order; or a declaration of one that may be more.
  OpBuilder& inferred(std::string_view name);
  OpBuilder& input(std::string_view declaration);    // parameter of the call
  OpBuilder& keyword(std::string_view declaration);  // keyword-only parameter of the call
  /// A parameter of the function that only a module sets.
  OpBuilder& internal(std::string_view declaration);
  OpBuilder& variadic() {
    op_.variadic = true;
    return *this;
  }
  OpBuilder& results(std::vector<std::string> names) {
    op_.results = std::move(names);
    return *this;
  }
  OpBuilder& infer(Infer f) {
    op_.infer = std::move(f);
    return *this;
  }
  OpBuilder& flops(Flops f) {
    op_.flops = std::move(f);
    return *this;
  }
  OpBuilder& traits(Traits traits) {
    op_.traits = traits;
    return *this;
  }
  /// Takes complex numbers as well; stands behind traits().
  OpBuilder& complex() {
    op_.traits.add(Trait::Complex);
    return *this;
  }
  OpBuilder& prepare(Prepare f) {
    op_.becomes.prepare = std::move(f);
    return *this;
  }
  OpBuilder& becomes(std::string function, std::vector<Binding> bindings = {}) {
    op_.becomes.function = std::move(function), op_.becomes.bindings = std::move(bindings);
    return *this;
  }
  OpBuilder& written(Written as) {
    op_.becomes.written = as;
    return *this;
  }
  OpBuilder& updates(std::vector<std::string> inputs, std::string mode = "training") {
    op_.writes = {std::move(inputs), std::move(mode)};
    return *this;
  }
  OpBuilder& fills(Constant value) {
    op_.numbers.fills = std::move(value);
    return *this;
  }
  OpBuilder& arithmetic(Arithmetic f) {
    op_.numbers.arithmetic = f;
    return *this;
  }
  OpBuilder& neutral(std::optional<double> number) {
    op_.numbers.neutral = number;
    return *this;
  }
  OpBuilder& indexes(Indexes indexes) {
    op_.numbers.indexes = std::move(indexes);
    return *this;
  }
  OpBuilder& example(std::string call, std::string inputs) {
    op_.about.example = std::move(call), op_.about.example_inputs = std::move(inputs);
    return *this;
  }
  OpBuilder& demands(const std::vector<Constraint>& constraints) {
    op_.about.constraints.insert(op_.about.constraints.end(), constraints.begin(), constraints.end());
    return *this;
  }
  OpBuilder& note(std::string s) {
    op_.about.note = std::move(s);
    return *this;
  }
  operator Op();  // NOLINT: ends the chain; the builder is empty afterwards

 private:
  Op op_;
};
OpBuilder module_op(std::string name);
OpBuilder function_op(std::string name);
/// A function under another of PyTorch's names: parameters, rule and example are those of `function`.
OpBuilder synonym(std::string name, std::string function);

/// Every operator, declared by the families that families.def lists. Module and function names share one space except
/// for case (`Softmax`, `softmax`).
class Catalogue {
 public:
  static const Catalogue& get();
  const Op* module(std::string_view name) const;
  const Op* function(std::string_view name) const;
  /// What a name behind a dot means: `Tensor.unfold` comes before the function `unfold`. Any function may stand there
  /// whose first parameter takes a tensor.
  const Op* method(std::string_view name) const;
  /// kNoOp where there is none of that name.
  OpId id(std::string_view name) const;
  const Op& op(OpId id) const { return ops_[static_cast<std::size_t>(id)]; }
  /// The function that a module, or another form of a function, becomes; null for one that has none.
  const Op* function_of(const Op& op) const { return op.becomes.op; }
  const std::vector<Op>& all() const { return ops_; }
  std::vector<std::string> module_names() const;
  std::vector<std::string> function_names() const;

 private:
  Catalogue();
  void tie_to_functions();
  void tell_scales();
  std::vector<Op> ops_;
  std::vector<std::pair<std::string, std::size_t>> by_name_;  // sorted
};

}  // namespace modelc::ops
