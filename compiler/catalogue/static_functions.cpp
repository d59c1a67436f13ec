// Functions of the language itself. Of static values only they are Python's; those that torch has too are torch's where
// a tensor is among the arguments.
#include "catalogue/entry.h"

namespace modelc::catalogue {

namespace {

Declare function(FunctionId id, std::string name) { return Declare(Kind::StaticFunction, id, std::move(name)); }

}  // namespace

std::vector<Entry> static_functions() {
  using Id = FunctionId;
  return {
      function(Id::Sum, "sum").summary("The sum of a list.").rest("items: any").example("sum([1, 2, 3])"),
      function(Id::Max, "max").summary("The largest.").rest("items: any").example("max(8, width // 2)"),
      function(Id::Min, "min").summary("The smallest.").rest("items: any").example("min(8, width // 2)"),
      function(Id::Abs, "abs").summary("The magnitude.").argument("x: any").example("abs(-3)"),
      function(Id::Log, "log")
          .summary("The logarithm, natural unless a base is given.")
          .argument("x: any")
          .argument("base: float? in 0<.. = null")
          .example("log(64, 2)"),
      function(Id::Sqrt, "sqrt").summary("The square root.").argument("x: any").example("sqrt(width)"),
      function(Id::Round, "round")
          .summary("The nearest integer, halves to the even one; or so many digits.")
          .argument("x: any")
          .argument("digits: int? = null")
          .example("round(0.5 * width)"),
      function(Id::Len, "len")
          .summary("How many items, letters, children, rows.")
          .argument("x: any")
          .example("len(depths)"),
      function(Id::Float, "float").summary("As a float.").argument("x: any").example("float(width)"),
      function(Id::Int, "int").summary("As an integer, cut towards 0.").argument("x: any").example("int(width * 1.5)"),
      function(Id::Bool, "bool").summary("As true or false.").argument("x: any").example("bool(depth)"),
      function(Id::Str, "str").summary("As text.").argument("x: any").example("str(depth)"),
      function(Id::Range, "range")
          .summary("Integers from start, up to and without stop.")
          .rest("bounds: int")
          .note("`range(stop)`, `range(start, stop)`, `range(start, stop, step)`.")
          .example("range(depth)"),
      function(Id::Zip, "zip")
          .summary("The rows of lists of equal length.")
          .rest("lists: any")
          .example("zip(widths, depths)"),
      function(Id::Enumerate, "enumerate")
          .summary("The items with their numbers.")
          .argument("list: any")
          .argument("start: dim = 0")
          .example("enumerate(widths)"),
      function(Id::Ceil, "ceil").summary("Rounded up.").argument("x: any").example("ceil(width / 3)"),
      function(Id::Floor, "floor").summary("Rounded down.").argument("x: any").example("floor(width / 3)"),
      function(Id::Sorted, "sorted").summary("In ascending order.").rest("items: any").example("sorted(widths)"),
      function(Id::Defined, "defined")
          .summary("Whether an optional input is given, or a value is not null.")
          .argument("x: any")
          .example("defined(mask)"),
      function(Id::Exp, "exp").summary("e to the power of x.").argument("x: any").example("exp(1)"),
      function(Id::Sin, "sin").summary("The sine.").argument("x: any").example("sin(pi / 2)"),
      function(Id::Cos, "cos").summary("The cosine.").argument("x: any").example("cos(pi)"),
      function(Id::Tan, "tan").summary("The tangent.").argument("x: any").example("tan(pi / 4)"),
      function(Id::Pow, "pow")
          .summary("x to the power of y.")
          .argument("x: any")
          .argument("y: any")
          .example("pow(2, depth)"),
      function(Id::All, "all").summary("Whether every item is true.").rest("items: any").example("all(flags)"),
      function(Id::Any, "any").summary("Whether an item is true.").rest("items: any").example("any(flags)"),
      function(Id::List, "list").summary("As a list.").argument("x: any").example("list(widths)"),
      function(Id::Tuple, "tuple").summary("As a tuple.").argument("x: any").example("tuple(widths)"),
      function(Id::Reversed, "reversed").summary("Last first.").argument("x: any").example("reversed(widths)"),
      function(Id::Map, "map")
          .summary("The i-th module of the i-th input, or every module of one.")
          .argument("modules: any")
          .argument("inputs: any")
          .rest("more: any")
          .named("more: any")
          .example("map(extractors, xs)"),
      function(Id::Scan, "scan")
          .summary("Calls a step for each item of a run-time dimension.")
          .argument("step: any")
          .argument("xs: any")
          .argument("state: any")
          .argument("dim: int = 1")
          .named("more: any")
          .note("The step is called as `step(x_t, state)` and gives `(y_t, state)`; what is named otherwise goes to "
                "every "
                "step. It becomes a loop: the state keeps its type.")
          .example("ys, state: scan(step, xs, state)"),
      function(Id::Tap, "tap")
          .summary("What a module, or a binding within it, produced in this evaluation.")
          .argument("path: any")
          .keyword("call: int? in 0.. = null")
          .example("tap(layer3)"),
      function(Id::Prod, "prod").summary("The product of a list.").rest("items: any").example("prod([2, 3])"),
      function(Id::Rearrange, "rearrange")
          .summary("A tensor with its dimensions split, joined and moved, as a pattern says.")
          .argument("x: Tensor")
          .argument("pattern: str")
          .named("size: dim")
          .example("rearrange(x, \"b (h d) t -> b h t d\", h=8)"),
      function(Id::WeightNorm, "weight_norm")
          .summary("The module with a weight that is kept as its length and its direction.")
          .argument("module: any")
          .argument("name: str = \"weight\"")
          .argument("dim: int? = 0")
          .note("PyTorch's `weight_g` and `weight_v`; without a `dim` there is one length for the whole.")
          .example("weight_norm(Conv1d(8, 3))"),
      function(Id::SpectralNorm, "spectral_norm")
          .summary("The module with a weight that is divided by its largest singular value.")
          .argument("module: any")
          .argument("name: str = \"weight\"")
          .argument("n_power_iterations: int in 1.. = 1")
          .argument("eps: float in 0<.. = 1e-12")
          .argument("dim: int? = null")
          .note("PyTorch's `weight_orig`, `weight_u` and `weight_v`; the estimate comes nearer in training only.")
          .example("spectral_norm(Linear(8))"),
  };
}

}  // namespace modelc::catalogue
