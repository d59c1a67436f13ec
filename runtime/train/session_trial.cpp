// What a training is asked for beside its recipe: fewer rows, fewer batches, someone who watches.
#include <algorithm>

#include "train/session.h"

namespace modelc::train {

void limit(std::vector<data::Batch>& batches, std::optional<std::int64_t> count) {
  if (count && static_cast<std::size_t>(*count) < batches.size()) batches.resize(static_cast<std::size_t>(*count));
}

// `--overfit`: what is fitted is fitted on all rows.
void Session::keep_first(std::int64_t rows) {
  for (data::Part& part : train_) {
    std::vector<std::int64_t> first = part.rows;
    std::sort(first.begin(), first.end());
    first.resize(std::min(first.size(), static_cast<std::size_t>(rows)));
    part.rows = first;
  }
  valid_ = train_;
  test_.clear();
}

void Session::set_watch(exec::StepWatch* watch) {
  watch_ = watch;
  for (const auto& [key, runner] : runners_)
    if (runner && std::get<1>(key)) runner->set_watch(watch);
}

}  // namespace modelc::train
