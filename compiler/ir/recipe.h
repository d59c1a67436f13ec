// The compiled recipe: where data come from, how columns become inputs, how the model is trained. Made by
// compiler/recipe, run by runtime/data and runtime/train.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "formats/image_folder.h"
#include "ir/check.h"
#include "ir/ir.h"
#include "text/units.h"

namespace modelc::ir {

/// How a synthetic column is drawn.
struct Draw {
  catalogue::DrawId kind = catalogue::DrawId::Normal;  // Normal, Uniform, Randint, Graph
  std::vector<std::int64_t> shape;                     // of one row
  double a = 0, b = 1;          // normal: mean, std; uniform: low, high; randint: low, high (exclusive)
  std::uint32_t graph = kNone;  // graph: index into Data::column_graphs; its inputs are other columns by name
};

struct SourcePart;

/// What a source of one kind reads its files by.
struct Contents {
  std::string query;                                   // sqlite
  std::shared_ptr<const formats::ImageFolder> images;  // images: what the folder holds, where the source is `known`
  text::Unit unit = text::Unit::Chars;                 // text: what a row holds; the second of the files is a tokenizer
};

/// A source as an expression tree: files and `synthetic` are its leaves, `alternate zip with` stand over `parts`.
struct Source {
  catalogue::SourceId kind = catalogue::SourceId::Csv;
  Span span;
  std::int64_t rows = -1;
  bool shuffle = true;                  // of the training source
  std::vector<std::string> files;       // resolved paths
  std::vector<std::string> file_names;  // npy: the column of each file
  formats::CsvOptions csv;
  std::vector<SourcePart> parts;  // zip: named parts (name may be empty); alternate; mix; with: one
  std::vector<double> weights;    // mix: of the parts; empty: every row once
  Contents contents;
  std::string on;                                           // zip: key column
  std::vector<std::pair<std::string, Constant>> constants;  // with: columns added
  std::vector<std::pair<std::string, Draw>> draws;          // synthetic
  std::vector<formats::ColumnType> columns;                 // the schema, where `known`
  bool known = true;                                        // false: a file was not there; nothing can be checked
};
/// Its name and itself. No std::pair: of a type that is still being declared Clang has none.
struct SourcePart {
  std::string first;
  Source second;
  SourcePart(std::string name, Source source) : first(std::move(name)), second(std::move(source)) {}
};

/// A column that is made of another one when the rows are there: `lower(city)`, `pad(tokens(review), 0)`. Its name is
/// the canonical text of the call, under which a feed's graph asks for it.
struct DerivedColumn {
  enum Kind { Strip, Lower, Replace, Equals, Tokens, Pad, Lengths } kind = Lower;
  std::uint32_t feed = 0;  // index into Data::feeds
  std::string name, from;  // from: a column of the source, or one that is derived before it
  /// Strip: the characters, null for white space; Replace: old and new; Equals: the text; Tokens: the tokenizer's file.
  std::vector<std::optional<std::string>> texts;
  text::Unit unit = text::Unit::Words;  // Tokens
};

/// Of one feed: windows of so many rows of the source are its rows. n is 0 where the source's own rows are.
struct Windows {
  std::int64_t n = 0, stride = 0;
  bool operator==(const Windows&) const = default;
};

/// What becomes of a source's columns and rows before batches are drawn.
struct MadeRows {
  std::vector<DerivedColumn> derived;  // those of one feed in the order in which they are made
  std::vector<Windows> windows;        // by feed
};

/// A value computed once from the training split and kept in the checkpoint.
struct Fit {
  std::uint32_t feed = 0;      // index into Data::feeds
  std::uint32_t node = kNone;  // in that feed: a `standardize` or `category` node
  std::string key;             // under which the checkpoint stores it
};

struct Split {
  double fraction = 0;  // of `train`, for validation; 0: none
  std::int64_t folds = 0, fold = 0;
  std::string stratify;  // a column or target; empty: none
  std::string by;
  Span stratify_at, by_at;
  bool divides() const { return fraction > 0 || folds > 1 || !by.empty(); }
};

/// The column or target whose values come equally often in training; none where the name is empty.
struct Balance {
  std::string name;
  Span at;
};

/// What a checkpoint remembers of the data it was trained on, so that nothing needs them again: as JSON in
/// data_memory.h.
struct DataMemory {
  std::vector<std::vector<formats::ColumnType>> columns;  // by feed: what its source had
  std::map<std::string, std::int64_t> categories;         // `data.categories` of a column
  std::map<std::string, std::vector<double>> weights;     // `data.weights` of a column
  bool empty() const { return columns.empty() && categories.empty() && weights.empty(); }
};

struct Optimizer {
  catalogue::OptimizerId id = catalogue::OptimizerId::SGD;
  std::vector<std::pair<std::string, Constant>> args;  // every argument of the optimiser, defaults filled in
  Span span;
};

/// One part of a schedule of the learning rate, with every argument of its entry.
struct SchedulePart {
  catalogue::ScheduleId kind = catalogue::ScheduleId::Constant;
  std::vector<std::pair<std::string, Constant>> args;
  /// Arguments given as `epochs(n)`, which are steps once the rows are counted.
  std::vector<std::pair<std::string, double>> in_epochs;
  Span span;
};

/// What an expression over `step` (from 1) and `epoch` (from 0) comes to; evaluated by the compiler that made it.
class Factor {
 public:
  virtual ~Factor() = default;
  /// nullopt after reporting.
  virtual std::optional<double> at(std::int64_t step, std::int64_t epoch) = 0;
};

/// How the learning rate changes: parts in a row, or a factor.
struct Schedule {
  std::vector<SchedulePart> parts;
  std::shared_ptr<Factor> factor;
  std::string text;  // as written
  Span span;
};

struct ParameterGroup {
  std::vector<std::string> tensors;                    // state_dict keys
  std::vector<std::pair<std::string, Constant>> args;  // overriding the optimiser's
  std::optional<Schedule> schedule;                    // instead of the training's
};

/// The input of a feed that is no column: int64[rows], from which the draws of a row follow in the epoch that is on; 0
/// where nothing trains.
inline constexpr const char* kDraws = "(draws)";

/// `data`.
struct Data {
  std::string root;  // where relative files are looked for
  std::optional<Source> train, valid, test;
  std::optional<Source> given;  // in place of these: rows to predict
  Split split;
  Balance balance;
  DataMemory memory;  // what a checkpoint is to keep
  /// Columns -> fed inputs and targets. Its inputs are columns by name (text columns as int64 codes); its outputs are
  /// named like the model's inputs and targets. One per distinct set of columns (alternate has one per part).
  std::vector<Graph> feeds;
  std::vector<Fit> fits;
  MadeRows made;
  std::vector<Graph> column_graphs;
  std::int64_t workers = 0;  // threads that make batches ahead
  Span span;
};

struct Clip {
  std::optional<double> norm, value;
};

/// Steps from one event to the next; an epoch where it is not said.
struct Every {
  std::optional<std::int64_t> log, valid, save;
};

/// A figure that is measured while training, `valid.accuracy`, and which of two values is the better one.
struct Figure {
  std::string name;
  bool higher = false;
  bool operator==(const Figure&) const = default;
};

struct Stop {
  Figure figure;
  std::int64_t patience = 1;
};

/// Parameters that follow others as a running average: state_dict keys, what follows before what it follows.
struct Following {
  std::vector<std::pair<std::string, std::string>> pairs;
  double decay = 0;
};

/// One optimiser of several that take turns on the same batch; or, without a loss, parameters that follow others.
struct Turn {
  std::string name;                 // of its loss among the terms of the graphs
  std::vector<std::string> update;  // state_dict keys of what it changes
  Optimizer optimizer;
  std::int64_t every = 1, times = 1;
  Following follows;  // instead of an optimiser
};

/// An output of a batch that is fed into an input at the next one.
struct Carried {
  std::string input, output;
};

/// How batches become steps.
struct Batching {
  std::int64_t accumulate = 1;
  bool drop_last = false;
  std::vector<Carried> carry;
};

/// In which precision the steps compute.
enum class Precision : std::uint8_t { Full, Bfloat16, Float16 };

/// `train`.
struct Training {
  std::optional<std::int64_t> epochs, steps;
  std::int64_t batch = 32;
  Batching batching;
  std::int64_t seed = 0;
  std::optional<Optimizer> optimizer;
  std::vector<ParameterGroup> groups;
  std::optional<Schedule> schedule;
  Clip clip;
  Every every;
  std::optional<Figure> best;
  std::optional<Stop> stop;
  std::vector<Turn> turns;  // instead of one optimizer
  Precision precision = Precision::Full;
  std::optional<double> average;  // the decay of the running average that validates and is saved; 0: a plain mean
};

/// A stage of a training: what `train` says, with what the stage says instead.
struct Phase {
  Training training;
  std::vector<std::string> losses;  // of the graphs, that are made small in it; empty: all of them
  std::vector<std::string> frozen;  // state_dict keys of parameters that train in other phases
  std::vector<std::string> held;    // paths of normalisations whose statistics move in other phases
};

/// `predict.generate`. What is appended is an output of its own in graphs that generate (ir::Variant).
struct Generate {
  std::string feed;  // the input that grows along its last dimension
  std::int64_t steps = 0;
  bool stops = false;
  Span span;
};

struct Recipe {
  bool has_loss = false;
  std::vector<Check> checks;
  Data data;
  Training training;
  std::optional<Generate> generate;
  std::vector<Phase> phases;  // empty where there is one training from beginning to end
};

}  // namespace modelc::ir
