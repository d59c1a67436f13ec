// The table: definitions once for each place, uses once for each place.
#include <algorithm>
#include <tuple>

#include "resolve/walk.h"

namespace modelc::resolve {

DefinitionId define(Walk& walk, Kind kind, const std::string& name, Span name_span, Span span) {
  const Span place = name_span.valid() ? name_span : span;
  const auto next = static_cast<DefinitionId>(walk.names.definitions.size());
  if (place.valid()) {
    const auto [known, fresh] = walk.places.try_emplace({place.file, place.begin, kind, name}, next);
    if (!fresh) return known->second;
  }
  walk.names.definitions.push_back({kind, name, name_span, span, {}, {}});
  return next;
}

DefinitionId built_in(Walk& walk, const std::string& name, const std::string& words, const std::string& about) {
  const auto next = static_cast<DefinitionId>(walk.names.definitions.size());
  const auto [known, fresh] = walk.built_in.try_emplace({words, name}, next);
  if (fresh) walk.names.definitions.push_back({Kind::BuiltIn, name, {}, {}, words, about});
  return known->second;
}

DefinitionId built_in(Walk& walk, const catalogue::Entry& entry) {
  const DefinitionId id = built_in(walk, entry.name, std::string(catalogue::word_of(entry.kind)), entry.summary);
  Thing thing = Thing::of(Thing::Function);
  thing.entry = &entry;
  walk.things.try_emplace(id, std::move(thing));
  return id;
}

DefinitionId built_in(Walk& walk, const ops::Op& op) {
  const DefinitionId id = built_in(walk, op.name, op.is_module ? "operator" : "function", op.about.summary);
  Thing thing = Thing::of(op.is_module ? Thing::Operator : Thing::Function);
  thing.op = &op;
  walk.things.try_emplace(id, std::move(thing));
  return id;
}

DefinitionId argument_of(Walk& walk, const std::string& owner, const std::string& name, const std::string& about) {
  return built_in(walk, name, "argument of `" + owner + "`", about);
}

void use(Walk& walk, Span span, const std::string& name, std::vector<DefinitionId> definitions, Certainty certainty) {
  if (!span.valid()) return;
  const auto [place, fresh] = walk.uses.try_emplace({span.file, span.begin, span.end}, walk.names.uses.size());
  if (fresh) {
    walk.names.uses.push_back({span, name, certainty, std::move(definitions)});
    return;
  }
  // A level is walked once, but what a name is may be asked before: the fuller answer stays.
  Use& known = walk.names.uses[place->second];
  if (known.definitions.empty() && !definitions.empty()) known = {span, name, certainty, std::move(definitions)};
}

void use(Walk& walk, Span span, const std::string& name, std::vector<DefinitionId> definitions) {
  const Certainty certainty = definitions.empty()       ? Certainty::Unknown
                              : definitions.size() == 1 ? Certainty::Exact
                                                        : Certainty::Open;
  use(walk, span, name, std::move(definitions), certainty);
}

Span part_of(Span span, std::size_t length, std::size_t begin, std::size_t end) {
  const std::size_t size = span.end - span.begin;
  const std::size_t quotes = size == length ? 0 : size == length + 2 ? 1 : size;
  if (quotes > 1 || end > length) return span;
  return {span.file, static_cast<std::uint32_t>(span.begin + quotes + begin),
          static_cast<std::uint32_t>(span.begin + quotes + end)};
}

}  // namespace modelc::resolve
