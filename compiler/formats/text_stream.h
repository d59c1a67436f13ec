// A text file read forwards in pieces, as UTF-8: plain or gzip, in the encoding it is said to have. Memory is taken for
// the pieces alone, whatever the file's size.
#pragma once

#include <memory>

#include "formats/file_bytes.h"

namespace modelc::formats {

/// Whether text of this encoding can be read: `utf-8`, `latin-1`, `cp1252`, `utf-16` and whatever iconv knows.
bool knows_encoding(const std::string& name);

class TextStream {
 public:
  /// At most `limit` bytes of the file's text are read.
  static Result<TextStream> open(const std::string& path, const std::string& encoding, std::size_t limit = SIZE_MAX);
  TextStream(TextStream&&) noexcept;
  ~TextStream();

  /// Appends what comes next; false where nothing does. Text that is said to be UTF-8 is passed on as it is, for the
  /// reader to judge at its row.
  bool read(std::string& into);
  /// Whether all of the file was read, not only its beginning.
  bool whole() const;
  /// Why reading ended too early.
  const std::optional<Fault>& fault() const;
  /// What cannot be decoded behind the text that was read; the reader knows the row. Empty where all can.
  const std::string& undecodable() const;

 private:
  struct State;
  explicit TextStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace modelc::formats
