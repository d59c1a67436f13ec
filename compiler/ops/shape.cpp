// Operators that move values without changing them; each group has a file of its own.
#include "ops/parts.h"

namespace modelc::ops {

std::vector<Op> shape_family() {
  std::vector<Op> ops;
  declare_reshaping(ops);
  declare_permuting(ops);
  declare_joining(ops);
  declare_stacking(ops);
  declare_splitting(ops);
  declare_selection(ops);
  declare_indexing(ops);
  declare_scattering(ops);
  declare_rearrange(ops);
  declare_padding(ops);
  declare_resizing(ops);
  return ops;
}

}  // namespace modelc::ops
