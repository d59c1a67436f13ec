// Loss and metrics of a whole split.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>

#include "train/metrics.h"
#include "train/session.h"

namespace modelc::train {
namespace {

/// Draws of one's own, seeded alike each time, that do not move the generator of training.
class RandomStateKept {
 public:
  explicit RandomStateKept(std::int64_t seed) : state_(at::detail::getDefaultCPUGenerator().get_state()) {
    at::manual_seed(static_cast<std::uint64_t>(seed));
  }
  ~RandomStateKept() {
    at::Generator generator = at::detail::getDefaultCPUGenerator();
    generator.set_state(state_);
  }
  RandomStateKept(const RandomStateKept&) = delete;
  RandomStateKept& operator=(const RandomStateKept&) = delete;

 private:
  at::Tensor state_;
};

}  // namespace

std::optional<Scores> Session::score(const std::vector<data::Part>& parts, const std::function<bool()>& stop) {
  at::NoGradGuard no_grad;
  const RandomStateKept kept(seed_);
  tree_->train(false);
  Scores scores;
  std::vector<std::unique_ptr<Meter>> meters;
  LossSums sums;
  std::vector<std::string> term_names;
  const ir::Graph* named = nullptr;
  std::map<std::size_t, Carried> carried;  // by part
  std::vector<data::Batch> batches = data::batches(parts, phase().training.batch, false, seed_, 0);
  if (!phase().training.batching.carry.empty()) data::lay_along_windows(batches, parts);
  limit(batches, request_.trial.limit);
  for (const data::Batch& batch : batches) {
    if (stop && stop()) return std::nullopt;
    const data::Part& part = parts[batch.part];
    GraphRunner* run = runner(false, part, batch.part);
    if (!run) return std::nullopt;
    const auto rows = static_cast<std::int64_t>(batch.rows.size());
    const Evaluation result =
        evaluate({false, part, batch.part, rows}, feed(part, batch.part).run(batch.rows), carried[batch.part]);
    if (!named) {
      named = &run->graph();
      for (const ir::Metric& metric : named->metrics) meters.push_back(make_meter(metric));
      for (const ir::Output& loss : named->losses) term_names.push_back(loss.name);
    }
    scores.has_loss = result.loss.defined();
    sums.add(result.shares);
    for (std::size_t i = 0; i < meters.size() && i < result.metrics.size(); ++i)
      add_batch(*meters[i], named->metrics[i], result.metrics[i], rows);
    scores.rows += rows;
  }
  if (scores.has_loss) scores.loss = sums.loss();
  const std::vector<double> terms = sums.terms();
  const std::vector<std::string>& counting = phase().losses;
  for (std::size_t i = 0; terms.size() > 1 && i < terms.size(); ++i)
    if (counting.empty() || std::find(counting.begin(), counting.end(), term_names[i]) != counting.end())
      scores.terms.emplace_back(term_names[i], terms[i]);
  for (std::size_t i = 0; i < meters.size(); ++i) {
    const std::string table = meters[i]->table();
    if (table.empty()) scores.metrics.emplace_back(named->metrics[i].name, value_of(*meters[i], named->metrics[i]));
    else scores.tables.emplace_back(named->metrics[i].name, table);
  }
  return scores;
}

}  // namespace modelc::train
