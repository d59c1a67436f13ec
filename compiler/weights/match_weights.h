// How weight files fit a model (LANGUAGE §9), decided from headers: a verdict for every tensor of the file and of the
// model. All or nothing: where anything is missing, unexpected or of another type, nothing is loaded. Reports M71xx.
#pragma once

#include <optional>

#include "diagnostics/sink.h"
#include "formats/safetensors.h"
#include "ir/ir.h"
#include "support/json.h"

namespace modelc::weights {

enum class WeightVerdict { Loaded, Kept, Unused, Missing, Unexpected, ShapeDiffers, DtypeDiffers };

struct WeightLine {
  WeightVerdict verdict = WeightVerdict::Loaded;
  std::string model_name;  // empty: Unused, Unexpected
  std::string file_name;   // empty: Kept, Missing
  std::size_t source = 0;  // index of the source
  std::string why;         // Kept: the reason; else what differs
};

/// One value to copy: file `source`'s tensor `entry` into the model's `key`.
struct WeightCopy {
  std::string key;
  std::size_t source = 0;
  std::size_t entry = 0;
  std::optional<ir::Resizing> resize = std::nullopt;
};

struct WeightMatch {
  std::vector<WeightLine> lines;  // the model's tensors in their order, then what is left of the files
  std::vector<WeightCopy> copies;
  bool ok = true;
  /// The lines as a table, one per tensor.
  std::string report() const;
  /// In short: what fares alike under one path is one line (`layer3.*: 12 tensors loaded`); counts at the end.
  std::string grouped_report() const;
  /// `{"fits": …, "counts": {…}, "tensors": [{"verdict", "model", "file", "why"}]}`.
  support::Json json() const;
};

struct MatchOptions {
  /// What `replace` put there may be missing (a pretrained file); off for a checkpoint that must be whole.
  bool implied_new = true;
  /// Places that the command line replaced or removed: there the file's tensors are left out and the model's are new.
  /// None of them need be in the file.
  std::vector<std::string> edited;
};

/// `files[i]` belongs to `sources[i]`. Reports what does not fit, one diagnostic per kind and source.
WeightMatch match_weights(const ir::Program& program, const std::vector<ir::WeightSource>& sources,
                          const std::vector<formats::WeightFile>& files, const MatchOptions& options,
                          diagnostics::Sink& sink);

/// What `--weights` asks for, as the options beside it and the command line's edits say. `whole`: to score or predict,
/// for which every tensor must come from the file.
struct Start {
  std::vector<ir::WeightSource> sources;  // empty: the initial values stay
  MatchOptions options;
};
/// `keys` are of the first of `files`; a later one goes over those before. A single one of what was trained only goes
/// over what the description starts from.
Start start_of_command(const ir::Program& program, const std::vector<std::string>& files, const ir::WeightSource& keys,
                       const std::vector<std::string>& edited, bool whole);

/// What a checkpoint says of itself where it holds only what training changes.
inline constexpr const char* kSavedKey = "modelc.saved";
inline constexpr const char* kSavedTrained = "trainable";
/// Whether the file can be read and is such a checkpoint.
bool holds_trained_only(const std::string& path);

/// The tensors of a model as a file would hold them: what carries over from one model to another is found by matching.
formats::WeightFile as_weight_file(const ir::Program& program, const std::string& name);

/// Checks program.weights against the headers of its files. A file that is not there is a warning (an error where
/// `must_exist`). False after reporting an error.
bool check_weights(const ir::Program& program, bool must_exist, diagnostics::Sink& sink);

}  // namespace modelc::weights
