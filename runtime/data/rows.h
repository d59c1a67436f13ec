// Numbers of rows, of a split or in the order of an epoch: four bytes each, since a table larger than memory may have a
// hundred million of them; and some that follow each other, without a copy.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <vector>

namespace modelc::data {

class Rows {
 public:
  Rows() = default;
  Rows(const std::vector<std::int64_t>& rows) {  // NOLINT: a list of rows is one
    numbers_.reserve(rows.size());
    for (const std::int64_t row : rows) push_back(row);
  }
  /// All of so many.
  static Rows all(std::int64_t count) {
    Rows rows;
    rows.numbers_.reserve(static_cast<std::size_t>(count));
    for (std::int64_t row = 0; row < count; ++row) rows.push_back(row);
    return rows;
  }

  void push_back(std::int64_t row) {
    if (row > std::numeric_limits<std::int32_t>::max()) throw std::bad_alloc();
    numbers_.push_back(static_cast<std::int32_t>(row));
  }
  void reserve(std::size_t count) { numbers_.reserve(count); }
  std::size_t size() const { return numbers_.size(); }
  bool empty() const { return numbers_.empty(); }
  std::int64_t operator[](std::size_t at) const { return numbers_[at]; }
  std::int64_t front() const { return numbers_.front(); }
  std::int64_t back() const { return numbers_.back(); }
  const std::int32_t* begin() const { return numbers_.data(); }
  const std::int32_t* end() const { return numbers_.data() + numbers_.size(); }
  /// Those in [first, first + count), fewer at the end.
  std::vector<std::int64_t> slice(std::size_t first, std::size_t count) const {
    const std::size_t last = std::min(size(), first + count);
    return {begin() + first, begin() + last};
  }
  operator std::vector<std::int64_t>() const { return {begin(), end()}; }  // NOLINT: for whoever takes a list
  bool operator==(const Rows&) const = default;
  template <class Random>
  void shuffle(Random& random) {
    random.shuffle(numbers_);
  }

 private:
  std::vector<std::int32_t> numbers_;
};

/// Some of an order of rows.
class RowsOfBatch {
 public:
  RowsOfBatch() = default;
  RowsOfBatch(std::vector<std::int64_t> rows)  // NOLINT: a list of rows is one
      : order_(std::make_shared<const Rows>(rows)), count_(order_->size()) {}
  RowsOfBatch(std::shared_ptr<const Rows> order, std::size_t first, std::size_t count)
      : order_(std::move(order)), first_(first), count_(count) {}

  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  std::int64_t operator[](std::size_t at) const { return (*order_)[first_ + at]; }
  const std::int32_t* begin() const { return order_ ? order_->begin() + first_ : nullptr; }
  const std::int32_t* end() const { return begin() + count_; }
  operator std::vector<std::int64_t>() const { return {begin(), end()}; }  // NOLINT: for whoever takes a list
  bool operator==(const RowsOfBatch& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

 private:
  std::shared_ptr<const Rows> order_;
  std::size_t first_ = 0, count_ = 0;
};

}  // namespace modelc::data
