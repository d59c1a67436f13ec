#include "train/keeper.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <filesystem>

#include "train/below.h"

namespace modelc::train {
namespace {

constexpr const char* kSignature = "modelc.run";

}  // namespace

std::string Keeper::best_path() const { return folder_.file("best.safetensors"); }
std::string Keeper::last_path() const { return folder_.file("last.safetensors"); }

bool Keeper::fail(const std::string& file, const std::string& why) {
  session_.sink().report({}, diag::CannotWriteFile, file, why);
  return false;
}

bool Keeper::refuse(const std::string& why) {
  session_.sink().report({}, diag::NothingToResume, folder_.path(), why);
  return false;
}

void Keeper::begin() {
  signature_ = signature_of(session_);
  saved_ = std::chrono::steady_clock::now() - kBetweenEpochs;
}

bool Keeper::go_on(RunState& state) {
  const auto checkpoint = read_checkpoint(folder_, session_.sink());
  if (!checkpoint) return false;
  const auto stored = checkpoint->metadata.find(kSignature);
  const auto before = stored == checkpoint->metadata.end() ? std::nullopt : signature_from_json(stored->second);
  if (!before) return refuse("its checkpoint does not say what it was begun with");
  if (const auto difference = first_difference(*before, signature_)) {
    session_.sink().report({}, diag::ResumeDiffers, folder_.path(), difference->before, difference->now);
    return false;
  }
  return restore(*checkpoint, state);
}

bool Keeper::restore(const Checkpoint& checkpoint, RunState& state) {
  const auto random = checkpoint.tensors.find("random");
  if (!state.restore(checkpoint.tensors) || random == checkpoint.tensors.end())
    return refuse("its checkpoint lacks where the training stood");
  at::NoGradGuard no_grad;
  const auto model = below(checkpoint.tensors, "model.");
  for (const auto& [key, tensor] : session_.tree().state()) {
    const auto found = model.find(key);
    if (found == model.end()) return refuse(fmt::format("its checkpoint lacks `{}`", key));
    at::Tensor(tensor).copy_(found->second);
  }
  const auto phase = static_cast<std::size_t>(state.phase.number);
  if (phase >= session_.phases().size()) return refuse("its checkpoint is of a phase that there is not");
  if (phase > 0) stepper_.enter(phase);
  stepper_.restore(below(checkpoint.tensors, "optimizer."));
  stepper_.restore_carried(below(checkpoint.tensors, "carry."));
  average_.enter(session_.phase().training.average);
  average_.restore(below(checkpoint.tensors, "average."));
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  generator.set_state(random->second);
  std::error_code error;
  if (const std::string aside = folder_.file(kBestAside); std::filesystem::exists(aside, error))
    std::filesystem::rename(aside, best_path(), error);
  // Sums of several threads are rounded otherwise.
  at::set_num_threads(static_cast<int>(state.threads));
  return true;
}

void Keeper::keep_best(Moment now) {
  at::NoGradGuard no_grad;
  best_.clear();
  best_at_ = now;
  for (const auto& [key, tensor] : session_.kept()) best_.emplace_back(key, tensor.detach().clone());
}

bool Keeper::write_weights(const std::string& path, const weights::NamedTensors& tensors, Moment at) {
  auto metadata = session_.metadata();
  metadata[kEpoch] = std::to_string(at.epoch);
  metadata[kStep] = std::to_string(at.step);
  const std::string why = weights::write_safetensors(path, tensors, weights::with_checksums(tensors, metadata));
  return why.empty() || fail(path, why);
}

bool Keeper::flush_best() {
  if (best_.empty()) return true;
  const bool written = write_weights(best_path(), best_, best_at_);
  best_.clear();
  return written;
}

void Keeper::set_best_aside() { keep_beside(best_path(), folder_.file(kBestAside)); }

bool Keeper::save(RunState& state) {
  saved_ = std::chrono::steady_clock::now();
  if (!flush_best()) return false;
  state.metrics_bytes = folder_.sync_metrics();
  weights::NamedTensors tensors = state.tensors();
  for (const auto& [key, tensor] : session_.tree().state()) tensors.emplace_back("model." + key, tensor);
  for (const auto& [key, tensor] : stepper_.state()) tensors.emplace_back("optimizer." + key, tensor);
  for (const auto& [key, tensor] : stepper_.carried()) tensors.emplace_back("carry." + key, tensor);
  for (const auto& [key, tensor] : average_.state()) tensors.emplace_back("average." + key, tensor);
  tensors.emplace_back("random", at::detail::getDefaultCPUGenerator().get_state());
  auto metadata = session_.metadata();
  metadata[kSignature] = to_json(signature_);
  if (const std::string why = write_checkpoint(folder_, tensors, metadata); !why.empty())
    return fail(folder_.file(kResumeFile), why);
  const Average::InPlace averaged(average_);
  return write_weights(last_path(), session_.kept(), state.moment());
}

bool Keeper::load_best(Moment& at) {
  std::map<std::string, std::string> metadata;
  const auto tensors = weights::read_safetensors(best_path(), &metadata);
  if (!tensors) return fail(best_path(), tensors.fault.str());
  const std::map<std::string, at::Tensor> best(tensors.value->begin(), tensors.value->end());
  at::NoGradGuard no_grad;
  for (const auto& [key, tensor] : session_.tree().state())
    if (const auto found = best.find(key); found != best.end()) at::Tensor(tensor).copy_(found->second);
  at = {number_in(metadata, kEpoch), number_in(metadata, kStep)};
  return true;
}

std::string Keeper::non_finite_tensor() const {
  for (const auto& [key, tensor] : session_.tree().state())
    if (at::isFloatingType(tensor.scalar_type()) && !at::isfinite(tensor).all().item<bool>()) return key;
  return "";
}

}  // namespace modelc::train
