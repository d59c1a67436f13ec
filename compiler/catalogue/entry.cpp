#include "catalogue/entry.h"

#include <array>

#include "support/spelling.h"

namespace modelc::catalogue {

const Param* Entry::argument(std::string_view wanted) const {
  for (const Param& param : arguments)
    if (param.name == wanted) return &param;
  return nullptr;
}

Declare& Declare::argument(std::string_view declaration) {
  entry_.arguments.push_back(types::parse_param(declaration));
  return *this;
}

Declare& Declare::keyword(std::string_view declaration) {
  argument(declaration);
  entry_.arguments.back().keyword_only = true;
  return *this;
}

Declare& Declare::later(std::string_view declaration) {
  keyword(declaration);
  entry_.arguments.back().later = true;
  return *this;
}

Declare& Declare::rest(std::string_view declaration) {
  entry_.rest = types::parse_param(declaration);
  return *this;
}

Declare& Declare::named(std::string_view declaration) {
  entry_.named = types::parse_param(declaration);
  return *this;
}

namespace {

std::vector<Entry> declared(Kind kind) {
  switch (kind) {
    case Kind::Optimizer:
      return optimizers();
    case Kind::Schedule:
      return schedules();
    case Kind::Metric:
      return metrics();
    case Kind::Source:
      return sources();
    case Kind::Draw:
      return draws();
    case Kind::FeedFunction:
      return feed_functions();
    case Kind::StaticFunction:
      return static_functions();
    case Kind::Initialiser:
      return initialisers();
    case Kind::Key:
    case Kind::Option:
      return {};
  }
  return {};
}

template <typename Id>
const Entry& at(Kind kind, Id id) {
  return entries(kind).at(static_cast<std::size_t>(id));
}

}  // namespace

const std::vector<Entry>& entries(Kind kind) {
  static const auto all = [] {
    std::array<std::vector<Entry>, std::size(kKinds)> lists;
    for (const Kind one : kKinds) lists[static_cast<std::size_t>(one)] = declared(one);
    return lists;
  }();
  return all[static_cast<std::size_t>(kind)];
}

const Entry* find(Kind kind, std::string_view name) {
  for (const Entry& entry : entries(kind))
    if (entry.name == name) return &entry;
  return nullptr;
}

std::vector<std::string> names(Kind kind) {
  std::vector<std::string> all;
  for (const Entry& entry : entries(kind)) all.push_back(entry.name);
  return all;
}

std::optional<std::string> nearest(Kind kind, std::string_view word) { return support::nearest(word, names(kind)); }

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::Optimizer:
      return "optimizer";
    case Kind::Schedule:
      return "schedule";
    case Kind::Metric:
      return "metric";
    case Kind::Source:
      return "source of data";
    case Kind::Draw:
      return "way to draw a column";
    case Kind::FeedFunction:
      return "function of a feed";
    case Kind::StaticFunction:
      return "static function";
    case Kind::Initialiser:
      return "initialiser";
    case Kind::Key:
      return "key";
    case Kind::Option:
      return "option";
  }
  return "entry";
}

const Entry& entry(OptimizerId id) { return at(Kind::Optimizer, id); }
const Entry& entry(ScheduleId id) { return at(Kind::Schedule, id); }
const Entry& entry(MetricId id) { return at(Kind::Metric, id); }
const Entry& entry(SourceId id) { return at(Kind::Source, id); }
const Entry& entry(DrawId id) { return at(Kind::Draw, id); }
const Entry& entry(FeedId id) { return at(Kind::FeedFunction, id); }
const Entry& entry(InitialiserId id) { return at(Kind::Initialiser, id); }
const Entry& entry(FunctionId id) { return at(Kind::StaticFunction, id); }

std::string_view name_of(MetricId id) { return id == MetricId::Mean ? "mean" : std::string_view(entry(id).name); }
std::string_view name_of(DrawId id) { return id == DrawId::Graph ? "graph" : std::string_view(entry(id).name); }
std::string_view name_of(SourceId id) { return entry(id).name; }
std::string_view name_of(OptimizerId id) { return entry(id).name; }

std::optional<MetricId> metric_id(std::string_view name) {
  if (const Entry* found = find(Kind::Metric, name)) return id_of<MetricId>(*found);
  return name == name_of(MetricId::Mean) ? std::optional(MetricId::Mean) : std::nullopt;
}

}  // namespace modelc::catalogue
