// YAML as block text: what is written reads back as the same nodes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace modelc::compose {

struct Yaml {
  enum Kind { Scalar, List, Mapping } kind = Scalar;
  std::string text;     // Scalar
  bool quoted = false;  // Scalar: in quotes though it need not be
  std::vector<Yaml> items;
  std::vector<std::pair<std::string, Yaml>> entries;

  static Yaml scalar(std::string text, bool quoted = false);
  static Yaml list(std::vector<Yaml> items);
  static Yaml mapping(std::vector<std::pair<std::string, Yaml>> entries = {});
  bool empty() const { return kind == List ? items.empty() : kind == Mapping && entries.empty(); }
};

/// A mapping as a document.
std::string yaml_text(const Yaml& document);

}  // namespace modelc::compose
