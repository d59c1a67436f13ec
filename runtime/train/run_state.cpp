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

void Sums::add(double batch_loss, const std::vector<double>& batch_terms, double batch_rows) {
  loss += batch_loss * batch_rows;
  rows += batch_rows;
  terms.resize(std::max(terms.size(), batch_terms.size()), 0);
  for (std::size_t i = 0; i < batch_terms.size(); ++i) terms[i] += batch_terms[i] * batch_rows;
}

Figures Sums::means(const std::vector<std::string>& term_names) const {
  if (rows == 0) return {};
  Figures out{{"train.loss", loss / rows}};
  for (std::size_t i = 0; term_names.size() > 1 && i < term_names.size() && i < terms.size(); ++i)
    out["train." + term_names[i]] = terms[i] / rows;
  return out;
}

bool Judgement::is_best(const ir::Figure& figure, const Figures& figures, Moment now) {
  const double value = figure_of(figures, figure.name);
  if (!improves(value, best, figure.higher)) return false;
  best = value;
  train_loss = figure_of(figures, "train.loss");
  at = now;
  return true;
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
  std::vector<double> figures{judgement.best, judgement.stopping, judgement.train_loss, sums.loss, sums.rows};
  figures.insert(figures.end(), sums.terms.begin(), sums.terms.end());
  const std::vector<std::int64_t> counts{epoch,           step,    batch,     due ? 1 : 0,        stopped ? 1 : 0,
                                         metrics_bytes,   threads, validated, judgement.at.epoch, judgement.at.step,
                                         judgement.waited};
  return {{"run.counts", at::tensor(counts, at::kLong)}, {"run.figures", at::tensor(figures, at::kDouble)}};
}

bool RunState::restore(const std::map<std::string, at::Tensor>& tensors) {
  const auto counts = tensors.find("run.counts"), figures = tensors.find("run.figures");
  if (counts == tensors.end() || figures == tensors.end()) return false;
  if (counts->second.numel() != 11 || figures->second.numel() < 5) return false;
  const auto* c = counts->second.data_ptr<std::int64_t>();
  for (std::int64_t* field : {&epoch, &step, &batch}) *field = *c++;
  due = *c++ != 0;
  stopped = *c++ != 0;
  for (std::int64_t* field :
       {&metrics_bytes, &threads, &validated, &judgement.at.epoch, &judgement.at.step, &judgement.waited})
    *field = *c++;
  const double* f = figures->second.data_ptr<double>();
  const double* const end = f + figures->second.numel();
  for (double* field : {&judgement.best, &judgement.stopping, &judgement.train_loss, &sums.loss, &sums.rows})
    *field = *f++;
  sums.terms.assign(f, end);
  return true;
}

}  // namespace modelc::train
