#include "train/run_state.h"

#include <ATen/Functions.h>

#include <cmath>

namespace modelc::train {
namespace {

/// NaN stands for a figure that there is not yet.
bool improves(double value, double known, bool higher) {
  return std::isfinite(value) && (std::isnan(known) || (higher ? value > known : value < known));
}

double figure_of(const Figures& figures, const std::string& name) {
  const auto found = figures.find(name);
  return found == figures.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

}  // namespace

Figures figures_of(const std::string& split, const LossSums& sums, const std::vector<std::string>& term_names) {
  if (sums.empty()) return {};
  Figures out{{split + ".loss", sums.loss()}};
  const std::vector<double> terms = sums.terms();
  for (std::size_t i = 0; term_names.size() > 1 && i < term_names.size() && i < terms.size(); ++i)
    out[split + "." + term_names[i]] = terms[i];
  return out;
}

bool Judgement::is_best(const ir::Figure& figure, const Figures& figures, Moment now) {
  const double value = figure_of(figures, figure.name);
  if (!figure.name.empty() && !improves(value, best, figure.higher)) return false;
  best = value;
  train_loss = figure_of(figures, "train.loss");
  at = now;
  return true;
}

void Judgement::begin_phase(bool same_figure) {
  waited = 0;
  stopping = std::numeric_limits<double>::quiet_NaN();
  if (!same_figure) best = stopping;
}

bool Judgement::stops(const ir::Stop& stop, const Figures& figures) {
  const double value = figure_of(figures, stop.figure.name);
  if (improves(value, stopping, stop.figure.higher)) {
    stopping = value;
    waited = 0;
    return false;
  }
  return ++waited >= stop.patience;
}

weights::NamedTensors RunState::tensors() const {
  std::vector<double> figures{judgement.best, judgement.stopping, judgement.train_loss, train_loss};
  const std::vector<double> kept = sums.state();
  figures.insert(figures.end(), kept.begin(), kept.end());
  const std::vector<std::int64_t> counts{epoch,
                                         step,
                                         batch,
                                         due ? 1 : 0,
                                         stopped ? 1 : 0,
                                         metrics_bytes,
                                         threads,
                                         validated,
                                         judgement.at.epoch,
                                         judgement.at.step,
                                         judgement.waited,
                                         phase.number,
                                         phase.step,
                                         phase.epoch};
  return {{"run.counts", at::tensor(counts, at::kLong)}, {"run.figures", at::tensor(figures, at::kDouble)}};
}

bool RunState::restore(const std::map<std::string, at::Tensor>& tensors) {
  const auto counts = tensors.find("run.counts"), figures = tensors.find("run.figures");
  if (counts == tensors.end() || figures == tensors.end()) return false;
  if (counts->second.numel() != 14 || figures->second.numel() < 4) return false;
  const auto* c = counts->second.data_ptr<std::int64_t>();
  for (std::int64_t* field : {&epoch, &step, &batch}) *field = *c++;
  due = *c++ != 0;
  stopped = *c++ != 0;
  for (std::int64_t* field : {&metrics_bytes, &threads, &validated, &judgement.at.epoch, &judgement.at.step,
                              &judgement.waited, &phase.number, &phase.step, &phase.epoch})
    *field = *c++;
  const double* f = figures->second.data_ptr<double>();
  const double* const end = f + figures->second.numel();
  for (double* field : {&judgement.best, &judgement.stopping, &judgement.train_loss, &train_loss}) *field = *f++;
  sums.restore(f, end);
  return true;
}

}  // namespace modelc::train
