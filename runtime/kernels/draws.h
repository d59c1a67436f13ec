// The random numbers of the rows of a batch: each row has a stream of its own for each call of a feed, which follows
// from the row's number in `draws` (0: nothing is drawn) and the place of the call.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "support/random.h"

namespace modelc::kernels {

class Draws {
 public:
  Draws(const at::Tensor& draws, std::int64_t place)
      : keys_(draws.contiguous()), place_(static_cast<std::uint64_t>(place + 1) * 0xD1342543DE82EF95ull) {}

  std::int64_t count() const { return keys_.numel(); }
  /// Rows of one batch are drawn all together or not at all.
  bool any() const { return count() > 0 && keys_.data_ptr<std::int64_t>()[0] != 0; }
  support::Random of(std::int64_t row) const {
    return support::Random(static_cast<std::uint64_t>(keys_.data_ptr<std::int64_t>()[row]) ^ place_);
  }
  /// `draw(random)` of each row.
  template <class Draw>
  auto each(Draw draw) const {
    std::vector<decltype(draw(std::declval<support::Random&>()))> drawn;
    for (std::int64_t row = 0; row < count(); ++row) {
      support::Random random = of(row);
      drawn.push_back(draw(random));
    }
    return drawn;
  }

 private:
  at::Tensor keys_;
  std::uint64_t place_;
};

}  // namespace modelc::kernels
