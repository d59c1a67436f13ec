// How `category` numbers the values of a column: sorted (text by its bytes, numbers by size), a missing one last. One
// place, so that `data.categories` at compile time and the fit at run time agree.
#pragma once

#include <map>
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

/// How often each category occurs.
class Tally {
 public:
  void add(const Column& column);
  void add(const Cells& cells, const Words& words, std::size_t row);
  void add(const Tally& other);
  std::int64_t categories() const;
  /// In the order in which `category` numbers them.
  std::vector<std::int64_t> counts() const;

 private:
  std::map<std::string, std::int64_t> words_;
  std::map<double, std::int64_t> numbers_;
  std::map<std::int64_t, std::int64_t> integers_;
  std::int64_t missing_ = 0;
};

/// Which rows count: those whose key, a column of the same table, is among the keys of another one.
struct KeyedRows {
  std::string column;
  const std::set<std::string>* keys = nullptr;
};

/// Of one column of a table that is read in blocks: the memory is that of its values, not of its rows.
Result<Tally> tally_in(TableReading reading, std::size_t column, const KeyedRows* only,
                       const std::function<std::optional<Fault>(TableReading&)>& read);
/// Every value of a column, written as a key.
Result<std::set<std::string>> keys_in(TableReading reading, std::size_t column,
                                      const std::function<std::optional<Fault>(TableReading&)>& read);

}  // namespace modelc::formats
