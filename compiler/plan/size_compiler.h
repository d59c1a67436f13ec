// Dims into a SizeProgram. Equal sizes get one register. Internal to make_plan.
#pragma once

#include <map>
#include <tuple>

#include "plan/sizes.h"
#include "types/dim.h"

namespace modelc::plan {

class SizeCompiler {
 public:
  /// All symbols that sizes will mention; the DimTable in force is theirs.
  explicit SizeCompiler(const std::vector<types::SymbolId>& symbols);

  Size size(types::Dim dim);
  std::vector<Size> sizes(const std::vector<types::Dim>& dims);
  /// The register of a symbol.
  Register symbol(types::SymbolId id) const { return symbols_.at(id); }
  const SizeProgram& program() const { return program_; }
  /// The registers that depend on any of these symbols' registers, in order.
  std::vector<Register> dependents(const std::vector<Register>& symbols) const;

 private:
  Register compile(types::Dim dim);
  Register constant(std::int64_t value) { return emit({SizeOp::Constant, kNone, kNone, value}); }
  Register emit(const SizeInstruction& instruction);

  SizeProgram program_;
  std::map<types::SymbolId, Register> symbols_;
  std::map<std::uint64_t, Register> done_;  // by Dim::key()
  std::map<std::tuple<SizeOp, Register, Register, std::int64_t>, Register> emitted_;
};

}  // namespace modelc::plan
