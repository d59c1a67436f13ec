// The commands that compute: compiled here, run by the runtime library, which is loaded when it is first needed.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>

#include "api.h"
#include "modelc/session.h"

namespace modelc::cli {
namespace {

using Entry = int (*)(const char* command, const runtime::Request* request);

/// nullptr after a word on standard error.
Entry load_runtime() {
  constexpr const char* kLibrary = MODELC_RUNTIME_LIBRARY;
  if (*kLibrary == '\0') {
    std::fprintf(stderr, "modelc: this build has no runtime, it can only check and show descriptions\n");
    return nullptr;
  }
  // Never closed: LibTorch does not survive being unloaded.
  void* library = dlopen(kLibrary, RTLD_NOW | RTLD_GLOBAL);
  void* entry = library != nullptr ? dlsym(library, "modelc_runtime_run") : nullptr;
  if (entry == nullptr) {
    std::fprintf(stderr, "modelc: cannot load the runtime: %s\n", dlerror());
    return nullptr;
  }
  return reinterpret_cast<Entry>(entry);
}

int run_with_runtime(const Invocation& invocation) {
  Session session(invocation);
  const pipeline::Compiled* compiled = session.compile(invocation.arguments[0]);
  const int code = session.report();
  if (compiled == nullptr || code != kDone) return code == kDone ? static_cast<int>(kFaulty) : code;
  const Entry entry = load_runtime();
  if (entry == nullptr) return kFailed;

  diagnostics::Sink sink;  // what was found so far is shown already
  runtime::Request request;
  request.program = &compiled->elaborated.program;
  request.recipe = &compiled->elaborated.recipe;
  request.sources = &session.sources;
  request.sink = &sink;
  request.bundle = compiled->bundle();
  request.version = MODELC_VERSION;
  request.description = compiled->bundle();
  request.weights = invocation.weights;
  if (invocation.command != "predict" && !invocation.outputs.empty()) request.output = invocation.outputs.back();
  request.inputs = invocation.inputs;
  if (invocation.command == "predict") request.outputs = invocation.outputs;
  request.only = invocation.only;
  request.seed = invocation.seed;
  if (!invocation.device.empty()) request.device = invocation.device;
  request.resume = invocation.resume;
  request.quiet = invocation.quiet;
  request.verbose = invocation.verbose;
  request.terminal = isatty(STDERR_FILENO) != 0;
  request.json = invocation.format == Format::Json;
  std::fflush(stdout);
  const int exit = entry(invocation.command.c_str(), &request);
  const std::vector<diagnostics::Diagnostic> found = sink.sorted();
  if (!found.empty()) {
    Invocation shown = invocation;
    if (exit == kDone) shown.format = Format::Text;
    show(found, session.sources, shown);
  }
  return exit;
}

}  // namespace

int run_train(const Invocation& invocation) { return run_with_runtime(invocation); }

int run_eval(const Invocation& invocation) {
  if (invocation.weights.empty() && !invocation.arguments[0].ends_with(".safetensors")) {
    return usage_error("`modelc eval` needs `--weights W`", "eval");
  }
  Invocation own = invocation;
  if (own.weights.empty()) own.weights = own.arguments[0];  // a checkpoint brings its own
  return run_with_runtime(own);
}

int run_predict(const Invocation& invocation) {
  if (invocation.outputs.empty()) return usage_error("`modelc predict` needs `-o OUT`", "predict");
  if (invocation.weights.empty() && !invocation.arguments[0].ends_with(".safetensors")) {
    return usage_error("`modelc predict` needs `--weights W`", "predict");
  }
  Invocation own = invocation;
  if (own.weights.empty()) own.weights = own.arguments[0];
  return run_with_runtime(own);
}

int run_build(const Invocation& invocation) {
  if (invocation.outputs.empty()) return usage_error("`modelc build` needs `-o OUT`", "build");
  return run_with_runtime(invocation);
}

}  // namespace modelc::cli
