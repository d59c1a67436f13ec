// The library of images, loaded when it is first asked for.
#pragma once

#include "images/codec.h"

namespace modelc::images {

/// Throws std::runtime_error where the library cannot be loaded.
const Codec& codec();

}  // namespace modelc::images
