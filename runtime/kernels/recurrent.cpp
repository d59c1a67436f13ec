// Recurrent layers and cells, on ATen's own kernels with PyTorch's flat list of weights.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

/// What the three layers share; `weights` in PyTorch's order: layer by layer, direction by direction.
struct Layers {
  std::vector<at::Tensor*> weights;
  std::int64_t count = 1, directions = 1, hidden = 0, projected = 0;
  bool bias = true, bidirectional = false, batch_first = false, training = false;
  double dropout = 0;

  explicit Layers(const NodeView& n) {
    count = n.integer("num_layers");
    bidirectional = n.flag("bidirectional");
    directions = bidirectional ? 2 : 1;
    hidden = n.integer("hidden_size");
    projected = n.has("proj_size") ? n.integer("proj_size") : 0;
    bias = n.flag("bias");
    batch_first = n.flag("batch_first");
    training = n.training();
    dropout = n.number("dropout");
    for (std::int64_t layer = 0; layer < count; ++layer) {
      for (const char* direction : {"", "_reverse"}) {
        if (*direction && !bidirectional) continue;
        const std::string suffix = "_l" + std::to_string(layer) + direction;
        for (const char* part : {"weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"}) {
          if (at::Tensor* tensor = n.own(part + suffix)) weights.push_back(tensor);
        }
      }
    }
  }

  std::vector<at::Tensor> flat() const {
    std::vector<at::Tensor> out;
    out.reserve(weights.size());
    for (const at::Tensor* tensor : weights) out.push_back(*tensor);
    return out;
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
  return several(n, [layers = Layers(n), given, x = n.tensor("input"),
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
    auto [out, h, c] = at::lstm(in, state, layers.flat(), layers.bias, layers.count, layers.dropout, layers.training,
                                layers.bidirectional, layers.batch_first);
    return as_called(layers, batched, {out, h, c});
  });
}

using Recurrence = std::tuple<at::Tensor, at::Tensor> (*)(const Layers&, const at::Tensor& x, const at::Tensor& state);

Kernel one_state(const NodeView& n, Recurrence run) {
  return several(n, [run, layers = Layers(n), x = n.tensor("input"), hx = n.tensor("hx")](const Frame& f) {
    const bool batched = x(f).dim() == 3;
    const at::Tensor in = with_batch(layers, x(f));
    const at::Tensor& given = hx(f);
    auto [out, h] =
        run(layers, in, given.defined() ? state_with_batch(given, batched) : layers.zeros(in, layers.hidden));
    return as_called(layers, batched, {out, h});
  });
}

Kernel gru(const NodeView& n) {
  return one_state(n, [](const Layers& l, const at::Tensor& x, const at::Tensor& h) {
    return at::gru(x, h, l.flat(), l.bias, l.count, l.dropout, l.training, l.bidirectional, l.batch_first);
  });
}

Kernel rnn(const NodeView& n) {
  if (n.arg("nonlinearity").as_string() == "relu") {
    return one_state(n, [](const Layers& l, const at::Tensor& x, const at::Tensor& h) {
      return at::rnn_relu(x, h, l.flat(), l.bias, l.count, l.dropout, l.training, l.bidirectional, l.batch_first);
    });
  }
  return one_state(n, [](const Layers& l, const at::Tensor& x, const at::Tensor& h) {
    return at::rnn_tanh(x, h, l.flat(), l.bias, l.count, l.dropout, l.training, l.bidirectional, l.batch_first);
  });
}

struct Cell {
  Owned w_ih, w_hh, b_ih, b_hh;
  std::int64_t hidden;
  explicit Cell(const NodeView& n)
      : w_ih(n, "weight_ih"),
        w_hh(n, "weight_hh"),
        b_ih(n, "bias_ih"),
        b_hh(n, "bias_hh"),
        hidden(n.integer("hidden_size")) {}
  at::Tensor zeros(const at::Tensor& x) const { return at::zeros({x.size(0), hidden}, x.options()); }
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
                     state = {cell.zeros(in), cell.zeros(in)};
                   }
                   auto [h, c] = at::lstm_cell(in, state, *cell.w_ih, *cell.w_hh, cell.b_ih.maybe(), cell.b_hh.maybe());
                   return {unrow(h, batched), unrow(c, batched)};
                 });
}

using CellStep = at::Tensor (*)(const Cell&, const at::Tensor& x, const at::Tensor& state);

Kernel cell(const NodeView& n, CellStep step) {
  return single(n, [step, cell = Cell(n), x = n.tensor("input"), hx = n.tensor("hx")](const Frame& f) {
    const bool batched = x(f).dim() == 2;
    const at::Tensor in = row(x(f), batched);
    return unrow(step(cell, in, hx(f).defined() ? row(hx(f), batched) : cell.zeros(in)), batched);
  });
}

}  // namespace

void lower_recurrent(Lowerings& lowerings) {
  lowerings.add("LSTM", lstm);
  lowerings.add("GRU", gru);
  lowerings.add("RNN", rnn);
  lowerings.add("LSTMCell", lstm_cell);
  lowerings.add("GRUCell", [](const NodeView& n) {
    return cell(n, [](const Cell& c, const at::Tensor& x, const at::Tensor& h) {
      return at::gru_cell(x, h, *c.w_ih, *c.w_hh, c.b_ih.maybe(), c.b_hh.maybe());
    });
  });
  lowerings.add("RNNCell", [](const NodeView& n) {
    if (n.arg("nonlinearity").as_string() == "relu") {
      return cell(n, [](const Cell& c, const at::Tensor& x, const at::Tensor& h) {
        return at::rnn_relu_cell(x, h, *c.w_ih, *c.w_hh, c.b_ih.maybe(), c.b_hh.maybe());
      });
    }
    return cell(n, [](const Cell& c, const at::Tensor& x, const at::Tensor& h) {
      return at::rnn_tanh_cell(x, h, *c.w_ih, *c.w_hh, c.b_ih.maybe(), c.b_hh.maybe());
    });
  });
}

}  // namespace modelc::kernels
