#include "train/dry_run.h"

#include <sys/resource.h>

#include <chrono>
#include <numeric>

#include "train/phase.h"
#include "train/results.h"

namespace modelc::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kDone = 0, kFaulty = 1, kFailed = 3;
constexpr std::int64_t kMostEvery = 1'000'000;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

std::int64_t bytes_of(const weights::NamedTensors& tensors) {
  std::int64_t bytes = 0;
  for (const auto& [key, tensor] : tensors) bytes += static_cast<std::int64_t>(tensor.nbytes());
  return bytes;
}

/// The most that the process has held so far.
std::int64_t peak_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

/// The number of a step in which every turn has its turn.
std::int64_t step_of_all_turns(const ir::Training& training) {
  std::int64_t step = 1;
  for (const ir::Turn& turn : training.turns)
    if (const std::int64_t both = std::lcm(step, turn.every); both <= kMostEvery) step = both;
  return step;
}

/// What one batch of a validation takes; 0 where nothing validates.
double validation_seconds(Session& session) {
  if (session.valid_parts().empty()) return 0;
  const Clock::time_point begun = Clock::now();
  int batches = 0;
  (void)session.score(session.valid_parts(), [&] { return batches++ > 0; });
  return seconds_since(begun);
}

std::int64_t validations(const ir::Training& training, Length length) {
  return length.steps / std::max<std::int64_t>(training.every.valid.value_or(length.epoch_steps), 1);
}

std::int64_t validation_batches(const Session& session) {
  std::vector<data::Batch> all =
      data::batches(session.valid_parts(), session.phase().training.batch, false, session.seed(), 0);
  limit(all, session.request().trial.limit);
  return static_cast<std::int64_t>(all.size());
}

/// Of a phase: its length, its first loss, and what a step and all of it would take.
struct Estimate {
  std::int64_t steps = 0, epoch_steps = 0;
  double loss = 0, step = 0, seconds = 0;
};

/// nullopt after reporting a loss that is not finite.
std::optional<Estimate> try_phase(Session& session, Stepper& stepper) {
  const ir::Training& training = session.phase().training;
  const Length length = stepper.length();
  const std::vector<data::Batch> batches = batches_of(session, 1);
  const std::size_t taken = std::min(batches.size(), static_cast<std::size_t>(training.batching.accumulate));
  stepper.begin_epoch(batches, 0, 1);
  session.tree().train(true);
  RunState state;
  state.step = step_of_all_turns(training);
  if (!stepper.step({batches, 0, taken}, state)) return std::nullopt;
  Estimate out{length.steps, length.epoch_steps, state.sums.loss(), 0, 0};
  // The first step also pays for what is made once; the second one says what a step takes.
  const Clock::time_point begun = Clock::now();
  if (!stepper.step({batches, 0, taken}, state)) return std::nullopt;
  out.step = seconds_since(begun);
  const auto scored = static_cast<double>(validations(training, length) * validation_batches(session));
  out.seconds = static_cast<double>(length.steps) * out.step + scored * validation_seconds(session);
  return out;
}

}  // namespace

int dry_run(Session& session) {
  Stepper stepper(session);
  if (!can_train(session, stepper)) return kFaulty;
  std::optional<Estimate> whole;
  for (std::size_t phase = 0; phase < session.phases().size(); ++phase) {
    if (phase > 0) stepper.enter(phase);
    const auto one = try_phase(session, stepper);
    if (!one) return kFailed;
    if (!whole) whole = *one;
    else whole->steps += one->steps, whole->seconds += one->seconds;
  }
  Results results;
  results.add("rows.train", data::row_count(session.training_parts()));
  if (!session.valid_parts().empty()) results.add("rows.valid", data::row_count(session.valid_parts()));
  if (!session.test_parts().empty()) results.add("rows.test", data::row_count(session.test_parts()));
  results.add("parameters", stepper.parameters());
  results.add("steps", whole->steps);
  results.add("steps.epoch", whole->epoch_steps);
  results.add("train.loss", whole->loss);
  results.add("seconds.step", whole->step);
  results.add("seconds.training", whole->seconds);
  results.add("bytes.parameters", bytes_of(session.tree().state()));
  results.add("bytes.optimizer", bytes_of(stepper.state()));
  results.add("bytes.peak", peak_bytes());
  return results.print(session.request().json) ? kDone : kFailed;
}

}  // namespace modelc::train
