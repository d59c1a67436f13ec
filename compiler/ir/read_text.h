// Reads what write_text.h writes: for tests of passes, fuzzing, and whoever keeps IR in files. Symbols are made anew in
// the current DimTable.
#pragma once

#include <string>
#include <string_view>

#include "ir/program.h"

namespace modelc::ir {

struct TextFault {
  std::size_t line = 0;  // from 1
  std::string what;
};

/// The program, or what is wrong with the text. The program is not verified.
struct ReadText {
  Program program;
  bool ok = true;
  TextFault fault;
};
ReadText read_text(std::string_view text);

}  // namespace modelc::ir
