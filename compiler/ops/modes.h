// Words among the arguments of operators, as enumerations: rules and kernels ask for them alike.
#pragma once

#include "support/words.h"

namespace modelc::ops {

enum class PadMode { Constant, Reflect, Replicate, Circular };

/// `zeros` of a convolution is a constant.
inline PadMode pad_mode(std::string_view word) {
  static constexpr support::Word<PadMode> kWords[] = {{"constant", PadMode::Constant},
                                                      {"zeros", PadMode::Constant},
                                                      {"reflect", PadMode::Reflect},
                                                      {"replicate", PadMode::Replicate},
                                                      {"circular", PadMode::Circular}};
  return support::meaning_of(kWords, word).value_or(PadMode::Constant);
}

enum class Resampling { Nearest, NearestExact, Area, Linear, Bilinear, Bicubic, Trilinear };

inline Resampling resampling(std::string_view word) {
  static constexpr support::Word<Resampling> kWords[] = {
      {"nearest", Resampling::Nearest},     {"nearest-exact", Resampling::NearestExact},
      {"area", Resampling::Area},           {"linear", Resampling::Linear},
      {"bilinear", Resampling::Bilinear},   {"bicubic", Resampling::Bicubic},
      {"trilinear", Resampling::Trilinear},
  };
  return support::meaning_of(kWords, word).value_or(Resampling::Nearest);
}

/// How many dimensions it is for; 0: any.
inline std::size_t dimensions_of(Resampling mode) {
  switch (mode) {
    case Resampling::Linear:
      return 1;
    case Resampling::Bilinear:
    case Resampling::Bicubic:
      return 2;
    case Resampling::Trilinear:
      return 3;
    case Resampling::Nearest:
    case Resampling::NearestExact:
    case Resampling::Area:
      return 0;
  }
  return 0;
}

enum class Reduce { None, Mean, Sum, BatchMean };

inline Reduce reduction(std::string_view word) {
  static constexpr support::Word<Reduce> kWords[] = {
      {"none", Reduce::None}, {"mean", Reduce::Mean}, {"sum", Reduce::Sum}, {"batchmean", Reduce::BatchMean}};
  return support::meaning_of(kWords, word).value_or(Reduce::Mean);
}

enum class QrFactors { Reduced, Complete, R };

inline QrFactors qr_factors(std::string_view word) {
  static constexpr support::Word<QrFactors> kWords[] = {
      {"reduced", QrFactors::Reduced}, {"complete", QrFactors::Complete}, {"r", QrFactors::R}};
  return support::meaning_of(kWords, word).value_or(QrFactors::Reduced);
}

/// Which of its indices counts first in a grid.
enum class GridOrder { RowsFirst, ColumnsFirst };

inline GridOrder grid_order(std::string_view word) {
  static constexpr support::Word<GridOrder> kWords[] = {{"ij", GridOrder::RowsFirst}, {"xy", GridOrder::ColumnsFirst}};
  return support::meaning_of(kWords, word).value_or(GridOrder::RowsFirst);
}

}  // namespace modelc::ops
