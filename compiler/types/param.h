// The notation in which whatever takes arguments declares them: operators, and the entries of the catalogue.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types/constant.h"

namespace modelc::types {

/// From where to where a number may be.
struct Range {
  struct End {
    double value = 0;
    bool open = false;  // itself out of range
  };
  std::optional<End> low, high;

  bool is_bounded() const { return low || high; }
  bool contains(double value) const;
  /// "at least 1", "0 to 1", "more than 0"; empty where it has no end.
  std::string words() const;
};

/// What one parameter takes. Declared as text, `"kernel_size: int[2]"`, `"p: float in 0..1 = 0.5"`:
///   int float bool str dtype       a static value (`int` is a plain integer)
///   dim                            an integer that may depend on run-time sizes
///   int[] float[] dim[] str[]      a list of them; a tuple serves as well
///   int[2] float[2]                exactly so many; a single value is repeated (PyTorch's `_size_2_t`)
///   {a|b|c}                        one of these words, written as a string
///   Tensor  Tensor[]               a run-time tensor, a list or tuple of them
///   Tensor|number                  a tensor, or a static number
///   column                         in a feed: a column's name or number, or what was computed from columns
///   source                         a source of data
///   any                            anything; who declares it looks at it
///   T?                             may be null; T1|T2: either (`int[2]|{same|valid}`)
/// A range is `in 0..1`, `in 1..`, `in ..0`; a bound that is not reached has a `<`: `in 0<..`, `in 0<..<1`.
struct Param {
  enum Kind { Int, Float, Bool, Str, DTypeWord, DimKind, Word, Tensor, TensorList, Number, Column, Source, Any };
  struct Alternative {
    Kind kind = Any;
    bool list = false;
    int count = 0;  // exact length, a single value is repeated; 0: any length
    std::vector<std::string> words;
  };
  std::string name;
  std::vector<Alternative> alternatives;
  bool nullable = false;
  bool has_default = false;
  Constant default_value;
  Range range;
  bool inferred = false;  // given by the input unless stated (`in_features`)
  bool keyword_only = false;
  bool internal = false;  // set by the module that becomes the function; a description cannot give it
  bool later = false;     // the language grants it, this version does not do it: M9001 where it is given
  std::string text;       // the declaration as written, for documentation

  bool takes_tensor() const;
  /// "an integer or a list of such: an integer", for messages.
  std::string kind_words() const;
};
/// PyTorch's word for an argument that numpy spells otherwise: `axis` is `dim`, `keepdims` is `keepdim`.
std::string_view torch_spelling(std::string_view argument);
/// A declaration as above; aborts on one that is malformed, which is a fault of who declares.
Param parse_param(std::string_view declaration);

}  // namespace modelc::types
