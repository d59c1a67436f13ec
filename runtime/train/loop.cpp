#include "train/loop.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "train/interrupt.h"
#include "train/keeper.h"
#include "train/mixed_precision.h"
#include "train/phase.h"
#include "train/profile.h"
#include "train/progress.h"
#include "train/results.h"
#include "train/stepper.h"

namespace modelc::train {
namespace {

constexpr int kDone = 0, kFaulty = 1, kUsage = 2, kFailed = 3, kInterrupted = 130;

class Loop {
 public:
  explicit Loop(Session& session)
      : session_(session),
        progress_(session.request().terminal, session.request().quiet),
        profile_(profile_of(session)),
        stepper_(session),
        average_(training().average, session.ever_trainable()),
        keeper_(session, stepper_, average_, folder_) {}

  int run() {
    if (!can_train(session_, stepper_)) return kFaulty;
    InterruptGuard guard;
    // The folder is made late: whatever is wrong with description, weights or data leaves none.
    if (const int code = begin(); code != kDone) return code;
    if (InterruptGuard::requested()) return interrupted();
    do {
      while (!ended() || state_.due) {
        if (const int code = run_epoch(); code != kDone) return code;
      }
    } while (!paused() && next_phase());
    return finish();
  }

 private:
  const ir::Training& training() const { return session_.phase().training; }
  bool is_last_phase() const { return state_.phase.number + 1 == static_cast<std::int64_t>(session_.phases().size()); }

  bool ended() const { return train::ended(training(), state_) || paused(); }

  /// Nothing is left to train.
  bool whole() const { return train::ended(training(), state_) && is_last_phase(); }

  /// `--until`: it stops there, and may go on.
  bool paused() const {
    const std::optional<std::int64_t> until = session_.request().trial.until;
    return until && (training().steps ? state_.step >= *until : state_.epoch > *until);
  }

  static std::unique_ptr<Profile> profile_of(Session& session) {
    if (!session.request().trial.profile) return nullptr;
    auto made = std::make_unique<Profile>(*session.request().sources);
    session.set_watch(made.get());
    return made;
  }

  /// Goes on with the next phase, in an epoch of its own; false where there is none.
  bool next_phase() {
    if (is_last_phase()) return false;
    if (state_.batch > 0) ++state_.epoch;
    state_.batch = 0;
    state_.stopped = false;
    const ir::Figure before = best_figure();
    const std::vector<std::string> losses = session_.phase().losses;
    state_.phase = {state_.phase.number + 1, state_.step, state_.epoch - 1};
    stepper_.enter(static_cast<std::size_t>(state_.phase.number));
    average_.enter(training().average);
    state_.judgement.begin_phase(best_figure() == before && session_.phase().losses == losses);
    const std::string text = fmt::format("phase {} of {} begins: {} trainable parameters", state_.phase.number + 1,
                                         session_.phases().size(), stepper_.parameters());
    folder_.log(text);
    progress_.line(text);
    return true;
  }

  ir::Figure best_figure() const { return train::best_figure(session_); }

  /// Of a file of the folder.
  int wrote(const char* file, const std::string& why) {
    return why.empty() ? kDone : fail_write(folder_.file(file), why);
  }

  int fail_write(const std::string& file, const std::string& why) {
    session_.sink().report({}, diag::CannotWriteFile, file, why);
    return kFailed;
  }

  // ---- the beginning

  int begin() {
    const runtime::Request& request = session_.request();
    const RunFolder::Created made = request.resume ? folder_.reopen(request.output, session_.program().name)
                                                   : folder_.create(request.output, session_.program().name,
                                                                    request.description, request.overwrite);
    if (const int code = refusal(made); code != kDone) return code;
    keeper_.begin();
    if (request.resume && !keeper_.go_on(state_)) return kFaulty;
    if (request.resume) {
      log_going_on();
    } else {
      state_.threads = at::get_num_threads();
      log_beginning();
    }
    const std::string why = folder_.begin_metrics(columns_of(session_), state_.metrics_bytes);
    if (!why.empty()) return fail_write(folder_.file("metrics.csv"), why);
    if (folder_.metrics_bytes() < state_.metrics_bytes)
      session_.sink().report({}, diag::MetricsCut, folder_.file("metrics.csv"), folder_.metrics_bytes(),
                             state_.metrics_bytes);
    return wrote(runs::kReportFile, folder_.begin_report(session_.program().name, request.version, best_figure()));
  }

