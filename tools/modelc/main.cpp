// The program: standard streams, the command line, one command, its exit code.
#include <cstdio>
#include <exception>
#include <new>

#include "modelc/output.h"

int main(int argc, char** argv) {
  using namespace modelc::cli;
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
