// The words for devices: `cpu`, `cuda`, `cuda:1`. Whether such a device is there is the runtime's to say.
#pragma once

#include <string_view>

namespace modelc::types {

bool is_device(std::string_view word);
/// What is_device() accepts, for messages.
inline constexpr std::string_view kDeviceWords = "cpu, cuda or cuda:N";

}  // namespace modelc::types
