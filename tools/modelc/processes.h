// Processes of modelc itself, side by side: a sweep trains by them.
#pragma once

#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace modelc::cli {

/// While it lives, signals that ask for an end wait until they are asked for, and so do ends of children.
class Processes {
 public:
  Processes();
  ~Processes();
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;

  /// Starts this program with other arguments; standard output goes nowhere, standard error to a file. `environment`
  /// is added to that of this process. The fault's text, or empty.
  std::string start(std::size_t number, const std::vector<std::string>& arguments, const std::string& log,
                    const std::vector<std::string>& environment);
  std::size_t running() const { return children_.size(); }

  struct Ended {
    std::size_t number = 0;
    int exit = 0;  // 128 and the signal's number, where one ended it
  };
  /// Waits for one to end. A signal to this process is passed on to all of them, and is_interrupted() from then on.
  Ended wait();
  bool is_interrupted() const { return interrupted_; }
  /// Looks without waiting whether a signal has come.
  void look();

 private:
  void interrupt();
  std::optional<Ended> reap();

  std::map<pid_t, std::size_t> children_;
  sigset_t waited_{}, before_{};
  bool interrupted_ = false;
};

}  // namespace modelc::cli
