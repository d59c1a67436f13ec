// What makes a safetensors file a checkpoint of modelc's own: keys of its metadata by which damage is found, whatever
// byte of the file it strikes, and by which a later modelc's files are told. Other readers pass these keys over.
#pragma once

#include "formats/weight_file.h"

namespace modelc::formats {

/// The description that the values belong to, and who wrote it.
inline constexpr const char *kDescription = "modelc.description", *kVersion = "modelc.version";
/// How the metadata are to be understood; what a modelc does not know yet it does not read.
inline constexpr const char* kFormat = "modelc.format";
inline constexpr int kNewestFormat = 2;
/// Checksums of the tensors by name, as JSON, and of the file's header, in which these digits then stand for zeros.
inline constexpr const char *kTensorSums = "modelc.checksums", *kHeaderSum = "modelc.header";

/// Enters the header's checksum where the metadata have a place for it, `kHeaderSum` with 16 zeros.
void seal_header(std::string& header);

/// Why nothing in the file can be relied on: its header is not as it was written, or of a format of the future. Empty
/// for a file that modelc did not write.
std::string header_damage(const WeightFile& file);

}  // namespace modelc::formats
