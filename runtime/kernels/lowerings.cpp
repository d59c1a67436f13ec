#include <stdexcept>

#include "kernels/lowering.h"

namespace modelc::kernels {

#define MODELC_FAMILY(family) void lower_##family(Lowerings&);
#include "ops/families.def"
#undef MODELC_FAMILY

const KernelTable& kernel_table() {
  static const KernelTable all = [] {
    KernelTable table({"aten"});
    Lowerings aten(table, "aten");
#define MODELC_FAMILY(family) lower_##family(aten);
#include "ops/families.def"
#undef MODELC_FAMILY
    return table;
  }();
  return all;
}

void Lowerings::add(std::string_view op, Lowering lowering) {
  const ops::OpId id = ops::Catalogue::get().id(op);
  if (id == ops::kNoOp) throw std::logic_error("a lowering of `" + std::string(op) + "`, which is no operator");
  table_.add(backend_, id, std::move(lowering));
}

}  // namespace modelc::kernels
