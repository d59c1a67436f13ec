// How `category` numbers the values of a column: sorted (text by its bytes, numbers by size), a missing one last. One
// place, so that `data.categories` at compile time and the fit at run time agree.
#pragma once

#include "formats/tables.h"

namespace modelc::formats {

struct Categories {
  std::vector<std::string> strings;  // text
  std::vector<double> numbers;       // numbers and integers, sorted, no NaN
  std::vector<std::int64_t> integers;
  bool missing = false;  // a missing value is the last category
  std::int64_t count() const;
};

Categories categories_of(const Column& column);

}  // namespace modelc::formats
