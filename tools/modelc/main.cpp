// The program: standard streams, the command line, one command, its exit code.
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <new>

#include "modelc/output.h"

namespace {

/// What is thrown where nothing can catch it: while a library is loaded, in a thread of one.
[[noreturn]] void end_of_process() {
  int code = modelc::cli::kInternal;
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
    std::fprintf(stderr, "modelc: internal fault\n");
  } catch (const std::bad_alloc&) {
    code = modelc::cli::kFailed;
    std::fprintf(stderr, "modelc: out of memory\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "modelc: internal fault: %s\n", error.what());
  } catch (...) {
    std::fprintf(stderr, "modelc: internal fault\n");
  }
  ::_exit(code);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace modelc::cli;
  std::set_terminate(end_of_process);
  prepare_streams();
  try {
    const Parsed parsed = parse_command_line(argc, argv);
    if (!parsed.invocation) return finish(parsed.exit);
    return finish(run_of(parsed.command->id)(*parsed.invocation));
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "modelc: out of memory\n");
    return finish(kFailed);
  } catch (const std::exception& error) {
    std::fprintf(stderr,
                 "modelc: internal fault: %s\nplease report this together with the command line and the description\n",
                 error.what());
    return finish(kInternal);
  }
}
