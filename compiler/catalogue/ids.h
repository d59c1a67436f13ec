// Numbers for what the catalogue declares, so that nothing compares names once a description has been read. A number is
// the place of the entry in its list; the unit tests hold the two together.
#pragma once

#include <cstdint>

namespace modelc::catalogue {

enum class OptimizerId : std::uint16_t {
  SGD,
  Adam,
  AdamW,
  RMSprop,
  Adagrad,
  LBFGS,
  Adadelta,
  Adamax,
  NAdam,
  RAdam,
  Rprop,
  ASGD,
  Lion,
  Adafactor,
  LAMB,
  Muon,
};

enum class ScheduleId : std::uint16_t {
  Warmup,
  Constant,
  Linear,
  Cosine,
  Step,
  Exponential,
  Polynomial,
  OneCycle,
  Plateau,
  Epochs,
};

/// `Mean` has no entry: it is what any other expression under `metrics` becomes.
enum class MetricId : std::uint16_t {
  Accuracy,
  Topk,
  Precision,
  Recall,
  F1,
  Auc,
  Mae,
  Rmse,
  R2,
  Perplexity,
  Iou,
  Confusion,
  BalancedAccuracy,
  Specificity,
  Dice,
  AveragePrecision,
  Ece,
  Bleu,
  Mse,
  Mape,
  Pearson,
  Spearman,
  Mean,
};

enum class SourceId : std::uint16_t {
  Synthetic,
  Csv,
  Idx,
  Npy,
  Npz,
  Safetensors,
  Images,
  Text,
  Sqlite,
  Alternate,
  Mix,
  Zip,
  With,
};

/// How a synthetic column is drawn. `Graph` has no entry: it is an expression over the other columns.
enum class DrawId : std::uint16_t { Normal, Uniform, Randint, Randn, Rand, Graph };

enum class FeedId : std::uint16_t {
  Column,
  Numeric,
  Standardize,
  Normalize,
  Category,
  Windows,
  Tokens,
  Pad,
  Lengths,
  Impute,
  Strip,
  Lower,
  Replace,
  Clip,
  Log1p,
  Bins,
  RandomCrop,
  RandomResizedCrop,
  RandomFlip,
  RandomRotation,
  ColorJitter,
  RandomErasing,
  Augment,
  Mixup,
  Cutmix,
  Resize,
  CenterCrop,
};

enum class InitialiserId : std::uint16_t {
  Zeros,
  Ones,
  Constant,
  Uniform,
  Normal,
  KaimingUniform,
  KaimingNormal,
  XavierUniform,
  XavierNormal,
  TruncNormal,
  Orthogonal,
  Eye,
  Dirac,
};

enum class FunctionId : std::uint16_t {
  Sum,
  Max,
  Min,
  Abs,
  Log,
  Sqrt,
  Round,
  Len,
  Float,
  Int,
  Bool,
  Str,
  Range,
  Zip,
  Enumerate,
  Ceil,
  Floor,
  Sorted,
  Defined,
  Exp,
  Sin,
  Cos,
  Tan,
  Pow,
  All,
  Any,
  List,
  Tuple,
  Reversed,
  Map,
  Scan,
  Tap,
  Prod,
  Rearrange,
  WeightNorm,
  SpectralNorm,
};

}  // namespace modelc::catalogue
