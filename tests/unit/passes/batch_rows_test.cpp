#include "passes/batch_rows.h"

#include <doctest/doctest.h>

#include "../trace/program.h"

namespace modelc {
namespace {

std::string told(const std::string& inputs, const std::string& rest) {
  const Program p("inputs: {" + inputs + "}\n" + rest);
  return p.reports();
}

const std::string kSequence = "x: \"float[B, T, 4]\"";

TEST_CASE("batch_rows: a recurrent layer that takes the batch for time") {
  const std::string body = "modules: {r: GRU(8)}\nforward: {o: \"r(x)[0]\"}\n";
  CHECK(told(kSequence, body) ==
        "M4072 `r` takes the first dimension of float[B, T, 4] for time, and it is the batch\n");
  CHECK(told("x: \"float[S, T, 4]\"", body + "targets: {y: \"float[S]\"}\nloss: mse_loss(o[:, 0, 0], y)\n") ==
        "M4072 `r` takes the first dimension of float[S, T, 4] for time, and it is the batch\n");
  CHECK(told("x: \"float[T, B, 4]\"", body) == "");
  CHECK(told(kSequence, "modules: {r: \"GRU(8, batch_first=true)\"}\nforward: {o: \"r(x)[0]\"}\n") == "");
  CHECK(told(kSequence, "modules: {r: GRU(8)}\nforward: {o: \"r(x.transpose(0, 1))[0]\"}\n") == "");
}

TEST_CASE("batch_rows: a join or flatten over the batch") {
  CHECK(told("x: \"float[B, 4]\", z: \"float[B, 4]\"", "forward: {o: \"cat([x, z], 0)\"}\n") ==
        "M4073 `cat` makes one dimension of the batch and what is not: it is `2*B`\n");
  CHECK(told(kSequence, "forward: {o: x.flatten()}\n") ==
        "M4073 `flatten` makes one dimension of the batch and what is not: it is `4*B*T`\n");
  CHECK(told("x: \"float[B, 4]\", z: \"float[B, 4]\"", "forward: {o: \"cat([x, z], 1)\"}\n") == "");
  CHECK(told(kSequence, "forward: {o: \"x.flatten(0, 1)\"}\n") == "");
  CHECK(told("x: \"float[B, 1]\"", "forward: {o: x.flatten()}\n") == "");
  // A loss may take all rows together.
  CHECK(told(kSequence,
             "targets: {y: \"float[B, T, 4]\"}\nforward: {o: x * 2}\n"
             "loss: mse_loss(o.flatten(), y.flatten())\n") == "");
}

}  // namespace
}  // namespace modelc
