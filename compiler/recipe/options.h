// What a command asks of a recipe's data.
#pragma once

#include "support/source.h"

namespace modelc::recipe {

struct Options {
  /// A data file that is not there: a warning of `check`, an error where its rows are needed, else nobody's concern.
  enum class Absent { Warn, Refuse, Ignore } absent = Absent::Warn;
  const support::SourceManager* sources = nullptr;  // tells the command line's texts from a file's
};

}  // namespace modelc::recipe
