#include "modelc/interrupts.h"

#include <unistd.h>

#include <csignal>
#include <string_view>

#include "modelc/invocation.h"

namespace modelc::cli {
namespace {

constexpr std::string_view kNothingSaved = "modelc: interrupted before the first step, nothing is saved\n",
                           kInterruptedWord = "modelc: interrupted\n";
std::string_view g_last_word = kInterruptedWord;

/// Until training has something to save, an interrupt ends the process with the exit code of one.
extern "C" void modelc_end_interrupted(int) {
  (void)!::write(STDERR_FILENO, g_last_word.data(), g_last_word.size());
  ::_exit(kInterrupted);
}

/// A training goes on where its terminal is closed, also while it still reads its data.
extern "C" void modelc_pass_over(int) {}

/// What is ignored already (`nohup`, a background job of a script) stays so.
void answer(int number, void (*with)(int)) {
  struct sigaction before {};
  if (::sigaction(number, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) std::signal(number, with);
}

}  // namespace

void answer_signals(bool trains) {
  if (trains) g_last_word = kNothingSaved;
  answer(SIGINT, modelc_end_interrupted);
  answer(SIGTERM, modelc_end_interrupted);
  if (trains) answer(SIGHUP, modelc_pass_over);
}

}  // namespace modelc::cli
