// What stands for a missing value.
#pragma once

#include "support/words.h"

namespace modelc::ops {

enum class Fill { Median, Mean, Mode };

/// As `impute` takes them.
inline constexpr support::Word<Fill> kFills[] = {{"median", Fill::Median}, {"mean", Fill::Mean}, {"mode", Fill::Mode}};

}  // namespace modelc::ops
