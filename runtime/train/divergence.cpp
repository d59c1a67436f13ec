#include "train/divergence.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <cmath>

#include "train/mixed_precision.h"

namespace modelc::train {
namespace {

using NonFinite = exec::Executor::NonFinite;

const char* kind_of(bool nan) { return nan ? "NaN" : "infinite"; }

support::Span span_of(Session& session, const Taken& taken) {
  const data::Part& part = session.training_parts()[taken.batch->part];
  const auto& losses = session.runner(true, part, taken.batch->part, taken.term)->graph().losses;
  return losses.empty() ? session.recipe().data.span : losses[0].span;
}

/// Runs the batch again as it was run.
template <class Search>
NonFinite again(Session& session, const Taken& taken, const Search& search) {
  const data::Part& part = session.training_parts()[taken.batch->part];
  const auto rows = static_cast<std::int64_t>(taken.batch->rows.size());
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  generator.set_state(taken.random);
  const MixedPrecision mixed(session.phase().training.precision);
  return search(Session::Question{true, part, taken.batch->part, rows, taken.term});
}

/// `log: NaN in row 3 of the batch, rows.csv:8`.
std::string words_of(Session& session, const Taken& taken, const NonFinite& place) {
  std::string text = fmt::format("{}: {}", place.what, kind_of(place.nan));
  if (!place.row || static_cast<std::size_t>(*place.row) >= taken.batch->rows.size()) return text;
  const std::int64_t row = taken.batch->rows[static_cast<std::size_t>(*place.row)];
  const data::Feed& feed = session.feed(session.training_parts()[taken.batch->part], taken.batch->part);
  return text + fmt::format(" in row {} of the batch, {}", *place.row + 1, feed.place_of(place.input, row));
}

}  // namespace

namespace {

/// Looked at in every step. What is small and lies in one piece is read without a call of LibTorch, which would cost
/// more than the step of a small model: a number times 0 is 0, and NaN where it is not finite.
bool all_finite(const at::Tensor& tensor) {
  constexpr std::int64_t kSmall = 1 << 14;
  const bool plain = tensor.scalar_type() == at::kFloat && tensor.is_contiguous() && tensor.device().is_cpu();
  if (plain && tensor.numel() <= kSmall) {
    const auto* numbers = tensor.data_ptr<float>();
    float sum = 0;
    for (std::int64_t i = 0; i < tensor.numel(); ++i) sum += numbers[i] * 0.0F;
    return sum == 0;
  }
  // One pass without a copy: a sum is not finite where one of its parts is not. Where it is only the sum, the parts are
  // looked at.
  const bool sums = at::isFloatingType(tensor.scalar_type());
  return (sums && std::isfinite(tensor.sum().item<double>())) || at::isfinite(tensor).all().item<bool>();
}

}  // namespace

std::optional<std::pair<std::string, bool>> non_finite_gradient(const Parameters& parameters) {
  at::NoGradGuard no_grad;
  for (const auto& [key, parameter] : parameters) {
    const at::Tensor& gradient = parameter.grad();
    if (!gradient.defined()) continue;
    if (all_finite(gradient)) continue;
    return std::pair(key, at::isnan(gradient).any().item<bool>());
  }
  return std::nullopt;
}

void report(Session& session, const LossNotFinite& found, std::int64_t step) {
  const NonFinite place = again(session, found.taken, [&](const Session::Question& question) {
    return session.find_non_finite(question, found.taken.fed, found.taken.carried);
  });
  auto report =
      session.sink().report(span_of(session, found.taken), diag::LossNotFinite, step, kind_of(std::isnan(found.loss)));
  if (place.found)
    report.note(place.span,
                fmt::format("the first value that is not finite comes from {}", words_of(session, found.taken, place)));
  // What a single row does, no learning rate cures.
  if (!place.row)
    report.help(fmt::format("lr is {:g}; a smaller one, or `clip: {{norm: 1.0}}`, often cures it", found.rate));
}

void report(Session& session, const GradientNotFinite& found, std::int64_t step) {
  NonFinite place;
  for (const Taken& taken : found.taken) {
    place = again(session, taken, [&](const Session::Question& question) {
      return session.find_non_finite_gradient(question, taken.fed, taken.carried);
    });
    if (place.found) break;
  }
  auto report = session.sink().report(span_of(session, found.taken.front()), diag::GradientNotFinite, step,
                                      found.parameter, kind_of(found.nan));
  if (place.found)
    report.note(place.span,
                fmt::format("the first gradient that is not finite comes from {}: {}", place.what, kind_of(place.nan)));
}

}  // namespace modelc::train
