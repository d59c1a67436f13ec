// Recurrent layers and cells, on ATen's own kernels with PyTorch's flat list of weights.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

/// What the three layers share; `weights` in PyTorch's order: layer by layer, direction by direction.
struct Layers {
  FetchList weights;
  std::int64_t count = 1, directions = 1, hidden = 0, projected = 0;
  bool bias = true, bidirectional = false, batch_first = false, training = false;
  double dropout = 0;

  explicit Layers(const NodeView& n) {
    weights = n.tensors("weights");
    count = n.integer("num_layers");
    bidirectional = n.flag("bidirectional");
    directions = bidirectional ? 2 : 1;
    hidden = n.integer("hidden_size");
    bias = n.flag("bias");
    batch_first = n.flag("batch_first");
    training = is_set(n, "training");
    dropout = n.number("dropout");
  }

  /// Zeros for a state that was not given; `x` has its batch dimension.
  at::Tensor zeros(const at::Tensor& x, std::int64_t width) const {
    return at::zeros({count * directions, x.size(batch_first ? 0 : 1), width}, x.options());
  }
};

at::Tensor with_batch(const Layers& layers, const at::Tensor& x) {
  return x.dim() == 3 ? x : x.unsqueeze(layers.batch_first ? 0 : 1);
}

at::Tensor state_with_batch(const at::Tensor& state, bool batched) { return batched ? state : state.unsqueeze(1); }

/// Results of a call on one sequence lose the batch dimension again.
std::vector<at::Tensor> as_called(const Layers& layers, bool batched, std::vector<at::Tensor> results) {
  if (batched) return results;
  results[0] = results[0].squeeze(layers.batch_first ? 0 : 1);
  for (std::size_t i = 1; i < results.size(); ++i) results[i] = results[i].squeeze(1);
  return results;
}

Kernel lstm(const NodeView& n) {
  const bool given = n.has("hx");
  Layers all(n);
  all.projected = n.integer("proj_size");
  return several(n, [layers = std::move(all), given, x = n.tensor("input"),
                     hx = given ? n.tensors("hx") : FetchList()](const Frame& f) {
    const bool batched = x(f).dim() == 3;
    const at::Tensor in = with_batch(layers, x(f));
    std::vector<at::Tensor> state;
    if (given) {
      for (const at::Tensor& part : hx(f)) state.push_back(state_with_batch(part, batched));
    } else {
      state = {layers.zeros(in, layers.projected > 0 ? layers.projected : layers.hidden),
               layers.zeros(in, layers.hidden)};
    }
    auto [out, h, c] = at::lstm(in, state, layers.weights(f), layers.bias, layers.count, layers.dropout,
                                layers.training, layers.bidirectional, layers.batch_first);
    return as_called(layers, batched, {out, h, c});
  });
}

using Weights = std::vector<at::Tensor>;
using Recurrence = std::tuple<at::Tensor, at::Tensor> (*)(const Layers&, const Weights& weights, const at::Tensor& x,
                                                          const at::Tensor& state);

Kernel one_state(const NodeView& n, Recurrence run) {
  return several(n, [run, layers = Layers(n), x = n.tensor("input"), hx = n.tensor("hx")](const Frame& f) {
    const bool batched = x(f).dim() == 3;
    const at::Tensor in = with_batch(layers, x(f));
    const at::Tensor& given = hx(f);
    auto [out, h] = run(layers, layers.weights(f), in,
                        given.defined() ? state_with_batch(given, batched) : layers.zeros(in, layers.hidden));
    return as_called(layers, batched, {out, h});
  });
}

Kernel gru(const NodeView& n) {
  return one_state(n, [](const Layers& l, const Weights& w, const at::Tensor& x, const at::Tensor& h) {
    return at::gru(x, h, w, l.bias, l.count, l.dropout, l.training, l.bidirectional, l.batch_first);
  });
}

Kernel rnn(const NodeView& n) {
  if (n.arg("nonlinearity").as_string() == "relu") {
    return one_state(n, [](const Layers& l, const Weights& w, const at::Tensor& x, const at::Tensor& h) {
      return at::rnn_relu(x, h, w, l.bias, l.count, l.dropout, l.training, l.bidirectional, l.batch_first);
    });
  }
  return one_state(n, [](const Layers& l, const Weights& w, const at::Tensor& x, const at::Tensor& h) {
    return at::rnn_tanh(x, h, w, l.bias, l.count, l.dropout, l.training, l.bidirectional, l.batch_first);
  });
}

struct Cell {
  Fetch w_ih, w_hh, b_ih, b_hh;
  explicit Cell(const NodeView& n)
      : w_ih(n.tensor("weight_ih")),
        w_hh(n.tensor("weight_hh")),
        b_ih(n.tensor("bias_ih")),
        b_hh(n.tensor("bias_hh")) {}
  at::Tensor zeros(const Frame& f, const at::Tensor& x) const {
    return at::zeros({x.size(0), w_hh(f).size(1)}, x.options());
  }
};

at::Tensor row(const at::Tensor& t, bool batched) { return batched ? t : t.unsqueeze(0); }
at::Tensor unrow(const at::Tensor& t, bool batched) { return batched ? t : t.squeeze(0); }

Kernel lstm_cell(const NodeView& n) {
  const bool given = n.has("hx");
  return several(n,
                 [cell = Cell(n), given, x = n.tensor("input"),
                  hx = given ? n.tensors("hx") : FetchList()](const Frame& f) -> std::vector<at::Tensor> {
                   const bool batched = x(f).dim() == 2;
                   const at::Tensor in = row(x(f), batched);
                   std::vector<at::Tensor> state;
                   if (given) {
                     for (const at::Tensor& part : hx(f)) state.push_back(row(part, batched));
                   } else {
                     state = {cell.zeros(f, in), cell.zeros(f, in)};
                   }
                   auto [h, c] =
                       at::lstm_cell(in, state, cell.w_ih(f), cell.w_hh(f), maybe(cell.b_ih(f)), maybe(cell.b_hh(f)));
                   return {unrow(h, batched), unrow(c, batched)};
                 });
}

using CellStep = at::Tensor (*)(const at::Tensor& x, const at::Tensor& state, const at::Tensor& w_ih,
                                const at::Tensor& w_hh, const c10::optional<at::Tensor>& b_ih,
                                const c10::optional<at::Tensor>& b_hh);

Kernel one_state_cell(const NodeView& n, CellStep step) {
  return single(n, [step, cell = Cell(n), x = n.tensor("input"), hx = n.tensor("hx")](const Frame& f) {
    const bool batched = x(f).dim() == 2;
    const at::Tensor in = row(x(f), batched);
    const at::Tensor state = hx(f).defined() ? row(hx(f), batched) : cell.zeros(f, in);
    return unrow(step(in, state, cell.w_ih(f), cell.w_hh(f), maybe(cell.b_ih(f)), maybe(cell.b_hh(f))), batched);
  });
}

}  // namespace

void lower_recurrent(Lowerings& lowerings) {
  lowerings.add("_lstm", lstm);
  lowerings.add("_gru", gru);
  lowerings.add("_rnn", rnn);
  lowerings.add("_lstm_cell", lstm_cell);
  lowerings.add("_gru_cell", [](const NodeView& n) { return one_state_cell(n, at::gru_cell); });
  lowerings.add("_rnn_cell", [](const NodeView& n) {
    const bool relu = n.arg("nonlinearity").as_string() == "relu";
    return one_state_cell(n, relu ? at::rnn_relu_cell : at::rnn_tanh_cell);
  });
}

}  // namespace modelc::kernels
