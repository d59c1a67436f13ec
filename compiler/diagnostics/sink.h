// Where phases put what they find. One sink per compilation; it drops exact repeats and orders what it has by place.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string_view>
#include <type_traits>

#include "diagnostics/diagnostic.h"
#include "support/late_text.h"

namespace modelc::diagnostics {

/// Handle on a diagnostic just reported, to add notes, help and edits to it.
class Report {
 public:
  explicit Report(Diagnostic* diagnostic) : diagnostic_(diagnostic) {}
  Report& note(Span span, std::string message);
  Report& help(std::string text);
  Report& fix(Span span, std::string replacement);
  /// `id` lives as long as the program.
  Report& constraint(std::string_view id);
  /// Names the nearest of what is known as help, with a fix where a place for it is given; false where none is near.
  bool did_you_mean(std::string_view word, const std::vector<std::string>& known, Span place = {});

 private:
  Diagnostic* diagnostic_;
};

/// One row of diagnostics.def: `diag::Name`.
template <class T>
concept TypedRow = requires {
  T::row.code;
  T::text.size();
};

class Sink {
 public:
  template <TypedRow R, class... Args>
  Report report(Span span, const R&, Args&&... args) {
    static_assert(sizeof...(Args) == count_arguments(R::text),
                  "a diagnostic takes exactly the arguments its text names");
    return add(span, R::row, fmt::format(R::text, std::forward<Args>(args)...));
  }

  /// What was reported last, for whoever knows more of its cause.
  std::optional<Report> last() {  // null where there is none
    return found_.empty() ? std::nullopt : std::optional(Report(&found_.back()));
  }

  /// Reports what another sink was told, which kept it until its time came.
  Report report(const Diagnostic& kept);

  /// For the exit code of a command: what the compiler decides hangs on values (tests/layers/sink_test.py).
  bool has_errors() const { return errors_ != 0; }
  std::size_t size() const { return found_.size(); }
  /// Everything reported, ordered by file and place, exact repeats dropped. Of more than `kMost` the first errors
  /// are kept, then the first warnings.
  std::vector<Diagnostic> sorted() const;
  /// What is reported of this text, which no user has, stands at the nearest step that led there.
  void hide(support::FileId file) { hidden_.insert(file); }
  bool hides(Span span) const { return hidden_.contains(span.file); }
  /// Warnings of this code are left out of sorted() from now on.
  void allow(std::string_view code) { allowed_.insert(code); }
  /// Takes over everything another sink holds.
  void absorb(Sink&& other);
  const std::deque<Diagnostic>& found() const { return found_; }

  static constexpr std::size_t kMost = 100;
  static constexpr std::size_t kMostSteps = 4;  // of a trail; the nearest are kept

 private:
  template <class Words>
  friend class Step;
  struct Taken {
    Span span;
    support::LateText words;
  };
  Report add(Span span, const Row& row, std::string message);
  Span seen_place(Span span) const;
  void lay_trail(Diagnostic& diagnostic) const;
  std::deque<Diagnostic> found_;  // a deque, so that a Report stays valid while more is reported
  std::size_t errors_ = 0;
  std::set<support::FileId> hidden_;
  std::set<std::string_view> allowed_;  // codes of rows, which live as long as the program
  std::vector<Taken> steps_;            // that are being taken, the outermost first
};

/// A step on the way to what is reported while it lives: a call, a turn of a loop. `words` are a text, or a function
/// that makes it: most steps are never told of.
template <class Words>
class Step {
 public:
  Step(Sink& sink, Span span, Words words) : sink_(sink), words_(std::move(words)) {
    sink.steps_.push_back({span, words_});
  }
  ~Step() { sink_.steps_.pop_back(); }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  Sink& sink_;
  const Words words_;
};

}  // namespace modelc::diagnostics
