// What is learned of rows that come in blocks equals what is learned of all of them at once.
#include "data/statistics.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace modelc;

namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

/// The rows of a tensor, `step` at a time.
data::Blocks blocks(const at::Tensor& all, std::int64_t step) {
  return [all, step](const auto& visit) {
    for (std::int64_t at = 0; at < all.size(0); at += step) visit(all.narrow(0, at, std::min(step, all.size(0) - at)));
    return true;
  };
}

at::Tensor table(std::vector<float> values, std::int64_t columns) { return at::tensor(values).reshape({-1, columns}); }

/// The median as NumPy has it.
double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

}  // namespace

TEST_CASE("moments: mean and spread of each column, whatever the blocks") {
  at::Tensor all = at::randn({500, 3}, at::kDouble) * 4 + 1e6;
  for (const std::int64_t step : {1, 7, 500}) {
    const auto found = data::moments(blocks(all, step));
    REQUIRE(found);
    CHECK(at::allclose(found->mean, all.mean(0), 1e-14, 0));
    CHECK(at::allclose(found->std, all.std(0, false), 1e-9, 0));
    CHECK(found->count.eq(500).all().item<bool>());
  }
}

TEST_CASE("moments: integers are summed as doubles, and missing values are passed over") {
  const at::Tensor seconds = at::full({4}, 1'700'000'000, at::kLong) + at::arange(4, at::kLong);
  const auto exact = data::moments(blocks(seconds, 2));
  CHECK(exact->mean.item<double>() == 1'700'000'001.5);
  CHECK(exact->std.item<double>() == doctest::Approx(std::sqrt(1.25)));
  const auto some = data::moments(blocks(table({1, kMissing, 3, 4, kMissing, kMissing}, 2), 1));
  CHECK(some->mean[0].item<double>() == 2);
  CHECK(some->mean[1].item<double>() == 4);
  CHECK(some->count[0].item<std::int64_t>() == 2);
  CHECK(some->count[1].item<std::int64_t>() == 1);
}

TEST_CASE("medians: exact in blocks of any size, with signs, ties, infinities and missing values") {
  const at::Tensor all = at::randn({301, 20}, at::kFloat).mul(100).round().div(10);
  for (const std::int64_t rows : {1, 2, 300, 301}) {
    const at::Tensor some = all.narrow(0, 0, rows);
    const auto found = data::medians(blocks(some, 17));
    REQUIRE(found);
    for (std::int64_t column = 0; column < 20; ++column) {
      std::vector<double> values;
      for (std::int64_t row = 0; row < rows; ++row) values.push_back(some[row][column].item<double>());
      CHECK((*found)[column].item<double>() == median(values));
    }
  }
  const float infinite = std::numeric_limits<float>::infinity();
  CHECK(data::medians(blocks(table({-infinite, -1, 0, infinite}, 1), 3))->item<double>() == -0.5);
  CHECK(data::medians(blocks(table({kMissing, 5, kMissing}, 1), 1))->item<double>() == 5);
  CHECK(std::isnan(data::medians(blocks(table({kMissing, kMissing}, 1), 1))->item<double>()));
}

TEST_CASE("modes: the most frequent value, the least of several") {
  CHECK(data::modes(blocks(table({3, 1, 3, 2}, 1), 1))->item<double>() == 3);
  CHECK(data::modes(blocks(table({3, 1, 3, 1, -2}, 1), 2))->item<double>() == 1);
  CHECK(data::modes(blocks(table({0.0f, -0.0f, 1}, 1), 2))->item<double>() == 0);
  CHECK(data::modes(blocks(table({kMissing, 2, kMissing}, 1), 2))->item<double>() == 2);
}

TEST_CASE("a fault of the blocks is a fault of what is learned") {
  const data::Blocks faulty = [](const auto&) { return false; };
  CHECK_FALSE(data::moments(faulty));
  CHECK_FALSE(data::medians(faulty));
  CHECK_FALSE(data::modes(faulty));
}
