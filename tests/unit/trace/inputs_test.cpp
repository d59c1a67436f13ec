// Arguments of a component against its inputs.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kAdd =
    "components:\n  Add:\n    inputs:\n      a: float[B, D]\n      b: float[B, D] = null\n    forward: a + b if "
    "defined(b) else a\ninputs:\n  x: float[B, 4]\n  z: float[B, 5]\nmodules:\n  add: Add\n";
std::string codes(const std::string& forward) { return Program(kAdd + "forward: " + forward + "\n").codes(); }

TEST_CASE("inputs: by position, by name, and by default") {
  for (const char* call : {"add(x, x)", "add(b=x, a=x)", "add(x, b=x)", "add(x)", "add(x, null)"}) {
    CAPTURE(call);
    CHECK(Program(kAdd + "forward: " + call + " + z.sum()\n").reports() == "");
  }
}

TEST_CASE("inputs: what does not fit is named") {
  CHECK(codes("add(x, x, x)") == diag::TooManyInputs.row.code);
  CHECK(codes("add(x, c=x)") == diag::UnknownInput.row.code);
  CHECK(codes("add(x, a=x)") == diag::DuplicateArgument.row.code);
  CHECK(codes("add(b=x)") == diag::MissingInput.row.code);
  CHECK(codes("add(x.sum())") == diag::InputType.row.code);
  CHECK(codes("add(x, z)") == diag::InputShape.row.code);
}

TEST_CASE("inputs: a list has as many parts as are declared; with `layers` there is one input") {
  const std::string fuse =
      "components:\n  Fuse:\n    inputs:\n      xs:\n        - float[B, 4]\n        - float[B, 5]\n    forward: "
      "cat(xs, "
      "dim=1)\n  Plain:\n    layers: [ReLU]\ninputs:\n  x: float[B, 4]\n  z: float[B, 5]\nmodules:\n  fuse: Fuse\n  "
      "plain: Plain\nforward: ";
  CHECK(Program(fuse + "plain(fuse([x, z]))\n").reports() == "");
  CHECK(Program(fuse + "plain(fuse([x]))\n").codes().find(diag::ListLength.row.code) == 0);
  CHECK(Program(fuse + "plain(fuse([x, z]), x)\n").codes().find(diag::WrongArgumentCount.row.code) == 0);
}

}  // namespace
