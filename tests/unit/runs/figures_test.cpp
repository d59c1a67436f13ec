// covers: figures.cpp curves.cpp
#include "runs/figures.h"

#include <doctest/doctest.h>

#include <cmath>

#include "runs/curves.h"

using namespace modelc::runs;

namespace {

constexpr const char* kText =
    "epoch,step,train.loss,valid.loss,valid.accuracy\n"
    "1,5,1.25,1.5,0.5\n"
    "2,10,0.75,,\n"
    "3,15,0.5,1e-1,0.75\n"
    "3,15,,,\n";

}  // namespace

TEST_CASE("figures: cells are numbers, or not measured") {
  const auto figures = read_figures(kText);
  REQUIRE(figures);
  CHECK(figures->columns == std::vector<std::string>{"train.loss", "valid.loss", "valid.accuracy"});
  REQUIRE(figures->rows.size() == 4);
  CHECK(figures->rows[1].step == 10);
  CHECK(std::isnan(figures->rows[1].values[1]));
  CHECK(figures->rows[2].values[1] == 0.1);
  CHECK(figures->find("valid.accuracy") == 2);
  CHECK_FALSE(figures->find("accuracy"));
}

TEST_CASE("figures: a line without its end is being written, another header is of no run") {
  const auto cut = read_figures("epoch,step,train.loss\n1,5,1.25\n2,10,0.");
  REQUIRE(cut);
  CHECK(cut->rows.size() == 1);
  CHECK_FALSE(read_figures("a,b\n1,2\n"));
  CHECK_FALSE(read_figures(""));
  CHECK_FALSE(read_figures("epoch,step"));
}

TEST_CASE("figures: the best row is the lowest or the highest one that has the figure") {
  const auto figures = read_figures(kText);
  CHECK(best_row(*figures, "valid.loss", false) == 2);
  CHECK(best_row(*figures, "valid.loss", true) == 0);
  CHECK(best_row(*figures, "train.loss", false) == 2);
  CHECK_FALSE(best_row(*figures, "test.loss", false));
}

TEST_CASE("curves: a chart for each figure, a line for each split, without gaps where nothing was measured") {
  const auto charts = curves_of(*read_figures(kText));
  REQUIRE(charts.size() == 2);
  CHECK(charts[0].title == "loss");
  REQUIRE(charts[0].series.size() == 2);
  CHECK(charts[0].series[0].points.size() == 3);
  CHECK(charts[0].series[1].name == "valid.loss");
  CHECK(charts[0].series[1].points.size() == 2);
  CHECK(charts[1].title == "accuracy");
}

TEST_CASE("curves: of several runs a chart for each column, a line for each run that has it") {
  const auto few = read_figures("epoch,step,train.loss\n1,5,1\n");
  const auto charts = curves_of({{"runs/a", *read_figures(kText)}, {"runs/b", *few}});
  REQUIRE(charts.size() == 3);
  CHECK(charts[0].title == "train.loss");
  CHECK(charts[0].series.size() == 2);
  CHECK(charts[1].series.size() == 1);
  CHECK(charts[0].series[1].name == "runs/b");
}
