#include "plan/bind_inputs.h"

#include "planned.h"

namespace modelc::plan {

namespace {

using testing::planned;
using Sizes = std::vector<std::int64_t>;

Fed floats(const Sizes& sizes) { return {true, DType::Float32, {}, sizes}; }

std::string fault_of(const Plan& plan, const std::vector<Fed>& fed) {
  try {
    bind_inputs(plan, fed);
  } catch (const Fault& fault) {
    return fault.what();
  }
  return "no fault";
}

const char* const kTwo = R"(program two
symbol B
symbol H
model: two
graph evaluation {
  input %x: float[B, 10]
  input %w: float[B, 32*H]
  output x = %x : float[B, 10]
  output w = %w : float[B, 32*H]
  where H % 2 == 0
}
)";

}  // namespace

TEST_CASE("bind_inputs: the registers of all sizes") {
  const Plan plan = planned(kTwo);
  const Sizes x{4, 10}, w{4, 128};
  const Sizes registers = bind_inputs(plan, {floats(x), floats(w)});
  CHECK(registers[0] == 4);
  CHECK(registers[1] == 4);
  CHECK(plan.slots[1].type.shape[1].value(registers) == 128);
}

TEST_CASE("bind_inputs: what does not fit is named with both sides and the cause") {
  const Plan plan = planned(kTwo);
  const Sizes good{4, 10}, wide{4, 64}, short_row{4, 9}, flat{4}, five{5, 64}, odd{4, 65}, none{0, 10}, one{4, 32};
  CHECK(fault_of(plan, {floats(good), floats(wide)}) == "no fault");
  CHECK(fault_of(plan, {floats(short_row), floats(wide)}) ==
        "input `x` is float[4, 9], the model wants float[B, 10]: dimension 1 is 9, expected 10");
  CHECK(fault_of(plan, {floats(flat), floats(wide)}) ==
        "input `x` is float[4], the model wants float[B, 10]: it has 1 dimension, expected 2");
  CHECK(fault_of(plan, {{true, DType::Int64, {}, good}, floats(wide)}) ==
        "input `x` is int[4, 10], the model wants float[B, 10]: its dtype is int64, expected float32");
  CHECK(fault_of(plan, {{true, std::nullopt, "ComplexFloat", good}, floats(wide)}) ==
        "input `x` is a tensor of ComplexFloat, the model wants float[B, 10]: its dtype is ComplexFloat, expected "
        "float32");
  CHECK(fault_of(plan, {floats(good), floats(five)}) ==
        "input `w` is float[5, 64], the model wants float[B, 32*H]: dimension 0 is 5, expected 4 (`B` is 4 by `x`)");
  CHECK(fault_of(plan, {floats(good), floats(odd)}) ==
        "input `w` is float[4, 65], the model wants float[B, 32*H]: dimension 1 is 65, expected a multiple of 32");
  CHECK(fault_of(plan, {floats(none), floats(wide)}) ==
        "input `x` is float[0, 10], the model wants float[B, 10]: dimension 0 is 0, which makes `B` 0, expected at "
        "least 1");
  CHECK(fault_of(plan, {floats(good), floats(one)}) == "`H % 2 == 0` does not hold for H = 1");
  CHECK(fault_of(plan, {{}, floats(wide)}) == "input `x` is not given, the model wants float[B, 10]");
  CHECK_THROWS_AS(bind_inputs(plan, {}), std::logic_error);
}

TEST_CASE("bind_inputs: an input that is not needed is checked where it is given, and binds where it comes first") {
  const Plan plan = planned(R"(program some
symbol B
symbol T
model: some
graph evaluation {
  input %x: float[B]
  input %a: float[T, B]
  input %b: float[T, B]
  output x = %x : float[B]
  where T >= 3
}
)");
  const Sizes x{2}, a{4, 2}, b{5, 2}, wrong{4, 3}, low{2, 2};
  CHECK(fault_of(plan, {floats(x), {}, {}}) == "no fault");
  CHECK(fault_of(plan, {floats(x), floats(a), {}}) == "no fault");
  CHECK(bind_inputs(plan, {floats(x), {}, floats(b)})[1] == 5);
  CHECK(fault_of(plan, {floats(x), floats(a), floats(b)}) ==
        "input `b` is float[5, 2], the model wants float[T, B]: dimension 0 is 5, expected 4 (`T` is 4 by `a`)");
  CHECK(fault_of(plan, {floats(x), floats(wrong), {}}).find("expected 2 (`B` is 2 by `x`)") != std::string::npos);
  CHECK(fault_of(plan, {floats(x), {}, floats(low)}) == "`T >= 3` does not hold for T = 2");
}

TEST_CASE("bind_inputs: sizes that are not linear in their symbol") {
  const Plan plan = planned(R"(program square
symbol B
symbol N
model: square
graph evaluation {
  input %x: float[N*(N + 1)//2, N*B]
  output x = %x : float[N*(N + 1)//2, N*B]
}
)");
  const Sizes good{15, 20}, no_triangle{16, 20}, no_multiple{15, 21};
  const Sizes registers = bind_inputs(plan, {floats(good)});
  CHECK(plan.sizes.symbols[0].name == "N");
  CHECK(registers[0] == 5);
  CHECK(registers[1] == 4);
  CHECK(fault_of(plan, {floats(no_triangle)}).find("dimension 0 is 16, expected a value of ") != std::string::npos);
  CHECK(fault_of(plan, {floats(no_multiple)}).find("dimension 1 is 21, expected a multiple of 5") != std::string::npos);
}

TEST_CASE("sizes: what is not known, or does not fit, is unknown") {
  SizeProgram program;
  program.symbols = {{"A", 1}, {"B", 1}};
  program.code = {{SizeOp::Multiply, 0, 0, 0},
                  {SizeOp::FloorDivide, 0, 1, 0},
                  {SizeOp::Add, 2, 3, 0},
                  {SizeOp::Constant, kNone, kNone, 7},
                  {SizeOp::AtLeastZero, 1, kNone, 0}};
  Sizes registers = program.start();
  registers[0] = 7;
  program.run(registers);
  CHECK(registers == Sizes{7, kUnknownSize, 49, kUnknownSize, kUnknownSize, 7, kUnknownSize});
  registers[1] = -2;
  program.run(registers);
  CHECK(registers == Sizes{7, -2, 49, -4, 45, 7, 0});
  registers[1] = 0;
  registers[0] = std::int64_t{1} << 40;
  program.run(registers);
  CHECK(registers[2] == kUnknownSize);
  CHECK(registers[3] == kUnknownSize);
}

}  // namespace modelc::plan
