#include "resolve/names.h"

#include <algorithm>
#include <tuple>

namespace modelc::resolve {

std::string_view words_of(Kind kind) {
  switch (kind) {
    case Kind::Param:
      return "param";
    case Kind::Define:
      return "derived value";
    case Kind::Function:
      return "function of `define`";
    case Kind::Argument:
      return "argument of a function";
    case Kind::Input:
      return "input";
    case Kind::Target:
      return "target";
    case Kind::Symbol:
      return "symbol";
    case Kind::Module:
      return "module";
    case Kind::Parameter:
      return "parameter";
    case Kind::Buffer:
      return "buffer";
    case Kind::Component:
      return "component";
    case Kind::Import:
      return "import";
    case Kind::Variant:
      return "variant";
    case Kind::Binding:
      return "binding";
    case Kind::LoopVariable:
      return "loop variable";
    case Kind::Output:
      return "output";
    case Kind::Term:
      return "term of the loss";
    case Kind::Metric:
      return "metric";
    case Kind::Column:
      return "column";
    case Kind::BuiltIn:
      break;
  }
  return "name of the language";
}

namespace {

bool covers(Span span, support::FileId file, std::uint32_t offset) {
  return span.file == file && span.begin <= offset && offset <= span.end;
}

/// Between two names that touch, the one that begins here; else the shorter.
bool is_nearer(Span a, Span b, std::uint32_t offset) {
  const bool inside_a = offset < a.end, inside_b = offset < b.end;
  if (inside_a != inside_b) return inside_a;
  return a.end - a.begin < b.end - b.begin;
}

}  // namespace

bool Names::at(support::FileId file, std::uint32_t offset, Meaning& meaning) const {
  bool found = false;
  const auto take = [&](Span span) {
    if (!covers(span, file, offset) || (found && !is_nearer(span, meaning.span, offset))) return false;
    found = true;
    meaning.span = span;
    return true;
  };
  for (const Use& use : uses) {
    if (use.span.file != file || use.span.end < offset) continue;
    if (use.span.begin > offset) break;
    if (take(use.span)) meaning = {use.name, use.span, use.certainty, use.definitions};
  }
  for (DefinitionId id = 0; id < definitions.size(); ++id) {
    const Definition& d = definitions[id];
    if (take(d.name_span)) meaning = {d.name, d.name_span, Certainty::Exact, {id}};
  }
  return found;
}

std::vector<Span> Names::uses_of(DefinitionId id) const {
  std::vector<Span> places;
  for (const Use& use : uses) {
    if (use.span == definitions[id].name_span) continue;
    if (std::find(use.definitions.begin(), use.definitions.end(), id) != use.definitions.end()) {
      places.push_back(use.span);
    }
  }
  return places;
}

}  // namespace modelc::resolve
