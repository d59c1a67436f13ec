#include "plan/size_compiler.h"

#include "types/dim_form.h"

namespace modelc::plan {

using types::Dim;
using types::DimFactor;

SizeCompiler::SizeCompiler(const std::vector<types::SymbolId>& symbols) {
  const types::DimTable& table = types::DimTable::current();
  for (const types::SymbolId id : symbols) {
    symbols_.emplace(id, static_cast<Register>(program_.symbols.size()));
    program_.symbols.push_back({table.symbol_name(id), table.symbol_least(id)});
    program_.words.push_back(table.symbol_name(id));
  }
}

Size SizeCompiler::size(Dim dim) {
  if (dim.is_constant()) return Size::of(dim.constant());
  const Register reg = compile(dim);
  program_.words[reg] = dim.str();
  return Size::in(reg);
}

std::vector<Size> SizeCompiler::sizes(const std::vector<Dim>& dims) {
  std::vector<Size> out;
  for (const Dim& dim : dims) out.push_back(size(dim));
  return out;
}

Register SizeCompiler::emit(const SizeInstruction& instruction) {
  const auto key = std::make_tuple(instruction.op, instruction.a, instruction.b, instruction.constant);
  const auto [place, fresh] = emitted_.emplace(key, static_cast<Register>(program_.registers()));
  if (fresh) {
    program_.code.push_back(instruction);
    program_.words.emplace_back();
  }
  return place->second;
}

Register SizeCompiler::compile(Dim dim) {
  if (dim.is_constant()) return constant(dim.constant());
  if (dim.is_poison()) return constant(kUnknownSize);
  if (const auto found = done_.find(dim.key()); found != done_.end()) return found->second;
  Register sum = kNone;
  for (const types::DimProduct& product : types::products_of(dim)) {
    Register all = kNone;
    const auto times = [&](Register factor) { all = all == kNone ? factor : emit({SizeOp::Multiply, all, factor, 0}); };
    for (const DimFactor& factor : product.factors) {
      Register one = kNone;
      if (factor.kind == DimFactor::Symbol) one = symbol(factor.symbol);
      else if (factor.kind == DimFactor::AtLeastZero)
        one = emit({SizeOp::AtLeastZero, compile(factor.argument), kNone, 0});
      else one = emit({SizeOp::FloorDivide, compile(factor.argument), compile(factor.divisor), 0});
      for (std::uint32_t i = 0; i < factor.exponent; ++i) times(one);
    }
    if (product.coefficient != 1 || all == kNone) times(constant(product.coefficient));
    sum = sum == kNone ? all : emit({SizeOp::Add, sum, all, 0});
  }
  done_.emplace(dim.key(), sum);
  return sum;
}

std::vector<Register> SizeCompiler::dependents(const std::vector<Register>& symbols) const {
  std::vector<bool> depends(program_.registers(), false);
  for (const Register symbol : symbols) depends[symbol] = true;
  std::vector<Register> out;
  for (std::size_t i = 0; i < program_.code.size(); ++i) {
    const SizeInstruction& step = program_.code[i];
    const auto reg = static_cast<Register>(program_.symbols.size() + i);
    depends[reg] = (step.a != kNone && depends[step.a]) || (step.b != kNone && depends[step.b]);
    if (depends[reg]) out.push_back(reg);
  }
  return out;
}

}  // namespace modelc::plan
