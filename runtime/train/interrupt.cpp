#include "train/interrupt.h"

#include <unistd.h>

#include <csignal>
#include <iterator>

namespace modelc::train {
namespace {

volatile std::sig_atomic_t g_requested = 0, g_save = 0;
constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
struct sigaction g_before[std::size(kSignals)];

extern "C" void modelc_on_interrupt(int signal) {
  if (signal == SIGHUP) {
    g_save = 1;
    return;
  }
  if (g_requested) ::_exit(130);
  g_requested = 1;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  g_requested = 0;
  g_save = 0;
  struct sigaction action {};
  action.sa_handler = modelc_on_interrupt;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: nothing waits in a call that would not return.
  for (std::size_t i = 0; i < std::size(kSignals); ++i) {
    ::sigaction(kSignals[i], nullptr, &g_before[i]);
    if (g_before[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
  }
}

InterruptGuard::~InterruptGuard() {
  for (std::size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &g_before[i], nullptr);
}

bool InterruptGuard::requested() { return g_requested != 0; }

bool InterruptGuard::save_requested() {
  if (!g_save) return false;
  g_save = 0;
  return true;
}

}  // namespace modelc::train
