// What is shown of a training, and what is read from a learning-rate range test.
#include <doctest/doctest.h>

#include <cmath>

#include "train/progress.h"
#include "train/rate_range.h"

using namespace modelc::train;

TEST_CASE("progress: the time that is left, in words") {
  CHECK(duration_text(0) == "0:00");
  CHECK(duration_text(6.2) == "0:07");
  CHECK(duration_text(61) == "1:01");
  CHECK(duration_text(3723) == "1:02:03");
  CHECK(duration_text(2 * 86400 + 3 * 3600 + 4 * 60) == "2d 03:04");
  CHECK(duration_text(std::nan("")) == "?");
  CHECK(duration_text(-1) == "?");
}

TEST_CASE("progress: the bar has rate, time left, loss and figures, and never wraps") {
  const Standing standing{"epoch 2/3", 12, 24, 36, 72, 0.25};
  const Figures figures{{"valid.accuracy", 0.9375}};
  CHECK(bar_text(standing, 4, 9, figures, 200) ==
        "epoch 2/3 [============            ] 12/24  4 steps/s  ETA 0:09  loss 0.25  valid.accuracy 0.9375");
  CHECK(bar_text(standing, 0.25, 144, {}, 200) ==
        "epoch 2/3 [============            ] 12/24  4 s/step  ETA 2:24  loss 0.25");
  CHECK(bar_text(standing, 0, std::nan(""), {}, 200) == "epoch 2/3 [============            ] 12/24  ETA ?  loss 0.25");
  for (const std::size_t width : {1u, 20u, 60u}) CHECK(bar_text(standing, 4, 9, figures, width).size() < width);
}

TEST_CASE("lr-find: the steepest fall along the logarithm of the rate, and the lowest point") {
  std::vector<RangePoint> points;
  for (int i = 0; i < 100; ++i) {
    const double x = -7 + 0.08 * i;
    const double loss = 2 - 1 / (1 + std::exp(-(x + 3) * 4)) + (x > -1 ? std::pow(x + 1, 2) : 0);
    points.push_back({std::pow(10, x), loss, loss});
  }
  const auto advice = advice_of(points);
  REQUIRE(advice);
  CHECK(std::abs(std::log10(advice->steepest) + 3) < 0.1);
  CHECK(std::abs(std::log10(advice->minimum) + 1) < 0.2);
}

TEST_CASE("lr-find: where the loss never falls there is no advice") {
  std::vector<RangePoint> points;
  CHECK_FALSE(advice_of(points));
  for (int i = 0; i < 50; ++i) points.push_back({std::pow(10, 0.1 * i), 1.0 + i, 1.0 + i});
  CHECK_FALSE(advice_of(points));
  CHECK_FALSE(advice_of({{1e-3, 1, 1}}));
}
