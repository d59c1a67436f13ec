#include "ops/traits.h"

namespace modelc::ops {

const std::vector<TraitWord>& trait_words() {
  static const std::vector<TraitWord> words = {
      {Trait::Pure, "pure"},
      {Trait::Elementwise, "elementwise"},
      {Trait::View, "view"},
      {Trait::SameOrder, "same_order"},
      {Trait::Permutes, "permutes"},
      {Trait::Converts, "converts"},
      {Trait::Reduction, "reduction"},
      {Trait::Transposed, "transposed"},
      {Trait::Random, "random"},
      {Trait::WritesState, "writes_state"},
      {Trait::Commutative, "commutative"},
      {Trait::FollowsMode, "follows_mode"},
      {Trait::IdentityInEvaluation, "identity_in_evaluation"},
      {Trait::Normalization, "normalization"},
      {Trait::StopsGradient, "stops_gradient"},
      {Trait::MeasuresSize, "measures_size"},
      {Trait::Complex, "complex"},
      {Trait::Fitted, "fitted"},
      {Trait::OpensLoop, "opens_loop"},
      {Trait::ClosesLoop, "closes_loop"},
  };
  return words;
}

}  // namespace modelc::ops
