#include "images/load.h"

#include <dlfcn.h>

#include <stdexcept>

namespace modelc::images {
namespace {

const Codec* load() {
  // Beside the runtime; never closed, as what it loads keeps threads of its own.
  void* library = ::dlopen(MODELC_IMAGES_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  void* function = library != nullptr ? ::dlsym(library, kCodecFunction) : nullptr;
  if (function == nullptr) throw std::runtime_error(std::string("cannot load what decodes images: ") + ::dlerror());
  return reinterpret_cast<CodecFunction>(function)();
}

}  // namespace

const Codec& codec() {
  static const Codec* const loaded = load();
  return *loaded;
}

}  // namespace modelc::images
