// A bundle: the texts of all files that a composition read and what the command line asked for, as one JSON text from
// which the same description can be composed again. Checkpoints carry it as `modelc.description`, run folders as
// `description.yaml` (JSON is YAML).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compose/compose.h"

namespace modelc::compose {

struct Bundle {
  std::string root;                          // canonical path
  std::map<std::string, std::string> files;  // canonical path -> text; of a checkpoint, its bundle
  std::vector<Overrides> layers;             // in order; `contents` unused
};

/// True where a text is meant as a bundle; cheap.
bool looks_like_bundle(std::string_view text);
std::string write_bundle(const Bundle& bundle);
/// nullopt and why in `fault`.
std::optional<Bundle> read_bundle(std::string_view text, std::string& fault);

/// The bundle inside a checkpoint; nullopt and why in `fault`. Reads the header of the file only.
std::optional<std::string> read_checkpoint_bundle(const std::string& path, std::string& fault);

}  // namespace modelc::compose
