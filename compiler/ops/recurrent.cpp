// Recurrent layers and cells. Parameters stand, and are drawn, layer by layer and direction by direction.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kState{"recurrent.state", "a state has the type of the one that comes back"};
constexpr Constraint kStatePair{"recurrent.state_pair", "the state is the pair (h, c)"};
constexpr Constraint kProjection{"recurrent.projection", "`proj_size` is less than `hidden_size`"};
constexpr Constraint kLayers{"recurrent.layers", "`num_layers` is at most 10000"};

struct Recurrence {
  std::int64_t gates = 1;  // 4 LSTM, 3 GRU, 1 RNN
  bool cell = false;       // a cell state besides the hidden one
};

struct Widths {
  Dim hidden, output, directions, layers;
};

Widths widths(InferContext& cx, bool projected) {
  const Dim hidden = cx.dim("hidden_size");
  const std::int64_t proj = projected ? cx.integer("proj_size") : 0;
  return {hidden, proj > 0 ? Dim(proj) : hidden, cx.flag("bidirectional") ? 2 : 1, cx.dim("num_layers")};
}

bool own_layers(InferContext& cx, const Recurrence& kind, const Widths& w) {
  const Init init = inverse_sqrt(cx.integer("hidden_size"));
  const Dim gates = Dim(kind.gates) * w.hidden;
  for (std::int64_t layer = 0; layer < w.layers.constant(); ++layer)
    for (std::int64_t direction = 0; direction < w.directions.constant(); ++direction) {
      const std::string suffix = "_l" + std::to_string(layer) + (direction ? "_reverse" : "");
      const Dim in = layer ? w.output * w.directions : cx.dim("input_size");
      if (!own(cx, "weight_ih" + suffix, {gates, in}, init) || !own(cx, "weight_hh" + suffix, {gates, w.output}, init))
        return false;
      if (cx.flag("bias") &&
          (!own(cx, "bias_ih" + suffix, {gates}, init) || !own(cx, "bias_hh" + suffix, {gates}, init)))
        return false;
      if (w.output != w.hidden && !own(cx, "weight_hr" + suffix, {w.output, w.hidden}, init)) return false;
    }
  return true;
}

/// A given state must have the shape of the one that comes back.
bool require_state(InferContext& cx, const Type& given, const TensorType& wanted, const std::string& what) {
  if (!given.is_tensor() || given.tensor.rank() != wanted.rank() || given.tensor.dtype != wanted.dtype) {
    cx.fault(kState, cx.op() + " receives " + tick(what) + " of " + given.str() + ", expected " + wanted.str(), {},
             "hx");
    return false;
  }
  for (std::size_t i = 0; i < wanted.rank(); ++i)
    if (!cx.require_equal(given.tensor.shape[i], wanted.shape[i],
                          [&] { return tick(what) + " of " + given.str() + " is the state of " + wanted.str(); }))
      return false;
  return true;
}

bool require_states(InferContext& cx, const std::vector<TensorType>& wanted) {
  if (!cx.has("hx")) return true;
  const Type given = cx.type("hx");
  if (given.is_poison()) return false;
  if (wanted.size() == 1) return require_state(cx, given, wanted[0], "hx");
  if ((given.kind != types::TypeKind::Tuple && given.kind != types::TypeKind::List) || given.parts().size() != 2) {
    cx.fault(kStatePair,
             cx.op() + " receives `hx` of " + given.str() + ", expected the pair (" + wanted[0].str() + ", " +
                 wanted[1].str() + ")",
             {}, "hx");
    return false;
  }
  return require_state(cx, given.parts()[0], wanted[0], "h") && require_state(cx, given.parts()[1], wanted[1], "c");
}

