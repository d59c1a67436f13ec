// A plan as text, deterministic: for tests and for whoever wants to see what will run.
//
//   symbols B >= 1
//   sizes
//     r1 = 32
//     r2 = B * r1                  # 32*B
//   inputs
//     $0 = x: float[B, 32]
//   checks
//     x[0] fixes B
//     x[1] is 32
//   states
//     $1 = weight of module 1: float[5, 32]
//   steps
//     $2 = linear($0, $1, null); release $0
//   results
//     logits = $2
#pragma once

#include <string>

#include "plan/plan.h"

namespace modelc::plan {

std::string print(const Plan& plan);

}  // namespace modelc::plan
