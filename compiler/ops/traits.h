// What is true of an operator whatever it is called with: the facts that passes decide by, so that none of them
// knows an operator by its name. Declared with the operator (`.traits({…})`); a module operator has those of the
// function it becomes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace modelc::ops {

enum class Trait : std::uint8_t {
  /// The results depend on operands and attributes alone and nothing else happens: equal calls may be merged, static
  /// ones folded, unused ones dropped.
  Pure,
  /// Each element of the result depends on the elements at its place of the operands, stretched to one shape.
  Elementwise,
  /// The values of the first tensor under another shape, or a part of them: the result may share its memory.
  View,
  /// All elements of the first operand in their order, under another shape.
  SameOrder,
  /// The dimensions of the first operand in another order, which its rule tells.
  Permutes,
  /// The first operand in another dtype; itself where it has that dtype.
  Converts,
  /// Dimensions of the first operand are combined and go, or become 1.
  Reduction,
  /// Its weight has the outputs in the second dimension.
  Transposed,
  /// Draws from the random state. With FollowsMode: in training only.
  Random,
  /// Gives new values for some of its operands, `Op::writes`. With FollowsMode: in training only.
  WritesState,
  /// The two operands may be exchanged.
  Commutative,
  /// Another function in training than in evaluation; a node says which.
  FollowsMode,
  /// In evaluation its first operand as it is.
  IdentityInEvaluation,
  /// Keeps running statistics, which freezing stops.
  Normalization,
  /// No gradient passes.
  StopsGradient,
  /// Sizes of its results depend on the values of its operands. Each call has symbols of its own for them, so equal
  /// calls are not merged.
  MeasuresSize,
  /// Takes complex numbers; every other operator refuses them.
  Complex,
  /// Learned from the training rows of a recipe, not by gradients; kept in the checkpoint.
  Fitted,
  /// The nodes from here to the one that closes the loop run once for each of its turns.
  OpensLoop,
  /// The last node of a loop: it keeps what each turn gives and hands the next turn its state.
  ClosesLoop,
};

/// Every trait with its word, in order.
struct TraitWord {
  Trait trait;
  std::string_view word;
};
const std::vector<TraitWord>& trait_words();

class Traits {
 public:
  constexpr Traits() = default;
  constexpr Traits(std::initializer_list<Trait> traits) {
    for (Trait trait : traits) add(trait);
  }
  constexpr bool has(Trait trait) const { return (bits_ >> static_cast<unsigned>(trait)) & 1U; }
  constexpr void add(Trait trait) { bits_ |= 1U << static_cast<unsigned>(trait); }
  constexpr bool empty() const { return bits_ == 0; }
  bool operator==(const Traits&) const = default;

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace modelc::ops
