#include "modelc/checkpoint.h"

#include "formats/safetensors.h"
#include "ir/data_memory.h"

namespace modelc::cli {

std::string checkpoint_of(const std::string& file) {
  constexpr std::string_view kEnding = ".safetensors";
  if (file.ends_with(kEnding)) return file;
  const std::size_t at = file.rfind('@');
  return at != std::string::npos && file.substr(0, at).ends_with(kEnding) ? file.substr(0, at) : "";
}

std::shared_ptr<const ir::DataMemory> memory_of(const Invocation& invocation, const std::string& file) {
  const std::string& command = invocation.command;
  if (command == "train") return nullptr;  // on the data as they are
  std::vector<std::string> checkpoints;
  if ((command == "eval" || command == "predict") && !invocation.weights.empty())
    checkpoints.push_back(checkpoint_of(invocation.weights.back()));
  checkpoints.push_back(checkpoint_of(file));
  for (const std::string& checkpoint : checkpoints) {
    if (checkpoint.empty()) continue;
    const formats::Result<formats::WeightFile> header = formats::read_safetensors_header(checkpoint);
    if (!header) continue;  // which is reported where it is read
    const auto found = header.value->metadata.find(ir::kDataMemoryKey);
    if (found == header.value->metadata.end()) continue;
    if (auto memory = ir::data_memory_from_json(found->second))
      return std::make_shared<const ir::DataMemory>(std::move(*memory));
  }
  return nullptr;
}

}  // namespace modelc::cli
