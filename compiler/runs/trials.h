// The trials of a sweep as `sweep.json` keeps them: what was asked for, how far each trial is, and what came out.
#pragma once

#include "runs/run.h"
#include "runs/space.h"

namespace modelc::runs {

enum class TrialState { Waiting, Interrupted, Finished, Dropped, Failed };
std::string_view word_of(TrialState state);

struct Trial {
  std::string name;  // of its run folder: `trial-001`
  Setting setting;
  TrialState state = TrialState::Waiting;
  int exit = 0;                // of one that failed
  std::vector<double> scores;  // behind each round of training that it has done; NaN where there is no figure
  double score() const;        // the last one
  double score_of(std::size_t round) const;
};

struct Sweep {
  std::string asked;  // what the command line asked for, as JSON: a sweep goes on with the same only
  std::string figure;
  bool higher = false;
  std::vector<Trial> trials;
};

std::string to_json(const Sweep& sweep);
/// nullopt where the text is none.
std::optional<Sweep> sweep_from_json(const std::string& text);

/// The trials of these settings, numbered from 1.
std::vector<Trial> trials_of(const std::vector<Setting>& settings);

/// Successive halving: how far each round of training goes, in the unit of `whole`, which is the last one. Each is
/// about twice the one before; as many as halve the trials to one, or a training of `whole` to one.
std::vector<std::int64_t> budgets(std::size_t trials, std::int64_t whole);
/// The trials still in the race that go on behind a round (from 0), by their scores in it: the better half, rounded up;
/// the earlier one of two alike. One without a score goes on only where too few have one.
std::vector<std::size_t> better_half(const std::vector<Trial>& trials, const std::vector<std::size_t>& racing,
                                     std::size_t round, bool higher);

/// The trials by their scores, the best first: those that came furthest before all others.
std::vector<std::size_t> by_score(const std::vector<Trial>& trials, bool higher);

}  // namespace modelc::runs
