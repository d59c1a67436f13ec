// Preloaded into a training: the process ends by SIGKILL right behind the rename that gives the checkpoint of a chosen
// number its name. MODELC_STOP_AT says which.
#include <dlfcn.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int rename(const char* from, const char* to) {
  static const auto real = reinterpret_cast<int (*)(const char*, const char*)>(dlsym(RTLD_NEXT, "rename"));
  static int left = std::getenv("MODELC_STOP_AT") ? std::atoi(std::getenv("MODELC_STOP_AT")) : 0;
  const int code = real(from, to);
  if (code == 0 && std::string_view(to).ends_with("/resume.safetensors") && --left == 0) raise(SIGKILL);
  return code;
}
