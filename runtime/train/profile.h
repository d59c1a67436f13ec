// Where the time of a training goes: for each operation of the description, forward and backward, what its kernels
// took. What autograd runs is told by its sequence numbers, which are given out while the operation runs forward.
#pragma once

#include <ATen/record_function.h>

#include <chrono>
#include <map>

#include "exec/executor.h"
#include "train/results.h"

namespace modelc::train {

class Profile final : public exec::StepWatch {
 public:
  /// One at a time in a process.
  explicit Profile(const support::SourceManager& sources);
  ~Profile() override;
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  void begins() override;
  void has_run(const plan::Step& step) override;
  void ends() override;

  /// What lies between two steps of the training is no time of theirs.
  void step_begins();
  void step_ends();

  /// The operations by the time they took, the longest first, and what was left of the steps' time.
  std::string text() const;
  void add_to(Results& results) const;
  /// The table as a file; the fault's text, or empty.
  std::string write(const std::string& path) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Node {
    std::string place, what;  // `model.yaml:12:9`, `Conv2d at features.conv1`
    std::int64_t calls = 0;
    double forward = 0, backward = 0;  // seconds
    double total() const { return forward + backward; }
  };
  struct Backward;  // one function of autograd that is running
  static std::unique_ptr<at::ObserverContext> backward_begins(const at::RecordFunction& function);
  static void backward_ends(const at::RecordFunction& function, at::ObserverContext* context);
  Node& node_of(const plan::Step& step);
  std::vector<const Node*> sorted() const;
  struct Sums {
    double forward = 0, backward = 0;
  };
  Sums sums() const;

  const support::SourceManager& sources_;
  at::CallbackHandle handle_ = at::INVALID_CALLBACK_HANDLE;
  std::map<std::pair<std::string, std::string>, Node> nodes_;
  std::map<const plan::Step*, Node*> by_step_;
  /// By the first sequence number that a step gave out; null: outside of all of them.
  std::map<std::uint64_t, Node*> owners_;
  std::uint64_t next_ = 0;  // that is given out
  Clock::time_point last_{}, step_begun_{};
  int depth_ = 0;         // of functions of autograd that run
  bool forward_ = false;  // an executor runs: gradients in it are its time
  std::int64_t steps_ = 0;
  double seconds_ = 0, unowned_ = 0;
};

}  // namespace modelc::train
