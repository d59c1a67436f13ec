#include "formats/own_checkpoint.h"

#include <fmt/format.h>

#include <charconv>

#include "support/checksum.h"

namespace modelc::formats {
namespace {

constexpr std::size_t kDigits = 16;

/// Where the digits stand; a quote within another value has a backslash before it, so that no other place looks so.
std::size_t digits_at(std::string_view header) {
  const std::string opening = fmt::format("\"{}\":\"", kHeaderSum);
  const std::size_t found = header.find(opening);
  const bool fits = found != std::string_view::npos && header.size() - found - opening.size() >= kDigits;
  return fits ? found + opening.size() : std::string_view::npos;
}

std::string sum_of(std::string header, std::size_t digits) {
  header.replace(digits, kDigits, kDigits, '0');
  return fmt::format("{:016x}", support::checksum(header));
}

/// Length and JSON, as they lie in the file.
std::string header_of(const WeightFile& file) {
  if (file.parts.empty()) return "";
  const Result<std::string> start = read_range(file.parts[0].file, 0, 8);
  if (!start || start.value->size() < 8) return "";
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;) length = length << 8 | static_cast<unsigned char>((*start.value)[i]);
  Result<std::string> header = read_range(file.parts[0].file, 0, static_cast<std::size_t>(8 + length));
  return header ? std::move(*header.value) : "";
}

}  // namespace

void seal_header(std::string& header) {
  if (const std::size_t digits = digits_at(header); digits != std::string::npos)
    header.replace(digits, kDigits, sum_of(header, digits));
}

std::string header_damage(const WeightFile& file) {
  const auto& metadata = file.metadata;
  if (const auto found = metadata.find(kFormat); found != metadata.end()) {
    int format = 0;
    const char* const end = found->second.data() + found->second.size();
    const bool number = std::from_chars(found->second.data(), end, format).ptr == end;
    if (number && format > kNewestFormat) {
      const auto version = metadata.find(kVersion);
      return fmt::format("was written by a later modelc{}, in format {}; this one reads formats up to {}",
                         version == metadata.end() ? "" : " (" + version->second + ")", format, kNewestFormat);
    }
  }
  const bool sealed = metadata.contains(kHeaderSum);
  if (!sealed && !metadata.contains(kTensorSums) && !metadata.contains(kFormat)) return "";
  if (!sealed) return fmt::format("its header is damaged, or of an earlier modelc: it has no `{}`", kHeaderSum);
  const std::string header = header_of(file);
  const std::size_t digits = digits_at(header);
  const bool holds = digits != std::string::npos && header.substr(digits, kDigits) == sum_of(header, digits);
  return holds ? "" : "its header is not as it was written";
}

}  // namespace modelc::formats
