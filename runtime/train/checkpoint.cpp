#include "train/checkpoint.h"

#include <filesystem>

#include "support/whole_file.h"

namespace modelc::train {
namespace {

namespace fs = std::filesystem;

struct Read {
  std::optional<Checkpoint> checkpoint;
  std::string why;  // not
};

Read read_one(const std::string& path) {
  Read out;
  Checkpoint found;
  const auto tensors = weights::read_safetensors(path, &found.metadata);
  if (!tensors) return {{}, tensors.fault.message};
  for (const auto& [name, tensor] : *tensors.value) found.tensors[name] = tensor;
  out.checkpoint = std::move(found);
  return out;
}

}  // namespace

std::string write_checkpoint(const RunFolder& folder, const weights::NamedTensors& tensors,
                             const std::map<std::string, std::string>& metadata) {
  const std::string path = folder.file(kResumeFile);
  std::error_code error;
  // Only what it is worth: a run whose disk has no room for two checkpoints still keeps one.
  if (fs::exists(path, error)) (void)support::keep_beside(path, folder.file(kPreviousFile));
  return weights::write_safetensors(path, tensors, weights::with_checksums(tensors, metadata));
}

std::optional<Checkpoint> read_checkpoint(const RunFolder& folder, diagnostics::Sink& sink) {
  std::error_code error;
  std::string why = "it has no checkpoint";
  for (const char* name : {kResumeFile, kPreviousFile}) {
    const std::string path = folder.file(name);
    if (!fs::exists(path, error)) continue;
    Read read = read_one(path);
    if (read.checkpoint) {
      read.checkpoint->newest = name == kResumeFile;
      return std::move(read.checkpoint);
    }
    sink.report({}, diag::CheckpointDamaged, path, read.why);
    why = "no checkpoint in it is whole";
  }
  sink.report({}, diag::NothingToResume, folder.path(), why);
  return std::nullopt;
}

std::string drop_newest(const RunFolder& folder) {
  std::error_code error;
  fs::rename(folder.file(kPreviousFile), folder.file(kResumeFile), error);
  return error ? error.message() : "";
}

}  // namespace modelc::train
