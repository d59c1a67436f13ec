// The two ends of a loop. What a turn keeps for later turns stands in the frame (plan/machine.h), so that many may run
// one plan at once.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

using Tensors = std::vector<at::Tensor>;

/// In the first turn everything is taken apart; in later ones the state is there already.
Kernel open_loop(const NodeView& n) {
  const std::vector<plan::Slot> results = n.step().results;
  return [xs = n.tensors("xs"), state = n.tensors("state"), dim = n.integer("dim"), loop = n.step().loop,
          results](Frame& f) {
    auto& turns = f.turns[loop];
    if (turns.at == 0) {
      for (const at::Tensor& whole : xs(f)) turns.parts.push_back(at::unbind(whole, dim));
      const Tensors first = state(f);
      for (std::size_t i = 0; i < first.size(); ++i) f.slots[results[turns.parts.size() + i]] = first[i];
    }
    for (std::size_t i = 0; i < turns.parts.size(); ++i)
      f.slots[results[i]] = std::move(turns.parts[i][static_cast<std::size_t>(turns.at)]);
  };
}

/// Until the last turn the state goes back to where the loop opens; all is read before anything is written, since a
/// step may give its state in another order.
Kernel close_loop(const NodeView& n) {
  const std::vector<plan::Slot> results = n.step().results;
  return [ys = n.tensors("ys"), state = n.tensors("state"), carried = n.slots("carried"), dim = n.integer("dim"),
          loop = n.step().loop, results](Frame& f) {
    auto& turns = f.turns[loop];
    Tensors given = ys(f), next = state(f);
    turns.given.resize(given.size());
    for (std::size_t i = 0; i < given.size(); ++i) turns.given[i].push_back(std::move(given[i]));
    const bool last = turns.at + 1 == turns.count;
    for (std::size_t i = 0; last && i < given.size(); ++i) f.slots[results[i]] = at::stack(turns.given[i], dim);
    for (std::size_t i = 0; i < next.size(); ++i)
      f.slots[last ? results[given.size() + i] : carried[i]] = std::move(next[i]);
  };
}

}  // namespace

void lower_loop(Lowerings& lowerings) {
  lowerings.add("_scan", open_loop);
  lowerings.add("_scanned", close_loop);
}

}  // namespace modelc::kernels
