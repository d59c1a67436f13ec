// The words of `resize`, in descriptions and in the IR's text.
#pragma once

#include "ir/weights.h"
#include "support/words.h"

namespace modelc::ir {

inline constexpr support::Word<Resizing> kResizings[] = {{"interpolate", Resizing::Interpolate},
                                                         {"mean", Resizing::Mean}};

inline std::string_view word_of(Resizing how) {
  for (const support::Word<Resizing>& word : kResizings)
    if (word.meaning == how) return word.text;
  return {};
}

}  // namespace modelc::ir