  int refusal(const RunFolder::Created& made) {
    using Refusal = RunFolder::Refusal;
    diagnostics::Sink& sink = session_.sink();
    switch (made.refusal) {
      case Refusal::None:
        if (!made.unlocked.empty()) sink.report({}, diag::RunFolderUnlocked, folder_.path(), made.unlocked);
        return kDone;
      case Refusal::InUse:
        sink.report({}, diag::RunFolderInUse, folder_.path());
        return kFailed;
      case Refusal::Exists:
        sink.report({}, diag::RunFolderExists, folder_.path())
            .help("`--resume` goes on with it, `--overwrite` replaces what is there, `-o` names another folder");
        return kUsage;
      case Refusal::Absent:
        sink.report({}, diag::NothingToResume, folder_.path().empty() ? "runs" : folder_.path(), made.why)
            .help("without `--resume` a run begins; `--overwrite` begins one anew in a folder that saved nothing yet");
        return kUsage;
      case Refusal::Fault:
        break;
    }
    return fail_write(folder_.path(), made.why);
  }

  void log_beginning() {
    const runtime::Request& request = session_.request();
    folder_.log(fmt::format(
        "modelc {}  model {}  seed {}  threads {}  trainable parameters {}  training rows {}  validation rows {}",
        request.version, session_.program().name.empty() ? "-" : session_.program().name, session_.seed(),
        at::get_num_threads(), stepper_.parameters(), data::row_count(session_.training_parts()),
        data::row_count(session_.valid_parts())));
    if (training().precision == ir::Precision::Bfloat16 && !computes_in_bfloat16()) {
      const std::string text = "bf16-mixed: this processor does not compute in bfloat16, fp32 is faster on it";
      folder_.log(text);
      progress_.line(text);
    }
    if (const std::string& verdicts = session_.weight_report(); !verdicts.empty()) {
      folder_.log(verdicts.substr(0, verdicts.size() - 1));
      if (!request.quiet) fmt::print(stderr, "{}", verdicts);
    }
  }

  void log_going_on() {
    // Of phases only the one that runs has a length that is known: another may end before its time.
    const std::string text =
        fmt::format("goes on from step {} of {}", state_.step, state_.phase.step + stepper_.length().steps);
    folder_.log(text);
    progress_.line(text);
  }

  // ---- steps

  int run_epoch() {
    const std::vector<data::Batch> batches = batches_of(session_, state_.epoch);
    const auto count = static_cast<std::int64_t>(batches.size());
    if (state_.due) {
      if (const int code = after_step(count); code != kDone) return code;
    }
    stepper_.begin_epoch(batches, static_cast<std::size_t>(state_.batch), state_.epoch);
    while (state_.batch < count && !ended()) {
      session_.tree().train(true);
      ++state_.step;
      const std::int64_t taken = std::min(training().batching.accumulate, count - state_.batch);
      const auto begun = std::chrono::steady_clock::now();
      if (profile_) profile_->step_begins();
      if (!stepper_.step({batches, static_cast<std::size_t>(state_.batch), static_cast<std::size_t>(taken)}, state_)) {
        folder_.log(fmt::format("step {}: the loss or a gradient is not finite", state_.step));
        (void)keeper_.flush_best();  // what was good before this step is kept
        return kFailed;
      }
      stepping_ += std::chrono::steady_clock::now() - begun;
      average_.update(state_.batch + taken >= count);
      if (profile_) profile_->step_ends();
      state_.batch += taken;
      state_.due = true;
      if (!told_first_) tell_first();
      progress_.step({epoch_words(), state_.batch, count, state_.step, state_.phase.step + stepper_.length().steps,
                      state_.sums.empty() ? 0 : state_.sums.loss()});
      if (const int code = after_step(count); code != kDone) return code;
    }
    if (state_.batch >= count) {
      ++state_.epoch;
      state_.batch = 0;
    }
    return kDone;
  }

