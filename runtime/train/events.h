// The figures of a run for TensorBoard: a file of records, the first one its version, then one for each row of
// metrics.csv.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runs/figures.h"
#include "support/descriptor.h"

namespace modelc::train {

/// TensorBoard looks for this word in a file's name.
inline constexpr const char* kEventsFile = "events.out.tfevents.modelc";

/// CRC-32C (Castagnoli), the form that records are checked by.
std::uint32_t crc32c(std::string_view bytes);
/// A record: its length, its bytes, and the checksums of both, rotated and shifted as TFRecord files have them.
std::string framed(std::string_view bytes);
/// The bytes of the records of a file, up to the first one that is damaged or cut off.
std::vector<std::string> records_of(std::string_view file);

class EventsFile {
 public:
  /// Begins the file with the rows that there are; they keep the times that the file gave them before, and what else it
  /// held is gone. The fault's text, or empty.
  std::string begin(const std::string& path, const runs::Figures& figures);
  /// One row more, in one piece.
  std::string add(const std::vector<std::string>& columns, const runs::Figures::Row& row);

 private:
  support::Descriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace modelc::train
