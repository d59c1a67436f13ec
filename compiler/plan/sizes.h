// Sizes as a small program over integers: a register for each symbol, then one for what each instruction gives. What
// runs it needs no dimension algebra. A size that is not fixed (a symbol without a value, an overflow, a division by
// zero) is kUnknownSize, and so is whatever is computed of it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace modelc::plan {

using Register = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;
inline constexpr std::int64_t kUnknownSize = std::numeric_limits<std::int64_t>::min();

enum class SizeOp : std::uint8_t { Constant, Add, Multiply, FloorDivide, AtLeastZero };

struct SizeInstruction {
  SizeOp op = SizeOp::Constant;
  Register a = kNone, b = kNone;
  std::int64_t constant = 0;
  bool operator==(const SizeInstruction&) const = default;
};

/// A name for a size that inputs, or results of unknown size, fix when they come.
struct Symbol {
  std::string name;
  std::int64_t least = 1;
};

struct SizeProgram {
  std::vector<Symbol> symbols;        // registers 0 and up
  std::vector<SizeInstruction> code;  // code[i] gives register symbols.size() + i and reads earlier ones
  std::vector<std::string> words;     // by register: `2*B`, for messages; empty where no size is just it

  std::size_t registers() const { return symbols.size() + code.size(); }
  /// All registers as before anything is bound.
  std::vector<std::int64_t> start() const { return std::vector<std::int64_t>(registers(), kUnknownSize); }
  /// Computes one register, which is no symbol, from those before it.
  void compute(Register target, std::vector<std::int64_t>& registers) const;
  /// Computes all that are no symbols.
  void run(std::vector<std::int64_t>& registers) const;
};

/// A size: an integer, or what a register holds.
struct Size {
  std::int64_t constant = 0;
  Register reg = kNone;

  static Size of(std::int64_t value) { return {value, kNone}; }
  static Size in(Register reg) { return {0, reg}; }
  bool is_constant() const { return reg == kNone; }
  std::int64_t value(const std::vector<std::int64_t>& registers) const {
    return reg == kNone ? constant : registers[reg];
  }
  bool operator==(const Size&) const = default;
};

}  // namespace modelc::plan
