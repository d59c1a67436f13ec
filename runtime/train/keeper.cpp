#include "train/keeper.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <filesystem>

#include "formats/own_checkpoint.h"
#include "support/whole_file.h"
#include "train/below.h"

namespace modelc::train {
namespace {

constexpr const char *kSignature = "modelc.run", *kThreads = "modelc.threads";

/// Writing at every epoch would cost small models more than training them; what is lost to a crash stays bounded. A
/// save that takes long is made so seldom that it takes a twentieth of the time.
constexpr std::chrono::seconds kBetweenEpochs{5}, kBetweenSaves{60};
constexpr int kSavingShare = 20;

std::string text_in(const std::map<std::string, std::string>& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : found->second;
}

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

std::optional<int> Keeper::threads_of_run(const runtime::Request& request) {
  const std::string folder = RunFolder::last_of(request.output, request.program->name);
  for (const char* name : {kResumeFile, kPreviousFile}) {
    const auto file = formats::read_safetensors_header(folder + "/" + name);
    const std::int64_t threads = file ? number_in(file.value->metadata, kThreads) : 0;
    if (threads > 0 && threads <= runtime::kMostThreads) return static_cast<int>(threads);
  }
  return std::nullopt;
}

void Keeper::begin() {
  signature_ = signature_of(session_);
  saved_ = std::chrono::steady_clock::now() - kBetweenEpochs;
}

bool Keeper::go_on(RunState& state) {
  const auto checkpoint = read_checkpoint(folder_, session_.sink());
  if (!checkpoint) return false;
  // What a later version computes, or writes down, may be something else: to the bit it is the same only with itself.
  if (const std::string by = text_in(checkpoint->metadata, formats::kVersion); by != session_.request().version)
    return refuse(fmt::format("modelc {} wrote its checkpoint, this is modelc {}", by.empty() ? "?" : by,
                              session_.request().version));
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
  const runtime::Request& request = session_.request();
  if (request.threads_asked && request.threads != state.threads) {
    session_.sink().report({}, diag::ResumeDiffers, folder_.path(), fmt::format("--threads {}", state.threads),
                           fmt::format("--threads {}", request.threads));
    return false;
  }
  at::set_num_threads(static_cast<int>(state.threads));
  return restore_files(checkpoint, state);
}

/// Nothing of the folder is changed before all of the checkpoint was found to fit.
bool Keeper::restore_files(const Checkpoint& checkpoint, RunState& state) {
  if (!checkpoint.newest)
    if (const std::string why = drop_newest(folder_); !why.empty()) return fail(folder_.file(kResumeFile), why);
  std::error_code error;
  if (const std::string aside = folder_.file(kBestAside); std::filesystem::exists(aside, error)) {
    std::filesystem::rename(aside, best_path(), error);
    if (error) return fail(best_path(), error.message());
  }
  if (state.judgement.at.step == 0) return true;
  // Better a run without its best weights so far than no run.
  if (const auto best = weights::read_safetensors(best_path()); !best) {
    session_.sink().report({}, diag::CheckpointDamaged, best_path(), best.fault.message);
    state.judgement.best = std::numeric_limits<double>::quiet_NaN();
    state.judgement.at = {};
  }
  return true;
}

bool Keeper::is_due(std::int64_t step, const std::optional<std::int64_t>& every, bool epoch_ends) const {
  if (every) return step % *every == 0;
  const std::chrono::steady_clock::duration least = epoch_ends ? kBetweenEpochs : kBetweenSaves;
  return std::chrono::steady_clock::now() - saved_ >= std::max(least, kSavingShare * saving_);
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

bool Keeper::set_best_aside() {
  std::error_code error;
  if (!std::filesystem::exists(best_path(), error)) return true;
  const std::string why = support::keep_beside(best_path(), folder_.file(kBestAside));
  return why.empty() || fail(folder_.file(kBestAside), why);
}

bool Keeper::save(RunState& state) {
  const auto begun = std::chrono::steady_clock::now();
  const bool saved = save_now(state);
  saved_ = std::chrono::steady_clock::now();
  saving_ = saved_ - begun;
  return saved;
}

bool Keeper::save_now(RunState& state) {
  if (!flush_best()) return false;
  if (const std::string why = folder_.sync_metrics(); !why.empty()) return fail(folder_.file("metrics.csv"), why);
  state.metrics_bytes = folder_.metrics_bytes();
  weights::NamedTensors tensors = state.tensors();
  for (const auto& [key, tensor] : session_.tree().state()) tensors.emplace_back("model." + key, tensor);
  for (const auto& [key, tensor] : stepper_.state()) tensors.emplace_back("optimizer." + key, tensor);
  for (const auto& [key, tensor] : stepper_.carried()) tensors.emplace_back("carry." + key, tensor);
  for (const auto& [key, tensor] : average_.state()) tensors.emplace_back("average." + key, tensor);
  tensors.emplace_back("random", at::detail::getDefaultCPUGenerator().get_state());
  auto metadata = session_.metadata();
  metadata[kSignature] = to_json(signature_);
  metadata[kThreads] = std::to_string(state.threads);
  if (const std::string why = write_checkpoint(folder_, tensors, metadata); !why.empty())
    return fail(folder_.file(kResumeFile), why);
  const Average::InPlace averaged(average_);
  return write_weights(last_path(), session_.kept(), state.moment());
}

bool Keeper::load_best(Moment& at) {
  std::map<std::string, std::string> metadata;
  const auto tensors = weights::read_safetensors(best_path(), &metadata);
  if (!tensors) {
    session_.sink().report({}, diag::WeightsUnreadable, tensors.fault.str());
    return false;
  }
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
