#include "runs/trials.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace modelc::runs;

namespace {

std::vector<Trial> trials(const std::vector<double>& scores) {
  std::vector<Setting> settings;
  for (std::size_t i = 0; i < scores.size(); ++i) settings.push_back({{"x", std::to_string(i)}});
  std::vector<Trial> out = trials_of(settings);
  for (std::size_t i = 0; i < scores.size(); ++i) out[i].scores = {scores[i]};
  return out;
}

using Places = std::vector<std::size_t>;
using Rounds = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("trials: halving doubles what is trained until one trial goes all the way") {
  CHECK(budgets(8, 8) == Rounds{1, 2, 4, 8});
  CHECK(budgets(9, 30) == Rounds{2, 4, 8, 15, 30});
  CHECK(budgets(100, 5) == Rounds{1, 2, 3, 5});
  CHECK(budgets(1, 30) == Rounds{30});
}

TEST_CASE("trials: the better half goes on, one without a score only where too few have one") {
  const auto all = trials({0.5, NAN, 0.1, 0.5, 0.9});
  CHECK(better_half(all, {0, 1, 2, 3, 4}, 0, false) == Places{0, 2, 3});
  CHECK(better_half(all, {0, 1, 2, 3, 4}, 0, true) == Places{0, 3, 4});
  CHECK(better_half(all, {0, 3}, 0, false) == Places{0});
  CHECK(better_half(trials({NAN, NAN}), {0, 1}, 0, false) == Places{0});
}

TEST_CASE("trials: those that came furthest stand first, then by their scores") {
  auto all = trials({0.1, 0.5, NAN, 0.2});
  all[3].scores = {0.2, 0.4};
  all[2].scores.clear();
  CHECK(by_score(all, false) == Places{3, 0, 1, 2});
  CHECK(by_score(all, true) == Places{3, 1, 0, 2});
}

TEST_CASE("trials: a sweep is read as it was written") {
  Sweep sweep{R"({"file":"a.yaml"})", "valid.accuracy", true, trials({0.5, NAN})};
  sweep.trials[1].state = TrialState::Failed;
  sweep.trials[1].exit = 3;
  const auto read = sweep_from_json(to_json(sweep));
  REQUIRE(read);
  CHECK(read->asked == sweep.asked);
  CHECK(read->figure == "valid.accuracy");
  CHECK(read->higher);
  REQUIRE(read->trials.size() == 2);
  CHECK(read->trials[0].name == "trial-001");
  CHECK(read->trials[0].setting == Setting{{"x", "0"}});
  CHECK(read->trials[0].score() == 0.5);
  CHECK(std::isnan(read->trials[1].score()));
  CHECK(word_of(read->trials[1].state) == "failed");
  CHECK(read->trials[1].exit == 3);
  CHECK_FALSE(sweep_from_json("{}"));
  CHECK_FALSE(sweep_from_json("no json"));
}