bool prepare_layers(InferContext& cx, const Recurrence& kind) {
  if (!cx.require_rank_between("input", 2, 3) || !require_parameter_dtype(cx, "input")) return false;
  if (!cx.infer("input_size", cx.tensor("input").shape.back())) return false;
  const Widths w = widths(cx, kind.cell);
  if (kind.cell && cx.integer("proj_size") >= cx.integer("hidden_size")) {
    cx.fault(kProjection,
             cx.op() + " is given " + tick("proj_size=" + cx.arg("proj_size").str()) + ", expected less than " +
                 tick("hidden_size=" + cx.arg("hidden_size").str()),
             {}, "proj_size");
    return false;
  }
  constexpr std::int64_t kMostLayers = 10000;
  if (w.layers.constant() > kMostLayers) {
    cx.fault(kLayers,
             cx.op() + " is given " + tick("num_layers=" + w.layers.str()) + ", expected at most " +
                 std::to_string(kMostLayers),
             {}, "num_layers");
    return false;
  }
  return own_layers(cx, kind, w);
}

Type infer_layers(InferContext& cx, const Recurrence& kind) {
  if (!cx.require_rank_between("input", 2, 3) || !cx.require_floating("input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const Widths w = widths(cx, kind.cell);
  const bool batched = input.rank() == 3;
  const std::size_t batch = cx.flag("batch_first") ? 0 : 1;
  std::vector<Dim> state{w.layers * w.directions};
  if (batched) state.push_back(input.shape[batch]);
  state.push_back(w.output);
  std::vector<TensorType> states{{input.dtype, state}};
  if (kind.cell) {
    state.back() = w.hidden;
    states.push_back({input.dtype, state});
  }
  if (!require_states(cx, states)) return Type::poison();
  std::vector<Dim> shape = input.shape;
  shape.back() = w.output * w.directions;
  const Type out = result(cx, input.dtype, std::move(shape));
  if (!kind.cell) return Type::tuple({out, Type::of(states[0])});
  return Type::tuple({out, Type::tuple({Type::of(states[0]), Type::of(states[1])})});
}

/// Two products for each step, layer and direction, and the projection.
Dim layer_flops(InferContext& cx, const Recurrence& kind) {
  const TensorType& input = cx.tensor("input");
  const Widths w = widths(cx, kind.cell);
  const Dim steps = product(input.shape, 0, input.rank() - 1), gates = Dim(kind.gates) * w.hidden;
  const Dim per_step = w.output * gates + (w.output != w.hidden ? w.output * w.hidden : Dim(0));
  const Dim first = input.shape.back() * gates, later = w.output * w.directions * gates;
  return multiply_adds({steps, w.directions, first + later * (w.layers - 1) + per_step * w.layers});
}

bool prepare_cell(InferContext& cx, const Recurrence& kind) {
  if (!cx.require_rank_between("input", 1, 2) || !require_parameter_dtype(cx, "input")) return false;
  if (!cx.infer("input_size", cx.tensor("input").shape.back())) return false;
  const Dim hidden = cx.dim("hidden_size"), gates = Dim(kind.gates) * hidden;
  const Init init = inverse_sqrt(cx.integer("hidden_size"));
  return own(cx, "weight_ih", {gates, cx.dim("input_size")}, init) && own(cx, "weight_hh", {gates, hidden}, init) &&
         (!cx.flag("bias") || (own(cx, "bias_ih", {gates}, init) && own(cx, "bias_hh", {gates}, init)));
}

Type infer_cell(InferContext& cx, const Recurrence& kind) {
  if (!cx.require_rank_between("input", 1, 2) || !require_same_dtype(cx, "input", "weight_ih")) return Type::poison();
  TensorType state = cx.tensor("input");
  state.shape.back() = cx.tensor("weight_hh").shape.back();
  if (!require_states(cx, std::vector<TensorType>(kind.cell ? 2 : 1, state))) return Type::poison();
  if (!kind.cell) return Type::of(state);
  return Type::tuple({Type::of(state), Type::of(state)});
}

Dim cell_flops(InferContext& cx, const Recurrence& kind) {
  const TensorType& input = cx.tensor("input");
  const Dim hidden = cx.tensor("weight_hh").shape.back();
  return multiply_adds(
      {product(input.shape, 0, input.rank() - 1), Dim(kind.gates) * hidden, input.shape.back() + hidden});
}

std::vector<Constraint> states(const Recurrence& kind) {
  return kind.cell ? std::vector{kState, kStatePair} : std::vector{kState};
}

/// A module and the function that it becomes, which has no name of PyTorch's: its weights in one list.
void declare_layers(std::vector<Op>& ops, const std::string& name, const std::string& function,
                    const std::string& summary, Recurrence kind) {
  const bool plain = kind.gates == 1;
  const auto shared = [&](OpBuilder& op, auto declare) {
    declare("hidden_size: int in 1..");
    declare("num_layers: int in 1.. = 1");
    if (plain) declare("nonlinearity: {tanh|relu} = tanh");
    declare("bias: bool = true");
    declare("batch_first: bool = false");
    declare("dropout: float in 0..1 = 0");
    declare("bidirectional: bool = false");
    if (kind.cell) declare("proj_size: int in 0.. = 0");
    op.results({"output", "state"}).example(name + "(16, batch_first=true)", "float[B, T, 8]");
  };
  OpBuilder module(name, true);
  module.summary(summary).inferred("input_size").input("input: Tensor").input("hx: any? = null");
  shared(module, [&](const char* text) { module.arg(text); });
  if (kind.cell) module.demands({kProjection});
  ops.push_back(module.demands({kLayers})
                    .prepare([kind](InferContext& cx) { return prepare_layers(cx, kind); })
                    .becomes(function, {all_owned("weights")})
                    .note(kind.cell ? "the state is the pair (h_n, c_n); dropout acts between layers, in training only"
                                    : "dropout acts between layers, in training only"));
  OpBuilder op(function, false);
  op.summary(summary).input("input: Tensor").input("hx: any? = null").keyword("weights: Tensor[]");
  shared(op, [&](const char* text) { op.keyword(text); });
  ops.push_back(op.keyword("training: bool? = null")
                    .traits(kRandomInTraining)
                    .demands(states(kind))
                    .infer([kind](InferContext& cx) { return infer_layers(cx, kind); })
                    .flops([kind](InferContext& cx, const Type&) { return layer_flops(cx, kind); }));
}

void declare_cell(std::vector<Op>& ops, const std::string& name, const std::string& function,
                  const std::string& summary, Recurrence kind) {
  const char* const nonlinearity = "nonlinearity: {tanh|relu} = tanh";
  OpBuilder module(name, true);
  module.summary(summary).inferred("input_size").arg("hidden_size: int in 1..").arg("bias: bool = true");
  if (kind.gates == 1) module.arg(nonlinearity);
  module.input("input: Tensor").input("hx: any? = null");
  if (kind.cell) module.results({"h", "c"});
  ops.push_back(module.prepare([kind](InferContext& cx) { return prepare_cell(cx, kind); })
                    .becomes(function)
                    .example(name + "(16)", "float[B, 8]"));
  OpBuilder op(function, false);
  op.summary(summary).input("input: Tensor").input("hx: any? = null");
  op.keyword("weight_ih: Tensor").keyword("weight_hh: Tensor");
  op.keyword("bias_ih: Tensor? = null").keyword("bias_hh: Tensor? = null");
  if (kind.gates == 1) op.keyword(nonlinearity);
  if (kind.cell) op.results({"h", "c"});
  ops.push_back(op.traits(kPure)
                    .demands(states(kind))
                    .infer([kind](InferContext& cx) { return infer_cell(cx, kind); })
                    .flops([kind](InferContext& cx, const Type&) { return cell_flops(cx, kind); })
                    .example(name + "(16)", "float[B, 8]"));
}

}  // namespace

std::vector<Op> recurrent_family() {
  std::vector<Op> ops;
  declare_layers(ops, "LSTM", "_lstm", "long short-term memory over sequences; gives (output, (h_n, c_n))", {4, true});
  declare_layers(ops, "GRU", "_gru", "gated recurrent units over sequences; gives (output, h_n)", {3, false});
  declare_layers(ops, "RNN", "_rnn", "plain recurrent units over sequences; gives (output, h_n)", {1, false});
  declare_cell(ops, "LSTMCell", "_lstm_cell", "one step of an LSTM; gives (h, c)", {4, true});
  declare_cell(ops, "GRUCell", "_gru_cell", "one step of a GRU", {3, false});
  declare_cell(ops, "RNNCell", "_rnn_cell", "one step of a plain recurrent unit", {1, false});
  return ops;
}

}  // namespace modelc::ops
