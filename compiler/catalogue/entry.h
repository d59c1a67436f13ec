// What has a name and is no operator: an optimiser, a schedule, a metric, a source of data, a function of a feed, a
// static function, an initialiser, a key of a description, an option of the command line. Each is declared once, in the
// list of its kind (`optimizers.cpp`, …), in the notation of the operators (types/param.h). Reading, checking, "did you
// mean", `modelc ops NAME`, schemas and the reference come from here. Knows neither syntax nor IR.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/ids.h"
#include "types/param.h"

namespace modelc::catalogue {

using types::Constant;
using types::Param;

enum class Kind {
  Optimizer,
  Schedule,
  Metric,
  Source,
  Draw,  // of a column of `synthetic`
  FeedFunction,
  StaticFunction,
  Initialiser,
  Key,
  Option,
};
inline constexpr Kind kKinds[] = {Kind::Optimizer, Kind::Schedule,     Kind::Metric,         Kind::Source,
                                  Kind::Draw,      Kind::FeedFunction, Kind::StaticFunction, Kind::Initialiser,
                                  Kind::Key,       Kind::Option};

struct Entry {
  Kind kind = Kind::Key;
  std::uint16_t id = 0;  // its place in the list of its kind: `OptimizerId`, `MetricId`, …
  std::string name;
  std::string summary;           // one sentence
  std::vector<Param> arguments;  // by position in this order, but for those that are keyword-only
  /// Further arguments without a name (`numeric("a", "b")`), and further ones whose names the user chooses
  /// (`synthetic(100, x=normal(3))`).
  std::optional<Param> rest, named;
  std::vector<std::string> results;  // what it gives: `image: uint8[H, W]`
  std::string example;               // one use, as it stands in a description
  std::string note;                  // for the reference page
  bool supported = true;             // false: the language grants it, its use is M9001

  const Param* argument(std::string_view name) const;
};

/// The list of a kind, in the order of its ids.
const std::vector<Entry>& entries(Kind kind);
const Entry* find(Kind kind, std::string_view name);
std::vector<std::string> names(Kind kind);
/// The name of the kind nearest to `word`, if one is near enough to be meant.
std::optional<std::string> nearest(Kind kind, std::string_view word);
/// "optimizer", "function of a feed": for messages, without an article.
std::string_view word_of(Kind kind);

const Entry& entry(OptimizerId id);
const Entry& entry(ScheduleId id);
const Entry& entry(MetricId id);  // not Mean
const Entry& entry(SourceId id);
const Entry& entry(DrawId id);  // not Graph
const Entry& entry(FeedId id);
const Entry& entry(InitialiserId id);
const Entry& entry(FunctionId id);
/// The name of a kind of metric or column, those without an entry included: "mean", "graph".
std::string_view name_of(MetricId id);
std::string_view name_of(DrawId id);
std::string_view name_of(SourceId id);
std::string_view name_of(OptimizerId id);
std::optional<MetricId> metric_id(std::string_view name);
template <typename Id>
Id id_of(const Entry& entry) {
  return static_cast<Id>(entry.id);
}

/// Fluent declaration of one entry; `id` is its place in the list.
class Declare {
 public:
  Declare(Kind kind, std::string name) { entry_.kind = kind, entry_.name = std::move(name); }
  template <typename Id>
  Declare(Kind kind, Id id, std::string name) : Declare(kind, std::move(name)) {
    entry_.id = static_cast<std::uint16_t>(id);
  }
  Declare& summary(std::string text) {
    entry_.summary = std::move(text);
    return *this;
  }
  Declare& argument(std::string_view declaration);
  Declare& keyword(std::string_view declaration);
  /// An argument that is granted and not honoured yet: M9001 where it is given.
  Declare& later(std::string_view declaration);
  Declare& rest(std::string_view declaration);
  Declare& named(std::string_view declaration);
  Declare& result(std::string text) {
    entry_.results.push_back(std::move(text));
    return *this;
  }
  Declare& example(std::string text) {
    entry_.example = std::move(text);
    return *this;
  }
  Declare& note(std::string text) {
    entry_.note = std::move(text);
    return *this;
  }
  /// The whole entry is granted and not honoured yet.
  Declare& not_yet() {
    entry_.supported = false;
    return *this;
  }
  operator Entry() { return std::move(entry_); }  // NOLINT: ends the chain

 private:
  Entry entry_;
};

// One list per kind, in the file of its name.
std::vector<Entry> optimizers();
std::vector<Entry> schedules();
std::vector<Entry> metrics();
std::vector<Entry> sources();
std::vector<Entry> draws();
std::vector<Entry> feed_functions();
std::vector<Entry> static_functions();
std::vector<Entry> initialisers();

}  // namespace modelc::catalogue
