// Augmentation: what a row's draws depend on, and what is changed. The numbers are held against torchvision's by
// tests/parity/augmentation_test.py.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <doctest/doctest.h>

#include <numeric>

#include "data/feed.h"
#include "graph_builder.h"
#include "kernels/colors.h"
#include "kernels/draws.h"
#include "kernels/images.h"

using namespace modelc;
using types::DType;

namespace {

using Floats = std::vector<double>;

types::Constant list(const Floats& values) {
  types::ConstantList list;
  for (const double value : values) list.emplace_back(value);
  return types::Constant(std::move(list));
}

types::Constant size(std::int64_t height, std::int64_t width) {
  return types::Constant(types::ConstantList{types::Constant(height), types::Constant(width)});
}

/// Where sizes are kept while a test runs.
struct Sizes {
  types::DimTable table;
  types::DimTable::Scope scope{table};
};

/// A feed of one call on `image`, 40 rows of bytes [3, 12, 10].
struct Fed {
  ir::Data recipe;
  std::shared_ptr<data::Dataset> data = std::make_shared<data::Dataset>();
  std::optional<data::Feed> feed;

  Fed(const std::string& op, const std::vector<types::Constant>& args, std::vector<std::int64_t> shape = {3, 12, 10}) {
    testing::GraphBuilder b;
    const types::Dim rows = types::DimTable::current().symbol("rows");
    std::vector<types::Dim> sizes{rows, 3, 12, 10}, made{rows};
    for (const std::int64_t side : shape) made.emplace_back(side);
    std::vector<ir::Operand> operands{b.input("image", {DType::UInt8, sizes})};
    for (const types::Constant& arg : args) operands.push_back(testing::constant(arg));
    operands.push_back(b.input(ir::kDraws, {DType::Int64, {rows}}));
    operands.push_back(testing::constant(types::Constant(0)));
    ir::Output out;
    out.name = "x";
    out.value = b.node("_feed_" + op, operands, {{DType::UInt8, made}})[0];
    b.graph.outputs.push_back(out);
    recipe.feeds.push_back(std::move(b.graph));

    at::manual_seed(3);
    data->rows = 40;
    data::Column column;
    column.name = "image";
    column.values = at::randint(0, 256, {40, 3, 12, 10}).to(at::kByte);
    data->columns.push_back(column);
    feed.emplace(recipe, 0);
    diagnostics::Sink sink;
    REQUIRE(feed->connect(*data, {}, sink));
  }

  at::Tensor run(const std::vector<std::int64_t>& rows, std::int64_t epoch = 1, bool trains = true,
                 std::int64_t seed = 5) {
    return feed->run(rows, {trains, seed, epoch}).at(0);
  }
  const at::Tensor& images() const { return data->columns[0].values; }
};

const std::vector<std::int64_t> kAll = data::consecutive(0, 40);

Fed every(const std::string& op) {
  if (op == "random_crop") return {op, {size(8, 6), types::Constant(2), types::Constant(0.0)}, {3, 8, 6}};
  if (op == "random_resized_crop") return {op, {size(8, 6), list({0.1, 1}), list({0.75, 1.33})}, {3, 8, 6}};
  if (op == "random_flip") return {op, {types::Constant(0.5), types::Constant(false)}};
  if (op == "random_rotation") return {op, {list({-20, 20}), types::Constant(0.0)}};
  if (op == "random_erasing")
    return {op, {types::Constant(0.5), list({0.02, 0.33}), list({0.3, 3.3}), types::Constant(0.0)}};
  if (op == "color_jitter")
    return {op, {types::Constant(0.4), types::Constant(0.4), types::Constant(0.4), types::Constant(0.1)}};
  return {op, {}};
}

}  // namespace

