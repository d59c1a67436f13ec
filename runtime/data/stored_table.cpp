#include "data/stored_table.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "support/checksum.h"

namespace modelc::data {
namespace {

constexpr std::size_t kMostRecent = 16;
constexpr std::size_t kPieceBytes = 4 << 20;

/// One column of a table, whose other columns are beside it in the same records.
class StoredColumn : public StoredRows {
 public:
  StoredColumn(std::shared_ptr<const Records> records, std::size_t column)
      : records_(std::move(records)), column_(column) {}
  std::int64_t count() const override { return records_->rows(); }
  at::ScalarType type() const override { return records_->cell(column_).type; }
  std::vector<std::int64_t> shape() const override { return {}; }
  std::int64_t rows_of_block() const override { return records_->rows_of_block(); }
  at::Tensor read(const std::vector<std::int64_t>& rows) const override { return records_->read(column_, rows); }
  std::uint64_t checksum(std::uint64_t sum) const override {
    const std::uint64_t own = records_->checksum(column_);
    return support::checksum({reinterpret_cast<const char*>(&own), sizeof own}, sum);
  }

 private:
  std::shared_ptr<const Records> records_;
  std::size_t column_;
};

}  // namespace

std::int64_t most_in_memory() {
  std::int64_t bytes = std::int64_t{256} << 20;
  if (const char* given = std::getenv("MODELC_TABLE_MEMORY")) std::from_chars(given, given + std::strlen(given), bytes);
  return bytes;
}

Records::Records(std::vector<at::ScalarType> types, std::vector<bool> text) : sums_(types.size(), 0) {
  for (std::size_t i = 0; i < types.size(); ++i) {
    const std::size_t width = text[i] ? sizeof(std::int32_t) : c10::elementSize(types[i]);
    cells_.push_back({types[i], text[i], width_, width});
    width_ += width;
  }
}

std::int64_t Records::rows_of_block() const {
  return std::max<std::int64_t>(static_cast<std::int64_t>(kPieceBytes / std::max<std::size_t>(width_, 1)), 1);
}

void Records::append(const std::vector<at::Tensor>& block) {
  const auto rows = static_cast<std::size_t>(block[0].size(0));
  std::string bytes(rows * width_, '\0');
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const at::Tensor values = (cells_[i].text ? block[i].to(at::kInt) : block[i]).contiguous();
    const auto* from = static_cast<const char*>(values.data_ptr());
    sums_[i] = support::checksum({from, values.nbytes()}, sums_[i]);
    char* to = bytes.data() + cells_[i].offset;
    for (std::size_t row = 0; row < rows; ++row)
      std::memcpy(to + row * width_, from + row * cells_[i].width, cells_[i].width);
  }
  file_.append(bytes);
  rows_ += static_cast<std::int64_t>(rows);
}

std::shared_ptr<const Records::Piece> Records::fetch(std::vector<std::int64_t> rows) const {
  auto made = std::make_shared<Piece>();
  made->bytes.resize(rows.size() * width_);
  for (std::size_t at = 0; at < rows.size();) {
    std::size_t end = at + 1;
    while (end < rows.size() && rows[end] == rows[end - 1] + 1) ++end;
    file_.read(rows[at] * static_cast<std::int64_t>(width_), made->bytes.data() + at * width_, (end - at) * width_);
    at = end;
  }
  made->rows = std::move(rows);
  return made;
}

std::shared_ptr<const Records::Piece> Records::piece(const std::vector<std::int64_t>& rows) const {
  {
    const std::lock_guard lock(mutex_);
    const auto known = std::find_if(recent_.begin(), recent_.end(), [&](const auto& one) { return one->rows == rows; });
    if (known != recent_.end()) return *known;
  }
  auto made = fetch(rows);
  const std::lock_guard lock(mutex_);
  std::size_t bytes = made->bytes.size();
  for (const auto& one : recent_) bytes += one->bytes.size();
  while (!recent_.empty() && (recent_.size() == kMostRecent || bytes > 4 * kPieceBytes)) {
    bytes -= recent_.front()->bytes.size();
    recent_.erase(recent_.begin());
  }
  recent_.push_back(made);
  return made;
}

