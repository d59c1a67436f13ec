#include <stdexcept>

#include "kernels/lowering.h"

namespace modelc::kernels {

#define MODELC_FAMILY(family) void lower_##family(Lowerings&);
#include "ops/families.def"
#undef MODELC_FAMILY

const Lowerings& Lowerings::get() {
  static const Lowerings all = [] {
    Lowerings lowerings;
#define MODELC_FAMILY(family) lower_##family(lowerings);
#include "ops/families.def"
#undef MODELC_FAMILY
    return lowerings;
  }();
  return all;
}

void Lowerings::add(std::string op, Lowering lowering) {
  if (!by_name_.emplace(op, std::move(lowering)).second) throw std::logic_error("two lowerings of " + op);
}

const Lowering* Lowerings::find(std::string_view op) const {
  auto it = by_name_.find(op);
  return it == by_name_.end() ? nullptr : &it->second;
}

std::vector<std::string> Lowerings::names() const {
  std::vector<std::string> out;
  for (const auto& [name, lowering] : by_name_) out.push_back(name);
  return out;
}

}  // namespace modelc::kernels