TEST_CASE("augmentation: a row's draws follow from seed, epoch, row and nothing else") {
  const Sizes sizes;
  for (const char* op : {"random_crop", "random_resized_crop", "random_flip", "random_rotation", "random_erasing",
                         "color_jitter", "augment"}) {
    CAPTURE(op);
    Fed fed = every(op);
    const at::Tensor all = fed.run(kAll);
    // In another order, and in batches of other sizes.
    const at::Tensor some = fed.run({31, 2, 17});
    CHECK(some[0].equal(all[31]));
    CHECK(some[1].equal(all[2]));
    CHECK(some[2].equal(all[17]));
    CHECK(fed.run(kAll).equal(all));
    CHECK_FALSE(fed.run(kAll, 2).equal(all));
    CHECK_FALSE(fed.run(kAll, 1, true, 6).equal(all));
  }
}

TEST_CASE("augmentation: nothing is drawn where nothing trains") {
  const Sizes sizes;
  for (const char* op : {"random_flip", "random_rotation", "random_erasing", "color_jitter", "augment"}) {
    CAPTURE(op);
    Fed fed = every(op);
    CHECK(fed.run(kAll, 1, false).equal(fed.images()));
  }
  CHECK(every("random_crop").run(kAll, 1, false).equal(every("random_crop").images().narrow(2, 2, 8).narrow(3, 2, 6)));
  CHECK(every("random_resized_crop").run(kAll, 1, false).equal(kernels::covering(every("augment").images(), 8, 6)));
}

TEST_CASE("augmentation: each row is an image that a flip or crop can give, and all are drawn") {
  const Sizes sizes;
  Fed flips = every("random_flip");
  const at::Tensor flipped = flips.run(kAll);
  int turned = 0;
  for (const std::int64_t row : kAll) {
    const at::Tensor mirrored = flips.images()[row].flip({2});
    CHECK((flipped[row].equal(mirrored) || flipped[row].equal(flips.images()[row])));
    turned += flipped[row].equal(mirrored);
  }
  CHECK(turned > 8);
  CHECK(turned < 32);

  Fed crops = every("random_crop");
  const at::Tensor cropped = crops.run(kAll), padded = at::constant_pad_nd(crops.images(), {2, 2, 2, 2}, 0);
  std::set<std::pair<int, int>> places;
  for (const std::int64_t row : kAll) {
    std::size_t found = places.size() + 1000;
    for (int y = 0; y <= 8; ++y)
      for (int x = 0; x <= 8; ++x)
        if (cropped[row].equal(padded[row].narrow(1, y, 8).narrow(2, x, 6))) places.emplace(y, x), found = 0;
    CHECK(found == 0);
  }
  CHECK(places.size() > 20);
}

TEST_CASE("augmentation: an erased rectangle has the stated share of the image") {
  const Sizes sizes;
  Fed fed = every("random_erasing");
  const at::Tensor erased = fed.run(kAll).eq(0).all(1);
  const at::Tensor share = erased.to(at::kFloat).mean({1, 2});
  int touched = 0;
  for (const std::int64_t row : kAll) {
    const double part = share[row].item<double>();
    touched += part > 0.01;
    CHECK(part < 0.45);
  }
  CHECK(touched > 8);
  CHECK(touched < 32);
}

