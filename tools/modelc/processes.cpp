#include "modelc/processes.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace modelc::cli {
namespace {

constexpr int kEnding[] = {SIGINT, SIGTERM, SIGHUP};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// What a child begins with: a group of its own, so that Ctrl-C reaches it through this process alone, and no signal
/// held back.
class Attributes {
 public:
  Attributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

class Streams {
 public:
  explicit Streams(const std::string& log) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  }
  ~Streams() { posix_spawn_file_actions_destroy(&actions_); }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

}  // namespace

Processes::Processes() {
  sigemptyset(&waited_);
  for (const int signal : kEnding) sigaddset(&waited_, signal);
  sigaddset(&waited_, SIGCHLD);
  sigprocmask(SIG_BLOCK, &waited_, &before_);
}

Processes::~Processes() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

std::string Processes::start(std::size_t number, const std::vector<std::string>& arguments, const std::string& log,
                             const std::vector<std::string>& environment) {
  std::vector<std::string> words = arguments, variables = environment;
  words.insert(words.begin(), "modelc");
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  const Attributes attributes;
  const Streams streams(log);
  pid_t pid = 0;
  const int fault = posix_spawn(&pid, "/proc/self/exe", streams.get(), attributes.get(), pointers(words).data(),
                                pointers(variables).data());
  if (fault != 0) return std::strerror(fault);
  children_[pid] = number;
  return {};
}

void Processes::interrupt() {
  interrupted_ = true;
  for (const auto& [pid, number] : children_) ::kill(pid, SIGTERM);
}

std::optional<Processes::Ended> Processes::reap() {
  for (const auto& [pid, number] : children_) {
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) != pid) continue;
    const Ended ended{number, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
    children_.erase(pid);
    return ended;
  }
  return std::nullopt;
}

Processes::Ended Processes::wait() {
  while (true) {
    if (const auto ended = reap()) return *ended;
    const int signal = ::sigwaitinfo(&waited_, nullptr);
    if (signal > 0 && signal != SIGCHLD) interrupt();
  }
}

void Processes::look() {
  constexpr timespec kNow{0, 0};
  sigset_t ending = waited_;
  sigdelset(&ending, SIGCHLD);
  while (::sigtimedwait(&ending, nullptr, &kNow) > 0) interrupt();
}

}  // namespace modelc::cli