void Records::copy_cells(const Piece& piece, std::size_t column, char* into) const {
  const Cell& cell = cells_[column];
  const char* from = piece.bytes.data() + cell.offset;
  for (std::size_t row = 0; row < piece.rows.size(); ++row, from += width_) {
    if (!cell.text) {
      std::memcpy(into + row * cell.width, from, cell.width);
      continue;
    }
    std::int32_t code = 0;
    std::memcpy(&code, from, sizeof code);
    const std::int64_t wide = code;
    std::memcpy(into + row * sizeof wide, &wide, sizeof wide);
  }
}

at::Tensor Records::read(std::size_t column, const std::vector<std::int64_t>& rows) const {
  at::Tensor out = at::empty({static_cast<std::int64_t>(rows.size())}, cells_[column].type);
  auto* into = static_cast<char*>(out.data_ptr());
  const auto step = static_cast<std::size_t>(rows_of_block());
  if (rows.size() <= step) {
    copy_cells(*piece(rows), column, into);
    return out;
  }
  for (std::size_t at = 0; at < rows.size(); at += step) {
    const std::size_t end = std::min(rows.size(), at + step);
    copy_cells(
        *fetch({rows.begin() + static_cast<std::ptrdiff_t>(at), rows.begin() + static_cast<std::ptrdiff_t>(end)}),
        column, into + at * out.element_size());
  }
  return out;
}

TableStore::TableStore(std::vector<at::ScalarType> types, std::vector<std::shared_ptr<Dictionary>> text,
                       std::int64_t rows)
    : types_(std::move(types)), text_(std::move(text)), codes_(types_.size()), missing_(types_.size(), 0), rows_(rows) {
  std::int64_t width = 0;
  for (const at::ScalarType type : types_) width += static_cast<std::int64_t>(c10::elementSize(type));
  if (rows > 0 && width > most_in_memory() / rows) {
    std::vector<bool> is_text;
    for (const auto& dictionary : text_) is_text.push_back(dictionary != nullptr);
    records_ = std::make_shared<Records>(types_, is_text);
    return;
  }
  for (const at::ScalarType type : types_) values_.push_back(at::empty({rows}, type));
}

at::Tensor TableStore::block_of(const formats::Cells& cells, const formats::Words& words, std::size_t index) {
  if (Dictionary* dictionary = text_[index].get()) {
    std::vector<std::int64_t>& codes = codes_[index];
    for (std::size_t known = codes.size(); known < words.words().size(); ++known)
      codes.push_back(dictionary->code(words.words()[known]));
    at::Tensor block = at::empty({static_cast<std::int64_t>(cells.codes.size())}, at::kLong);
    auto* to = block.data_ptr<std::int64_t>();
    for (const std::int32_t code : cells.codes) {
      if (code < 0) missing_[index] = 1;
      *to++ = code < 0 ? dictionary->missing() : codes[static_cast<std::size_t>(code)];
    }
    return block;
  }
  if (types_[index] == at::kLong) {
    at::Tensor block = at::empty({static_cast<std::int64_t>(cells.integers.size())}, at::kLong);
    std::copy(cells.integers.begin(), cells.integers.end(), block.data_ptr<std::int64_t>());
    return block;
  }
  at::Tensor block = at::empty({static_cast<std::int64_t>(cells.numbers.size())}, at::kFloat);
  auto* to = block.data_ptr<float>();
  for (const double number : cells.numbers) {
    if (std::isnan(number)) missing_[index] = 1;
    *to++ = static_cast<float>(number);
  }
  return block;
}

bool TableStore::add(const formats::RowBlock& block, const std::vector<formats::Words>& words,
                     const std::vector<std::size_t>& columns) {
  if (filled_ + block.rows > rows_) return false;
  std::vector<at::Tensor> made;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    made.push_back(block_of(block.columns[columns[i]], words[columns[i]], i));
    if (!records_) values_[i].narrow(0, filled_, block.rows).copy_(made.back());
  }
  if (records_ && !made.empty()) records_->append(made);
  filled_ += block.rows;
  return true;
}

void TableStore::give(std::size_t index, Column& column) {
  column.has_missing = missing_[index] != 0;
  column.text = text_[index];
  if (records_) column.stored = std::make_shared<StoredColumn>(records_, index);
  else column.values = values_[index];
}

}  // namespace modelc::data