TEST_CASE("augmentation: mixed rows and targets have the same shares") {
  const Sizes sizes;
  testing::GraphBuilder b;
  const types::Dim rows = types::DimTable::current().symbol("rows");
  const auto image = b.input("image", {DType::Float32, {rows, 1, 6, 6}});
  const auto target = b.input("target", {DType::Float32, {rows, 8}});
  const auto draws = b.input(ir::kDraws, {DType::Int64, {rows}});
  const auto mix = [&](const char* op, double alpha, std::int64_t place) {
    return b.node(
        op,
        {image, target, testing::constant(types::Constant(alpha)), draws, testing::constant(types::Constant(place))},
        {{DType::Float32, {rows, 1, 6, 6}}, {DType::Float32, {rows, 8}}});
  };
  for (const auto& parts : {mix("_feed_mixup", 0.4, 0), mix("_feed_cutmix", 1, 1)})
    for (const ir::Operand& part : parts) {
      ir::Output out;
      out.name = "out" + std::to_string(b.graph.outputs.size());
      out.value = part;
      b.graph.outputs.push_back(out);
    }
  ir::Data recipe;
  recipe.feeds.push_back(std::move(b.graph));
  // Each image is of one value, that of its row, and each row a class of its own.
  data::Dataset data;
  data.rows = 8;
  data.columns.resize(2);
  data.columns[0].name = "image";
  data.columns[0].values = at::arange(8).to(at::kFloat).reshape({8, 1, 1, 1}).expand({8, 1, 6, 6}).contiguous();
  data.columns[1].name = "target";
  data.columns[1].values = at::eye(8);
  data::Feed feed(recipe, 0);
  diagnostics::Sink sink;
  REQUIRE(feed.connect(data, {}, sink));
  const std::vector<std::int64_t> order{3, 1, 7, 0, 5, 2, 6, 4};
  const std::vector<at::Tensor> still = feed.run(order), made = feed.run(order, {true, 5, 1});
  CHECK(still[0].equal(data.columns[0].take(order)));
  CHECK(still[3].equal(data.columns[1].take(order)));
  const at::Tensor numbers = at::arange(8).to(at::kFloat);
  int mixed = 0;
  for (const std::size_t at : {std::size_t{0}, std::size_t{2}}) {
    const at::Tensor& shares = made[at + 1];
    CHECK(at::allclose(shares.sum(1), at::ones({8})));
    // The mean of an image is that of its rows by their shares.
    CHECK(at::allclose(made[at].mean({1, 2, 3}), shares.matmul(numbers), 1e-4, 1e-4));
    CHECK(at::allclose(shares.sum(1), at::ones({8})));
    for (std::int64_t row = 0; row < 8; ++row) mixed += shares[row].gt(0).sum().item<std::int64_t>() == 2;
  }
  CHECK(mixed > 8);
}

TEST_CASE("augmentation: colours of floats are those of bytes, but for rounding") {
  at::manual_seed(1);
  const at::Tensor bytes = at::randint(0, 256, {6, 3, 9, 7}).to(at::kByte), floats = bytes.to(at::kFloat) / 255;
  using Adjust = void (*)(kernels::Colors&, const kernels::PerRow&);
  for (const Adjust adjust :
       {Adjust(kernels::adjust_brightness), Adjust(kernels::adjust_contrast), Adjust(kernels::adjust_saturation),
        Adjust(kernels::adjust_sharpness), Adjust(kernels::adjust_hue)}) {
    const kernels::PerRow factors{0.5, 0.1, 0.9, 0.3, 0.45, 0.2};
    kernels::Colors a = kernels::Colors::of(bytes), b = kernels::Colors::of(floats);
    adjust(a, factors);
    adjust(b, factors);
    CHECK((a.values / 255 - b.values).abs().max().item<double>() < 2.5 / 255);
    CHECK((a.as(at::kByte).scalar_type() == at::kByte));
  }
}

TEST_CASE("augmentation: a grey image keeps its colour") {
  const at::Tensor grey = at::arange(64).reshape({1, 1, 8, 8}).to(at::kByte);
  kernels::Colors colors = kernels::Colors::of(grey);
  kernels::adjust_saturation(colors, {0.1});
  kernels::adjust_hue(colors, {0.4});
  CHECK(colors.as(at::kByte).equal(grey));
}

TEST_CASE("augmentation: draws of two places have nothing in common, and 0 draws nothing") {
  const at::Tensor keys = at::arange(1, 101) * 7919;
  const kernels::Draws one(keys, 0), other(keys, 1);
  CHECK(one.any());
  CHECK_FALSE(kernels::Draws(at::zeros({4}, at::kLong), 0).any());
  double product = 0;
  for (std::int64_t row = 0; row < 100; ++row)
    product += (one.of(row).uniform() - 0.5) * (other.of(row).uniform() - 0.5);
  CHECK(std::abs(product / 100) < 0.03);
}
