#include "train/loop.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "train/interrupt.h"
#include "train/optimizer.h"
#include "train/progress.h"
#include "train/results.h"
#include "train/run_folder.h"
#include "weights/load.h"

namespace modelc::train {
namespace {

constexpr int kDone = 0, kFaulty = 1, kUsage = 2, kFailed = 3, kInterrupted = 130;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class Loop {
 public:
  explicit Loop(Session& session)
      : session_(session),
        recipe_(session.recipe()),
        progress_(session.request().terminal, session.request().quiet),
        optimizer_(*recipe_.training.optimizer, recipe_.training.groups, session.tree().trainable()) {}

  int run() {
    if (optimizer_.parameters().empty()) {
      session_.sink().report(recipe_.data.span, diag::NothingToTrain, "trainable parameter");
      return kFaulty;
    }
    InterruptGuard guard;
    // The folder is made late: whatever is wrong with description, weights or data leaves none.
    if (const int code = open_folder(); code != kDone) return code;
    const std::int64_t epochs =
        recipe_.training.epochs.value_or(recipe_.training.steps ? std::numeric_limits<std::int64_t>::max() : 1);
    for (epoch_ = 1; epoch_ <= epochs && !finished(); ++epoch_) {
      if (const int code = run_epoch(epochs); code != kDone) return code;
      if (InterruptGuard::requested()) return interrupted();
      if (const int code = end_epoch(epochs); code != kDone) return code;
      if (InterruptGuard::requested()) return interrupted();
    }
    return finish();
  }

 private:
  bool finished() const { return recipe_.training.steps && step_ >= *recipe_.training.steps; }

  int fail_write(const std::string& file, const std::string& why) {
    session_.sink().report({}, diag::CannotWriteFile, file, why);
    return kFailed;
  }

  int open_folder() {
    const runtime::Request& request = session_.request();
    const RunFolder::Created made =
        folder_.create(request.output, session_.program().name, request.description, request.overwrite);
    if (made.refusal == RunFolder::Refusal::InUse) {
      session_.sink().report({}, diag::RunFolderInUse, folder_.path());
      return kFailed;
    }
    if (made.refusal == RunFolder::Refusal::Exists) {
      session_.sink()
          .report({}, diag::RunFolderExists, folder_.path())
          .help("`--overwrite` replaces what is there, `-o` names another folder");
      return kUsage;
    }
    if (made.refusal == RunFolder::Refusal::Fault) return fail_write(folder_.path(), made.why);
    std::vector<std::string> names{"train.loss"};
    const GraphRunner* first = session_.runner(true, session_.training_parts()[0], 0);
    std::vector<std::string> terms;
    if (first->graph().losses.size() > 1)
      for (const ir::Output& loss : first->graph().losses) terms.push_back(loss.name);
    if (!session_.valid_parts().empty()) {
      const GraphRunner* valid = session_.runner(false, session_.valid_parts()[0], 0);
      names.emplace_back("valid.loss");
      for (const ir::Metric& metric : valid->graph().metrics)
        if (metric.kind != catalogue::MetricId::Confusion) names.push_back("valid." + metric.name);
    }
    for (const std::string& term : terms) names.push_back("train." + term);
    std::int64_t count = 0;
    for (const auto& [key, tensor] : optimizer_.parameters()) count += tensor.numel();
    folder_.log(fmt::format(
        "modelc {}  model {}  seed {}  threads {}  trainable parameters {}  training rows {}  validation rows {}",
        request.version, session_.program().name.empty() ? "-" : session_.program().name, session_.seed(),
        at::get_num_threads(), count, data::row_count(session_.training_parts()),
        data::row_count(session_.valid_parts())));
    if (const std::string& report = session_.weight_report(); !report.empty()) {
      folder_.log(report.substr(0, report.size() - 1));
      if (!request.quiet) fmt::print(stderr, "{}", report);
    }
    const std::string metrics = folder_.begin_metrics(names);
    return metrics.empty() ? kDone : fail_write(folder_.file("metrics.csv"), metrics);
  }

  int run_epoch(std::int64_t epochs) {
    session_.tree().train(true);
    const std::vector<data::Part>& parts = session_.training_parts();
    const std::vector<data::Batch> batches =
        data::batches(parts, recipe_.training.batch, true, session_.seed(), epoch_);
    loss_ = 0;
    terms_.clear();
    rows_ = 0;
    const std::string title =
        recipe_.training.epochs ? fmt::format("epoch {}/{}", epoch_, epochs) : fmt::format("epoch {}", epoch_);
    std::int64_t done = 0;
    for (const data::Batch& batch : batches) {
      if (finished()) break;
      const int code = run_step(parts[batch.part], batch);
      if (code != kDone) return code;
      progress_.step(title, ++done, static_cast<std::int64_t>(batches.size()), loss_ / static_cast<double>(rows_));
      if (InterruptGuard::requested()) return kDone;
      if (InterruptGuard::save_requested()) {
        if (const int saved = save(); saved != kDone) return saved;
        folder_.log(fmt::format("saved at step {} on SIGHUP", step_));
      }
    }
    return kDone;
  }

  int run_step(const data::Part& part, const data::Batch& batch) {
    ++step_;
    GraphRunner& runner = *session_.runner(true, part, batch.part);
    const std::vector<at::Tensor> fed = session_.feed(part, batch.part).run(batch.rows);
    const Evaluation result = runner.run(fed);
    if (step_ == 1) {
      const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - session_.request().started;
      const std::string text = fmt::format("first step after {:.3f} s", waited.count());
      folder_.log(text);
      if (session_.request().verbose) progress_.line(text);
    }
    const double loss = result.loss.defined() ? result.loss.item<double>() : 0;
    if (!std::isfinite(loss)) return report_non_finite(runner, fed, loss);
    if (result.loss.defined() && result.loss.requires_grad()) {
      optimizer_.clear_gradients();
      result.loss.backward();
      if (recipe_.training.clip_value) clip_gradient_value(optimizer_.parameters(), *recipe_.training.clip_value);
      if (recipe_.training.clip_norm) clip_gradient_norm(optimizer_.parameters(), *recipe_.training.clip_norm);
      optimizer_.step();
    }
    const auto rows = static_cast<double>(batch.rows.size());
    loss_ += loss * rows;
    terms_.resize(std::max(terms_.size(), result.terms.size()), 0);
    for (std::size_t i = 0; i < result.terms.size(); ++i) terms_[i] += result.terms[i] * rows;
    rows_ += static_cast<std::int64_t>(batch.rows.size());
    return kDone;
  }

  int report_non_finite(GraphRunner& runner, const std::vector<at::Tensor>& fed, double loss) {
    const exec::Executor::NonFinite found = runner.find_non_finite(fed);
    const support::Span loss_span = runner.graph().losses.empty() ? recipe_.data.span : runner.graph().losses[0].span;
    auto report = session_.sink().report(loss_span, diag::LossNotFinite, step_, std::isnan(loss) ? "NaN" : "infinite");
    if (found.found)
      report.note(found.span, fmt::format("the first value that is not finite comes from {}", found.what));
    for (const auto& [name, value] : recipe_.training.optimizer->args)
      if (name == "lr")
        report.help(fmt::format("lr is {}; a smaller one, or `clip: {{norm: 1.0}}`, often cures it", value.str()));
    folder_.log(
        fmt::format("step {}: the loss is {}; first at {}", step_, loss, found.found ? found.what : "the loss"));
    // What was good before this step is kept.
    (void)flush_best();
    return kFailed;
  }

  // The first parameter or buffer that is not finite, or empty: no such state may replace a good checkpoint.
  std::string non_finite_tensor() const {
    for (const auto& [key, tensor] : session_.tree().state())
      if (at::isFloatingType(tensor.scalar_type()) && !at::isfinite(tensor).all().item<bool>()) return key;
    return "";
  }

  int end_epoch(std::int64_t epochs) {
    std::vector<double> row{loss_ / static_cast<double>(std::max<std::int64_t>(rows_, 1))};
    std::string text = fmt::format("epoch {}{}  step {}  train.loss {:.6g}", epoch_,
                                   recipe_.training.epochs ? fmt::format("/{}", epochs) : "", step_, row[0]);
    double judged = row[0];
    if (!session_.valid_parts().empty()) {
      const std::optional<Scores> scores =
          session_.score(session_.valid_parts(), [] { return InterruptGuard::requested(); });
      if (!scores) return kDone;  // interrupted
      row.push_back(scores->has_loss ? scores->loss : kNan);
      for (const auto& [name, value] : scores->metrics) row.push_back(value);
      if (scores->has_loss) judged = scores->loss;
      text += "  " + one_line("valid", *scores);
    }
    if (terms_.size() > 1)
      for (double term : terms_) row.push_back(term / static_cast<double>(std::max<std::int64_t>(rows_, 1)));
    if (const std::string why = folder_.add_metrics(epoch_, step_, row); !why.empty())
      return fail_write(folder_.file("metrics.csv"), why);
    progress_.line(text);
    folder_.log(text);
    final_loss_ = row[0];
    if (const std::string key = non_finite_tensor(); !key.empty()) {
      session_.sink().report(recipe_.data.span, diag::ParametersNotFinite, step_, key);
      (void)flush_best();
      return kFailed;
    }
    if (std::isfinite(judged) && judged < best_loss_) {
      best_loss_ = judged;
      best_epoch_ = epoch_;
      best_step_ = step_;
      keep_best();
    }
    // Writing at every epoch would cost small models more than training them; what is lost to a crash stays bounded.
    const auto now = std::chrono::steady_clock::now();
    if (epoch_ > 1 && now - saved_ < std::chrono::seconds(5)) return kDone;
    return save();
  }

  void keep_best() {
    at::NoGradGuard no_grad;
    best_.clear();
    for (const auto& [key, tensor] : session_.kept()) best_.emplace_back(key, tensor.detach().clone());
  }

  std::map<std::string, std::string> metadata(std::int64_t epoch, std::int64_t step) const {
    auto out = session_.metadata();
    out["modelc.epoch"] = std::to_string(epoch);
    out["modelc.step"] = std::to_string(step);
    return out;
  }

  int flush_best() {
    if (best_.empty()) return kDone;
    const std::string why =
        weights::write_safetensors(folder_.file("best.safetensors"), best_, metadata(best_epoch_, best_step_));
    best_.clear();
    return why.empty() ? kDone : fail_write(folder_.file("best.safetensors"), why);
  }

  int save() {
    saved_ = std::chrono::steady_clock::now();
    if (const int code = flush_best(); code != kDone) return code;
    if (const std::string why =
            weights::write_safetensors(folder_.file("last.safetensors"), session_.kept(), metadata(epoch_, step_));
        !why.empty())
      return fail_write(folder_.file("last.safetensors"), why);
    const std::string why = weights::write_safetensors(folder_.file("last.optimizer.safetensors"), optimizer_.state(),
                                                       {{"modelc.step", std::to_string(step_)}});
    return why.empty() ? kDone : fail_write(folder_.file("last.optimizer.safetensors"), why);
  }

  int interrupted() {
    if (!non_finite_tensor().empty()) return kInterrupted;
    if (const int code = save(); code != kDone) return code;
    progress_.line(fmt::format("interrupted at step {}, saved {}", step_, folder_.file("last.safetensors")));
    folder_.log(fmt::format("interrupted at step {}", step_));
    return kInterrupted;
  }

  int finish() {
    --epoch_;
    if (const int code = save(); code != kDone) return code;
    Results results;
    results.add("epochs", epoch_);
    results.add("steps", step_);
    results.add("train.loss", final_loss_);
    if (!session_.valid_parts().empty()) {
      if (const auto scores = session_.score(session_.valid_parts())) results.add("valid", *scores);
    } else if (!session_.runner(false, session_.training_parts()[0], 0)->graph().metrics.empty()) {
      if (auto scores = session_.score(session_.training_parts())) {
        scores->has_loss = false;
        scores->terms.clear();
        results.add("train", *scores);
      }
    }
    if (!session_.test_parts().empty()) {
      if (const auto scores = session_.score(session_.test_parts())) {
        results.add("test", *scores);
        folder_.log(one_line("test", *scores));
      }
    }
    results.add("checkpoint", folder_.file(best_epoch_ > 0 ? "best.safetensors" : "last.safetensors"));
    results.add("run", folder_.path());
    return results.print(session_.request().json) ? kDone : kFailed;
  }

  Session& session_;
  const ir::Recipe& recipe_;
  Progress progress_;
  Optimizer optimizer_;
  RunFolder folder_;
  std::int64_t epoch_ = 0, step_ = 0, rows_ = 0, best_epoch_ = 0, best_step_ = 0;
  double loss_ = 0, final_loss_ = 0, best_loss_ = std::numeric_limits<double>::infinity();
  std::vector<double> terms_;
  weights::NamedTensors best_;
  std::chrono::steady_clock::time_point saved_{};
};

}  // namespace

int train(Session& session) { return Loop(session).run(); }

}  // namespace modelc::train
