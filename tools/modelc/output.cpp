#include "modelc/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "diagnostics/render_json.h"
#include "diagnostics/render_text.h"

namespace modelc::cli {
namespace {

int write_error = 0;

}  // namespace

void prepare_streams() {
  // Read-only, so that writing to a standard output that was closed still fails.
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) (void)!open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY);
  }
  std::signal(SIGPIPE, SIG_IGN);
  // A limit on file sizes (`ulimit -f`) is then an error of `write`, with file and reason, as a full disk is.
  std::signal(SIGXFSZ, SIG_IGN);
}

void print(std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() && write_error == 0) {
    write_error = errno == 0 ? EIO : errno;
  }
}

int finish(int code) {
  errno = 0;
  if ((std::fflush(stdout) != 0 || std::ferror(stdout) != 0) && write_error == 0)
    write_error = errno == 0 ? EIO : errno;
  std::fflush(stderr);
  if (write_error == 0) return code;
  std::fprintf(stderr, "modelc: cannot write to standard output: %s\n", std::strerror(write_error));
  return code == kDone || code == kFaulty ? static_cast<int>(kFailed) : code;
}

int usage_error(const std::string& message, std::string_view command) {
  std::fprintf(stderr, "modelc: %s\n", message.c_str());
  if (command.empty()) std::fprintf(stderr, "`modelc --help` lists the commands\n");
  else std::fprintf(stderr, "`modelc %s --help` shows what it takes\n", std::string(command).c_str());
  return kUsage;
}

bool colour_wanted(const Invocation& invocation) {
  if (invocation.colour != Colour::Auto) return invocation.colour == Colour::Always;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  return isatty(STDERR_FILENO) != 0 && !(terminal != nullptr && std::strcmp(terminal, "dumb") == 0);
}

void show(const std::vector<diagnostics::Diagnostic>& found, const support::SourceManager& sources,
          const Invocation& invocation) {
  if (invocation.format == Format::Json) {
    print(diagnostics::render_json(found, sources));
    return;
  }
  const std::string text = diagnostics::render_text(found, sources, colour_wanted(invocation));
  std::fwrite(text.data(), 1, text.size(), stderr);
}

int exit_of(const std::vector<diagnostics::Diagnostic>& found) {
  const bool errors = std::any_of(found.begin(), found.end(), [](const diagnostics::Diagnostic& d) {
    return d.severity == diagnostics::Severity::Error;
  });
  return errors ? kFaulty : kDone;
}

}  // namespace modelc::cli
