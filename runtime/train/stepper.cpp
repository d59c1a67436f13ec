#include "train/stepper.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <fmt/format.h>

#include <cmath>

namespace modelc::train {

Stepper::Stepper(Session& session, Length length)
    : session_(session),
      training_(session.recipe().training),
      optimizer_(*training_.optimizer, training_.groups, training_.schedule, session.tree().trainable(), length) {}

bool Stepper::step(const Batches& batches, RunState& state) {
  bool first = true;
  Sums sums = state.sums;
  const auto evaluate_once_more = [&] { return evaluate(batches, std::exchange(first, false) ? &sums : nullptr); };
  try {
    optimizer_.step(evaluate_once_more, state.step, state.epoch - 1);
  } catch (const NotFinite& found) {
    report(found, state.step);
    return false;
  }
  state.sums = std::move(sums);
  return true;
}

// Gradients of the loss of all batches at once: each batch counts by its rows.
at::Tensor Stepper::evaluate(const Batches& batches, Sums* sums) {
  const std::vector<data::Part>& parts = session_.training_parts();
  optimizer_.clear_gradients();
  double rows = 0;
  for (std::size_t i = 0; i < batches.count; ++i) rows += static_cast<double>(batches.first[i].rows.size());
  at::Tensor whole;
  for (std::size_t i = 0; i < batches.count; ++i) {
    const data::Batch& batch = batches.first[i];
    const data::Part& part = parts[batch.part];
    const Evaluation result =
        session_.runner(true, part, batch.part)->run(session_.feed(part, batch.part).run(batch.rows));
    if (!result.loss.defined()) continue;
    const double loss = result.loss.item<double>();
    if (!std::isfinite(loss)) throw NotFinite{&batch, loss};
    const auto own = static_cast<double>(batch.rows.size());
    const at::Tensor share = batches.count == 1 ? result.loss : result.loss * (own / rows);
    if (share.requires_grad()) share.backward();
    whole = whole.defined() ? whole + share.detach() : share.detach();
    if (sums) sums->add(loss, result.terms, own);
  }
  if (training_.clip.value) clip_gradient_value(optimizer_.parameters(), *training_.clip.value);
  if (training_.clip.norm) clip_gradient_norm(optimizer_.parameters(), *training_.clip.norm);
  return whole.defined() ? whole : at::zeros({});
}

void Stepper::report(const NotFinite& found, std::int64_t step) {
  const data::Batch& batch = *found.batch;
  const data::Part& part = session_.training_parts()[batch.part];
  GraphRunner& runner = *session_.runner(true, part, batch.part);
  const exec::Executor::NonFinite place = runner.find_non_finite(session_.feed(part, batch.part).run(batch.rows));
  const support::Span span =
      runner.graph().losses.empty() ? session_.recipe().data.span : runner.graph().losses[0].span;
  auto report = session_.sink().report(span, diag::LossNotFinite, step, std::isnan(found.loss) ? "NaN" : "infinite");
  if (place.found) report.note(place.span, fmt::format("the first value that is not finite comes from {}", place.what));
  report.help(fmt::format("lr is {:g}; a smaller one, or `clip: {{norm: 1.0}}`, often cures it", optimizer_.rate()));
}

}  // namespace modelc::train
