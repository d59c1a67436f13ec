// The library's exported door: process-wide settings once, then the command; no exception leaves it.
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string_view>
#include <thread>

#include "api.h"
#include "data/stored_table.h"
#include "support/words.h"

namespace modelc::runtime {
namespace {

void prepare_process() {
  // Pages given back to the system come again as page faults that cost a training step up to 40 %.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2'000'000'000);
  // Two hyperthreads share a core's arithmetic: one thread a core, unless the user says.
  if (!std::getenv("OMP_NUM_THREADS"))
    at::set_num_threads(static_cast<int>(std::max(1u, std::thread::hardware_concurrency() / 2)));
}

int dispatch(std::string_view command, const Request& request) {
  using Command = int (*)(const Request&);
  static constexpr support::Word<Command> kCommands[] = {
      {"train", train}, {"eval", evaluate}, {"predict", predict}, {"build", build}, {"data show", show_data}};
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
    runtime::prepare_process();
    return runtime::dispatch(command, *request);
  } catch (const data::StoreFault& fault) {
    request->sink->report({}, diag::KernelFault, fault.what());
    return 3;
  } catch (const std::bad_alloc&) {
    request->sink->report({}, diag::KernelFault, "out of memory");
    return 3;
  } catch (const std::exception& error) {
    const std::string_view text = error.what();
    // LibTorch's allocator has no type of its own for it.
    if (text.find("DefaultCPUAllocator") != std::string_view::npos ||
        text.find("out of memory") != std::string_view::npos) {
      const std::size_t at = text.find("you tried to allocate ");
      const std::string_view size =
          at == std::string_view::npos ? "" : text.substr(at + 22, text.find('.', at) - at - 22);
      request->sink->report(
          {}, diag::KernelFault,
          size.empty() ? "out of memory" : fmt::format("out of memory: there is no room for {}", size));
      return 3;
    }
    request->sink->report({}, diag::InternalFault, text.substr(0, text.find('\n')));
    return 70;
  }
}
