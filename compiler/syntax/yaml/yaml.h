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

struct YamlDocument {
  ast::NodePtr root;       // nullptr where nothing at all can be read
  bool sound = true;       // nothing was reported
  bool recovered = false;  // parts are missing: what cannot be read is a lost Null, and what holds one is lost, too
};

/// One YAML document as a tree. After a fault reading goes on at the next entry. Reports M10xx:
/// bad UTF-8, NUL, tags, second documents, duplicate keys, keys that are no scalars, cyclic aliases, limits, unclosed
/// quotes, and flow or plain scalars that YAML cut or ended where the user did not mean it (LANGUAGE §2), with what
/// YAML did and the fix.
YamlDocument read_yaml(const support::SourceManager& sources, support::FileId file, diagnostics::Sink& sink,
                       const YamlLimits& limits = {});

}  // namespace modelc::syntax
