// Whether something is there: what only an untaken branch declares is not, what nobody declares is a fault.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

std::string told(const std::string& forward) {
  const Program p(R"(params: {deep: false}
inputs:
  x: float[B, 4]
modules:
  if deep: {a: Linear(3)}
  for i in range(2):
    if deep: {"a${i}": ReLU}
  b:
    inputs: [x]
    modules:
      if deep: {gate: Linear(3)}
      act: ReLU
    forward: act(x)
forward:
  if deep: {q: x * 2}
  u: b(x)
)" + forward);
  if (!p.reports().empty()) return p.codes();
  return p.ir().graphs[0].outputs[0].type.str();
}

TEST_CASE("defined: what only an untaken branch declares is not there") {
  CHECK(told("  y: a(x) if defined(a) else u\n") == "float[B, 4]");
  CHECK(told("  y: a1(x) if defined(a1) else u\n") == "float[B, 4]");
  CHECK(told("  y: q if defined(q) else u\n") == "float[B, 4]");
  CHECK(told("  y: 3 if defined(b.gate) else u\n") == "float[B, 4]");
  CHECK(told("  y: u if defined(b.act) else 3\n") == "float[B, 4]");
  CHECK(told("  y: 3 if defined(a.weight) else u\n") == "float[B, 4]");
}

TEST_CASE("defined: what nobody declares is a fault") {
  CHECK(told("  y: u if defined(c) else u\n") == diag::UnknownName.row.code);
  CHECK(told("  y: u if defined(b.gone) else u\n") == diag::NoMember.row.code);
}

}  // namespace
