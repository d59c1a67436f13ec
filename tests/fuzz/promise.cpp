#include <cstdio>
#include <cstdlib>

#include "target.h"

namespace modelc::fuzz {

void promise(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

}  // namespace modelc::fuzz
