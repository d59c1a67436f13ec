// The YAML wall: yaml-cpp's events become ast::Nodes here and nowhere else. Knows nothing of the language's keys.
#pragma once

#include "ast/node.h"
#include "diagnostics/sink.h"

namespace modelc::syntax {

/// Limits of a document; passing one is a located diagnostic.
struct YamlLimits {
  std::size_t bytes = 16u << 20;
  std::size_t depth = 200;
  std::size_t nodes = 2'000'000;  // after expansion of aliases
};

/// One YAML document as a tree. nullptr where nothing usable was found (reported then). Reports M10xx: bad UTF-8, NUL,
/// tags, second documents, duplicate keys, keys that are no scalars, cyclic aliases, limits, unclosed quotes, and flow
/// or plain scalars that YAML cut or ended where the user did not mean it (LANGUAGE §2), with what YAML did and the
/// fix.
ast::NodePtr read_yaml(const support::SourceManager& sources, support::FileId file, diagnostics::Sink& sink,
                       const YamlLimits& limits = {});

}  // namespace modelc::syntax
