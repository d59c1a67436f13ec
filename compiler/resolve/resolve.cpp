#include "resolve/resolve.h"

#include <algorithm>
#include <tuple>

#include "resolve/walk.h"
#include "support/words.h"

namespace modelc::resolve {

namespace {

Kind kind_of(const std::string& key) {
  static constexpr support::Word<Kind> kKinds[] = {{"params", Kind::Param},         {"define", Kind::Define},
                                                   {"inputs", Kind::Input},         {"targets", Kind::Target},
                                                   {"buffers", Kind::Buffer},       {"parameters", Kind::Parameter},
                                                   {"components", Kind::Component}, {"import", Kind::Import}};
  return support::meaning_of(kKinds, key).value_or(Kind::Module);
}

using ByPlace = std::multimap<std::pair<support::FileId, std::uint32_t>, DefinitionId>;

/// An entry that a file states again: the place that is left in the composed description holds the name, the other is
/// a use of it.
void restated(Walk& walk, const ast::Restatement& again, const ByPlace& places) {
  if (!again.own.valid() || !again.base.valid()) return;
  const auto at = [&](Span span) {
    std::vector<DefinitionId> found;
    for (auto [place, end] = places.equal_range({span.file, span.begin}); place != end; ++place) {
      const Definition& d = walk.names.definitions[place->second];
      if (d.name_span == span && d.name == again.name && d.kind != Kind::Output) found.push_back(place->second);
    }
    return found;
  };
  const std::vector<DefinitionId> own = at(again.own);
  if (!own.empty()) {
    use(walk, again.base, again.name, own);
    return;
  }
  std::vector<DefinitionId> base = at(again.base);
  if (base.empty()) base.push_back(define(walk, kind_of(again.key), again.name, again.base, again.base));
  use(walk, again.own, again.name, base);
}

}  // namespace

Names resolve(const ast::Description& root, const std::map<std::string, ast::DescriptionPtr>& files) {
  Walk walk{files, {}, {}, {}, {}, {}, {}, {}, {}, {}, 0};
  walk_level(walk, *level_of(walk, root, nullptr, nullptr));
  // Levels that are reached meanwhile, of imported files, come behind.
  for (std::size_t i = 0; i < walk.levels.size(); ++i) walk_level(walk, walk.levels[i]);
  ByPlace places;
  for (DefinitionId id = 0; id < walk.names.definitions.size(); ++id) {
    const Span span = walk.names.definitions[id].name_span;
    if (span.valid()) places.emplace(std::pair(span.file, span.begin), id);
  }
  for (const Level& level : walk.levels) {
    if (!level.document) continue;
    for (const ast::Restatement& again : level.document->restated) restated(walk, again, places);
  }
  std::sort(walk.names.uses.begin(), walk.names.uses.end(), [](const Use& a, const Use& b) {
    return std::tie(a.span.file, a.span.begin, a.span.end) < std::tie(b.span.file, b.span.begin, b.span.end);
  });
  return std::move(walk.names);
}

}  // namespace modelc::resolve