  std::string epoch_words() const {
    const std::string phase = session_.phases().size() > 1 ? fmt::format("phase {}  ", state_.phase.number + 1) : "";
    return training().epochs
               ? fmt::format("{}epoch {}/{}", phase, state_.epoch, state_.phase.epoch + *training().epochs)
               : fmt::format("{}epoch {}", phase, state_.epoch);
  }

  void tell_first() {
    told_first_ = true;
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - session_.request().started;
    const std::string text = fmt::format("first step after {:.3f} s", waited.count());
    folder_.log(text);
    if (session_.request().verbose) progress_.line(text);
  }

  /// The share of the steps' time that they waited for data: a slow feed or source is seen by it, and whether
  /// `data.workers` helps.
  void tell_waiting() {
    if (stepping_.count() <= 0) return;
    const std::string text =
        fmt::format("waited for data {:.1f} % of the time of the steps", 100 * stepper_.waited() / stepping_);
    folder_.log(text);
    if (session_.request().verbose) progress_.line(text);
  }

  /// What is due behind a step: a validation, a row, a checkpoint; or the end that a signal asks for.
  int after_step(std::int64_t batches) {
    const bool epoch_ends = state_.batch >= batches;
    const bool phase_ends = !is_last_phase() && ends(training(), state_, batches);
    const auto is_due = [&](const std::optional<std::int64_t>& every) {
      return phase_ends || (every ? state_.step % *every == 0 : epoch_ends);
    };
    if (InterruptGuard::requested()) return interrupted();
    const bool valid = is_due(training().every.valid);
    if (valid || is_due(training().every.log)) {
      if (const int code = measure(valid); code != kDone) return code == kInterrupted ? interrupted() : code;
    }
    state_.due = false;
    if (const int code = save_if_due(epoch_ends); code != kDone) return code;
    return InterruptGuard::requested() ? interrupted() : kDone;
  }

  /// A row of metrics.csv, with the figures of a validation or without.
  int measure(bool validates) {
    session_.count({state_.step, state_.moment().epoch - 1});
    const Average::InPlace averaged(average_);
    Figures figures = figures_of("train", state_.sums, terms_of(session_));
    if (validates && !session_.valid_parts().empty()) {
      const std::optional<Scores> scores =
          session_.score(session_.valid_parts(), [] { return InterruptGuard::requested(); });
      if (!scores) return kInterrupted;  // it is still due
      for (const auto& [name, value] : figures_of("valid", *scores)) figures[name] = value;
    }
    if (const std::string key = keeper_.non_finite_tensor(); !key.empty()) {
      session_.sink().report(session_.recipe().data.span, diag::ParametersNotFinite, state_.step, key);
      (void)keeper_.flush_best();
      return kFailed;
    }
    if (const std::string why = folder_.add_metrics(state_.moment().epoch, state_.step, figures); !why.empty())
      return fail_write(folder_.file("metrics.csv"), why);
    std::string text = fmt::format("{}  step {}", epoch_words(), state_.step);
    for (const std::string& name : folder_.columns())
      if (figures.contains(name)) text += fmt::format("  {} {:.6g}", name, figures.at(name));
    progress_.measured(figures);
    progress_.line(text);
    folder_.log(text);
    if (const auto found = figures.find("train.loss"); found != figures.end()) state_.train_loss = found->second;
    state_.sums = {};
    if (validates) {
      state_.validated = state_.step;
      judge(figures);
    }
    return kDone;
  }

  void judge(const Figures& figures) {
    stepper_.judge(state_.step, figures);
    const ir::Figure best = best_figure();
    const auto found = figures.find(best.name);
    if (found != figures.end() && !std::isfinite(found->second))
      session_.sink().report(session_.recipe().data.span, diag::FigureNotFinite, state_.step, best.name,
                             std::isnan(found->second) ? "NaN" : "infinite");
    // The training's loss stands in the row before where no step was taken since.
    Figures all = figures;
    all.try_emplace("train.loss", state_.train_loss);
    if (state_.judgement.is_best(best, all, state_.moment())) keeper_.keep_best(state_.judgement.at);
    if (training().stop && state_.judgement.stops(*training().stop, figures)) {
      state_.stopped = true;
      const std::string text = fmt::format("stops: {} has not improved for {} validations",
                                           training().stop->figure.name, training().stop->patience);
      folder_.log(text);
      progress_.line(text);
    }
  }

