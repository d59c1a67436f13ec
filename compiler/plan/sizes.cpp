#include "plan/sizes.h"

#include <algorithm>

namespace modelc::plan {

namespace {

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  if (b == 0) return kUnknownSize;
  if (b == -1) return -a;
  const std::int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

std::int64_t apply(SizeOp op, std::int64_t a, std::int64_t b) {
  if (a == kUnknownSize || b == kUnknownSize) return kUnknownSize;
  std::int64_t result = 0;
  switch (op) {
    case SizeOp::Constant:
      return a;
    case SizeOp::Add:
      return __builtin_add_overflow(a, b, &result) ? kUnknownSize : result;
    case SizeOp::Multiply:
      return __builtin_mul_overflow(a, b, &result) ? kUnknownSize : result;
    case SizeOp::FloorDivide:
      return floor_divide(a, b);
    case SizeOp::AtLeastZero:
      return std::max<std::int64_t>(a, 0);
  }
  return kUnknownSize;
}

}  // namespace

void SizeProgram::compute(Register target, std::vector<std::int64_t>& registers) const {
  const SizeInstruction& step = code[target - symbols.size()];
  const std::int64_t a = step.a == kNone ? step.constant : registers[step.a];
  registers[target] = apply(step.op, a, step.b == kNone ? 0 : registers[step.b]);
}

void SizeProgram::run(std::vector<std::int64_t>& registers) const {
  for (std::size_t i = symbols.size(); i < registers.size(); ++i) compute(static_cast<Register>(i), registers);
}

}  // namespace modelc::plan
