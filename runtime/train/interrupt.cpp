#include "train/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace modelc::train {
namespace {

volatile std::sig_atomic_t g_requested = 0;
struct sigaction g_before[2];
constexpr int kSignals[2] = {SIGINT, SIGTERM};

extern "C" void modelc_on_interrupt(int) {
  if (g_requested) ::_exit(130);
  g_requested = 1;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  g_requested = 0;
  struct sigaction action {};
  action.sa_handler = modelc_on_interrupt;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: nothing waits in a call that would not return.
  for (int i = 0; i < 2; ++i) ::sigaction(kSignals[i], &action, &g_before[i]);
}

InterruptGuard::~InterruptGuard() {
  for (int i = 0; i < 2; ++i) ::sigaction(kSignals[i], &g_before[i], nullptr);
}

bool InterruptGuard::requested() { return g_requested != 0; }

}  // namespace modelc::train
