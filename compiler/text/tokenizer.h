// A `tokenizer.json` of Hugging Face: text to numbers and back. Byte-level and plain BPE, WordPiece, WordLevel,
// Unigram.
#pragma once

#include <memory>

#include "formats/tables.h"

namespace modelc::text {

class Tokenizer {
 public:
  /// What the file says, as text. A part that is not understood is a fault that names it; `file` is for the fault
  /// alone.
  static formats::Result<std::shared_ptr<const Tokenizer>> parse(const std::string& json, const std::string& file);
  static formats::Result<std::shared_ptr<const Tokenizer>> read(const std::string& file);
  virtual ~Tokenizer() = default;

  /// `around`: with what the tokenizer puts before and behind a text, cut to the length that it states. Any thread may
  /// ask.
  virtual std::vector<std::int32_t> encode(std::string_view text, bool around) const = 0;
  /// Without special tokens; numbers that are none are passed over.
  virtual std::string decode(const std::vector<std::int64_t>& ids) const = 0;
  /// One more than the largest number.
  virtual std::int64_t size() const = 0;
  /// The file's text, to be kept where the file may be gone later.
  virtual const std::string& json() const = 0;
};

}  // namespace modelc::text
