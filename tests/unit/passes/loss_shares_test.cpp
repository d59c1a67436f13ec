// What each share of a loss counts.
#include "passes/loss_shares.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

using namespace modelc;

namespace {

/// The shares of a loss of `out`, float[B, 3], `y`, int[B], and `z`, float[B, 3]: `kind factor`, in order.
std::string shares_of(const std::string& loss) {
  const Program program(R"yaml(
allow: M4070
inputs: {x: "float[B, 4]"}
targets: {y: "int[B]", z: "float[B, 3]"}
modules: {fc: Linear(3)}
forward: {out: fc(x)}
data: {train: "synthetic(8, y=randint(0, 3))"}
loss: ")yaml" + loss + "\"\ntrain: {epochs: 1, optimizer: SGD}\n");
  REQUIRE(program.codes() == "");
  static constexpr const char* kKinds[] = {"rows", "elements", "targets", "sum"};
  std::string words;
  for (const ir::Graph& graph : program.ir().graphs) {
    if (!graph.training) continue;
    for (const passes::LossShare& share : passes::loss_shares(graph, graph.losses.at(0)))
      words += fmt::format("{}{} {:g}", words.empty() ? "" : ", ", kKinds[share.kind], share.factor);
    break;
  }
  return words;
}

}  // namespace

TEST_CASE("a reduction counts what it reduces") {
  CHECK(shares_of("mse_loss(out, z)") == "elements 1");
  CHECK(shares_of("(out - z).pow(2).sum(dim=1).mean()") == "elements 1");
  CHECK(shares_of("mse_loss(out, z, reduction='sum')") == "sum 1");
  CHECK(shares_of("(out - z).abs().sum()") == "sum 1");
  CHECK(shares_of("cross_entropy(out, y)") == "targets 1");
  CHECK(shares_of("cross_entropy(out, z.softmax(1))") == "elements 1");
  CHECK(shares_of("kl_div(out, z, reduction='batchmean')") == "rows 1");
}

TEST_CASE("numbers that do not depend on the batch change no count, and terms that count alike are one share") {
  CHECK(shares_of("-2 * mse_loss(out, z) / 3") == "elements 1");
  CHECK(shares_of("fc.bias.exp().sum() * mse_loss(out, z)") == "elements 1");
  CHECK(shares_of("cross_entropy(out, y) + 0.5 * cross_entropy(out * 2, y)") == "targets 1");
  CHECK(shares_of("cross_entropy(out, y) - 0.5 * mse_loss(out, z)") == "targets 1, elements -1");
  CHECK(shares_of("2 * (cross_entropy(out, y) + mse_loss(out, z))") == "targets 2, elements 2");
  CHECK(shares_of("mse_loss(out, z) + 0.25") == "elements 1");
}

TEST_CASE("what is no average of a reduction is averaged over the rows") {
  CHECK(shares_of("mse_loss(out, z).sqrt()") == "rows 1");
  CHECK(shares_of("(out - z).pow(2).sum() / B") == "rows 1");
  CHECK(shares_of("(out - z).pow(2).sum() + 1") == "rows 1");
  CHECK(shares_of("mse_loss(out, z) * out.mean()") == "rows 1");
  CHECK(shares_of("mse_loss(out, z) + 0.1 * fc.weight.pow(2).sum()") == "elements 1, rows 1");
}
