// The words for devices: `cpu`, `cuda`, `cuda:1`. Whether such a device is there is the runtime's to say.
#pragma once

#include <string>
#include <string_view>

namespace modelc::types {

/// The kinds of devices.
inline constexpr std::string_view kDevices[] = {"cpu", "cuda", "mps", "xpu"};
/// The kind of which there may be several: `cuda:1` is the second.
inline constexpr std::string_view kNumberedDevice = "cuda";

bool is_device(std::string_view word);
/// What is_device() accepts, for messages.
inline constexpr std::string_view kDeviceWords = "cpu, cuda or cuda:N";
/// The same as a regular expression.
std::string device_pattern();

}  // namespace modelc::types
