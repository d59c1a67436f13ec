// How `category` numbers the values of a column: sorted (text by its bytes, numbers by size), a missing one last. One
// place, so that `data.categories` at compile time and the fit at run time agree.
#pragma once

#include <set>

#include "formats/table_rows.h"

namespace modelc::formats {

struct Categories {
  std::vector<std::string> strings;  // text
  std::vector<double> numbers;       // numbers and integers, sorted, no NaN
  std::vector<std::int64_t> integers;
  bool missing = false;  // a missing value is the last category
  std::int64_t count() const;
};

Categories categories_of(const Column& column);

/// Which rows count: those whose key, a column of the same table, is among the keys of another one.
struct KeyedRows {
  std::string column;
  const std::set<std::string>* keys = nullptr;
};

/// Of one column of a table that is read in blocks: the memory is that of its values, not of its rows.
Result<Categories> categories_in(TableReading reading, std::size_t column, const KeyedRows* only,
                                 const std::function<std::optional<Fault>(TableReading&)>& read);
/// Every value of a column, written as a key.
Result<std::set<std::string>> keys_in(TableReading reading, std::size_t column,
                                      const std::function<std::optional<Fault>(TableReading&)>& read);

}  // namespace modelc::formats
