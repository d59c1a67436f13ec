// What tensors and calls have in Python's PyTorch and not here, with what stands for it.
#pragma once

#include <string_view>

#include "support/words.h"

namespace modelc::catalogue {

inline constexpr std::string_view kNoDevice = "leave the device out: values lie where the model runs";
inline constexpr std::string_view kNoGradient =
    "leave it out: `train` asks for gradients, and `detach(x)` keeps them from a value";
inline constexpr std::string_view kNotRead = "values are known only at run time, so a tensor stays a tensor";

/// For what would stand behind a tensor's dot; empty where nothing is known.
inline std::string_view words_for_member(std::string_view name) {
  static constexpr support::Word<std::string_view> kWords[] = {
      {"device", kNoDevice},
      {"cuda", kNoDevice},
      {"cpu", kNoDevice},
      {"is_cuda", kNoDevice},
      {"grad", kNoGradient},
      {"data", kNoGradient},
      {"backward", kNoGradient},
      {"requires_grad", kNoGradient},
      {"requires_grad_", kNoGradient},
      {"item", kNotRead},
      {"numpy", kNotRead},
      {"tolist", kNotRead},
      {"size", "`x.shape` is the list of the sizes"},
      {"shape", "it is no function: `x.shape`, `x.shape[0]`"},
      {"dtype", "it is no function: `x.dtype`"},
      {"ndim", "it is no function: `x.ndim`"},
      {"mT", "`x.transpose(-2, -1)` exchanges the last two dimensions"}};
  return support::meaning_of(kWords, name).value_or(std::string_view());
}

/// For an argument that PyTorch's functions share; empty where nothing is known.
inline std::string_view words_for_argument(std::string_view name) {
  static constexpr support::Word<std::string_view> kWords[] = {
      {"device", kNoDevice},
      {"requires_grad", kNoGradient},
      {"out", "leave it out: values never change, a result has a name of its own"}};
  return support::meaning_of(kWords, name).value_or(std::string_view());
}

}  // namespace modelc::catalogue