  // ---- checkpoints

  int save_if_due(bool epoch_ends) {
    const bool asked = InterruptGuard::save_requested();
    if (!keeper_.is_due(state_.step, training().every.save, epoch_ends) && !asked) return kDone;
    if (!keeper_.save(state_)) return kFailed;
    if (asked) folder_.log(fmt::format("saved at step {} on SIGHUP", state_.step));
    return kDone;
  }

  int interrupted() {
    if (!keeper_.non_finite_tensor().empty()) return kInterrupted;
    if (!keeper_.save(state_)) return kFailed;
    const std::string where =
        state_.step == 0 ? "interrupted before the first step" : fmt::format("interrupted at step {}", state_.step);
    progress_.line(fmt::format("{}, saved {}; `--resume` goes on", where, folder_.path()));
    folder_.log(where);
    const int code = wrote(kCurvesFile, folder_.draw_curves());
    return code == kDone ? kInterrupted : code;
  }

  // ---- the end

  /// The figures are those of the checkpoint that is named. What is measured because the training ends, and not because
  /// it is due, is no part of what the run would go on from.
  int finish() {
    tell_waiting();
    if (!keeper_.save(state_)) return kFailed;
    const Moment last = state_.moment();
    if (state_.validated != state_.step && state_.step > 0) {
      if (!keeper_.set_best_aside()) return kFailed;
      if (const int code = measure(true); code != kDone) return code == kInterrupted ? interrupted() : code;
      if (!keeper_.flush_best()) return kFailed;
    }
    const bool judged = state_.judgement.at.step > 0;
    Moment at = last;
    const Average::InPlace averaged(average_);
    if (judged && !keeper_.load_best(at)) return kFailed;
    session_.count({at.step, at.epoch - 1});
    Results results;
    results.add("epochs", last.epoch);
    results.add("steps", state_.step);
    results.add("train.loss", judged ? state_.judgement.train_loss : state_.train_loss);
    if (!session_.valid_parts().empty()) {
      if (const auto scores = session_.score(session_.valid_parts())) results.add("valid", *scores);
    } else if (!session_.runner(false, session_.training_parts()[0], 0)->graph().metrics.empty()) {
      if (auto scores = session_.score(session_.training_parts())) {
        scores->has_loss = false;
        scores->terms.clear();
        results.add("train", *scores);
      }
    }
    if (const int code = test(results, at); code != kDone) return code;
    results.add("checkpoint", judged ? keeper_.best_path() : keeper_.last_path());
    results.add("checkpoint.epoch", at.epoch);
    results.add("checkpoint.step", at.step);
    results.add("run", folder_.path());
    if (const int code = wrote(kCurvesFile, folder_.draw_curves()); code != kDone) return code;
    if (const int code = wrote(runs::kReportFile, folder_.end_report(results.json(), whole())); code != kDone)
      return code;
    if (profile_) {
      profile_->add_to(results);
      if (const int code = wrote(kProfileFile, profile_->write(folder_.file(kProfileFile))); code != kDone) return code;
    }
    return results.print(session_.request().json) ? kDone : kFailed;
  }

  int test(Results& results, Moment at) {
    if (session_.test_parts().empty()) return kDone;
    const auto scores = session_.score(session_.test_parts());
    if (!scores) return kDone;
    results.add("test", *scores);
    folder_.log(one_line("test", *scores));
    const std::string why = folder_.add_metrics(at.epoch, at.step, figures_of("test", *scores));
    return why.empty() ? kDone : fail_write(folder_.file("metrics.csv"), why);
  }

  Session& session_;
  Progress progress_;
  const std::unique_ptr<Profile> profile_;
  Stepper stepper_;
  Average average_;
  RunFolder folder_;
  Keeper keeper_;
  RunState state_;
  bool told_first_ = false;
  std::chrono::duration<double> stepping_{0};  // in steps, waiting for their data included
};

}  // namespace

int train(Session& session) { return Loop(session).run(); }

}  // namespace modelc::train
