#include "passes/idle_dropout.h"

#include <doctest/doctest.h>

#include "../trace/program.h"

namespace modelc {
namespace {

std::string told(const std::string& module) {
  const Program p("inputs: {x: \"float[T, B, 4]\"}\nmodules: {r: \"" + module + "\"}\nforward: {o: \"r(x)[0]\"}\n");
  return p.reports();
}

TEST_CASE("idle_dropout: between the layers of a module that has one") {
  CHECK(told("LSTM(8, dropout=0.3)") ==
        "M4074 `r` drops nothing: its `dropout=0.3` acts between layers, and it has one\n");
  CHECK(told("LSTM(8, num_layers=2, dropout=0.3)") == "");
  CHECK(told("GRU(8)") == "");
}

}  // namespace
}  // namespace modelc
