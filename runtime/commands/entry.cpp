// The library's exported door: process-wide settings once, then the command; no exception leaves it.
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <string_view>
#include <thread>

#include "api.h"
#include "build/room.h"
#include "data/stored_table.h"
#include "support/words.h"

namespace modelc::runtime {
namespace {

/// LibTorch's pool of threads waits for ever for one that could not be made.
void find_room_for_threads(std::size_t count) {
  rlimit stack{};
  constexpr rlim_t kUsual = 8 << 20;
  const bool known = ::getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur != RLIM_INFINITY;
  const std::size_t size = count * (known ? std::max(stack.rlim_cur, kUsual) : kUsual);
  void* const room = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED)
    throw build::OutOfMemory({}, fmt::format("{}: there is no room for {} threads", build::kOutOfMemory, count));
  ::munmap(room, size);
}

void prepare_process(const Request& request) {
  // Pages given back to the system come again as page faults that cost a training step up to 40 %.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2'000'000'000);
  const auto threads = static_cast<std::size_t>(request.threads);
  find_room_for_threads(std::max<std::size_t>(threads, std::thread::hardware_concurrency()));
  at::set_num_threads(static_cast<int>(request.threads));
}

int dispatch(std::string_view command, const Request& request) {
  using Command = int (*)(const Request&);
  static constexpr support::Word<Command> kCommands[] = {
      {"train", train},     {"eval", evaluate}, {"predict", predict},    {"build", build},
      {"lr-find", lr_find}, {"bench", bench},   {"data show", show_data}};
  if (const auto run = support::meaning_of(kCommands, command)) return (*run)(request);
  request.sink->report({}, diag::InternalFault, "the runtime has no such command");
  return 70;
}

}  // namespace
}  // namespace modelc::runtime

extern "C" __attribute__((visibility("default"))) int modelc_runtime_run(const char* command,
                                                                         const modelc::runtime::Request* request) {
  using namespace modelc;
  try {
    if (request->device != "cpu") {
      request->sink
          ->report(request->device_span, diag::DeviceAbsent, request->device, "this LibTorch computes on the CPU")
          .help(request->device_span.valid() ? "write `device: cpu`, or give `--device cpu`"
                                             : "`--device cpu`, or leave the option out");
      return 3;
    }
    runtime::prepare_process(*request);
    return runtime::dispatch(command, *request);
  } catch (const build::OutOfMemory& fault) {
    request->sink->report(fault.span(), diag::KernelFault, fault.what());
    return 3;
  } catch (const data::StoreFault& fault) {
    request->sink->report({}, diag::KernelFault, fault.what());
    return 3;
  } catch (const std::exception& error) {
    if (const auto memory = build::memory_fault(error)) {
      request->sink->report({}, diag::KernelFault, *memory);
      return 3;
    }
    const std::string_view text = error.what();
    request->sink->report({}, diag::InternalFault, text.substr(0, text.find('\n')));
    return 70;
  }
}
