// The IR as text, deterministic: modules with their tensors, then each graph, one node per line. read_text.h reads it
// back. Places in the description, what modules give and cost, and weight files do not stand in it.
//
//   program two_stream
//   symbol B
//   input x: float[B, 5]
//   model: two_stream
//     classifier: Linear(in_features=5, out_features=3, bias=true)
//       parameter weight: float[3, 5] = uniform(-0.4, 0.4)
//   graph training {
//     size K1                                   (of what follows: decided by data; at least 0)
//     input %x: float[B, 5]
//     %1.logits = linear(%x, @classifier.weight, @classifier.bias) : float[B, 3] at classifier
//     %2, @rng' = dropout(%1.logits, @rng, p=0.5, training=true) : float[B, 3]
//     output logits = %2 : float[B, 3]
//     update @rng = @rng'
//     where B >= 2
//   }
//
// `%` is an input or a result, `@` a state: a parameter, a buffer or the random state `@rng`; `'` its next value, `'2`
// the one after that. Operands stand in the order of the operator's parameters until one is left out; whatever follows
// has its name. An attribute that is its default is left out.
#pragma once

#include <string>

#include "ir/program.h"

namespace modelc::ir {

std::string print(const Program& program);
std::string print(const ModuleTree& tree);
std::string print(const Graph& graph, const ModuleTree& tree);
std::string print(const ops::Init& init);

}  // namespace modelc::ir
