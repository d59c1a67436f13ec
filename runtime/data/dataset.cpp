#include "data/dataset.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "build/room.h"
#include "support/checksum.h"

namespace modelc::data {
namespace {

constexpr std::int64_t kBlockBytes = 4 << 20;

/// Some of the rows of others.
class SelectedRows : public StoredRows {
 public:
  SelectedRows(std::shared_ptr<const StoredRows> of, std::vector<std::int64_t> rows)
      : of_(std::move(of)), rows_(std::move(rows)) {}
  std::int64_t count() const override { return static_cast<std::int64_t>(rows_.size()); }
  at::ScalarType type() const override { return of_->type(); }
  std::vector<std::int64_t> shape() const override { return of_->shape(); }
  at::Tensor read(const std::vector<std::int64_t>& rows) const override {
    std::vector<std::int64_t> there;
    there.reserve(rows.size());
    for (const std::int64_t row : rows) there.push_back(rows_.at(static_cast<std::size_t>(row)));
    return of_->read(there);
  }
  std::int64_t rows_of_block() const override { return of_->rows_of_block(); }
  std::uint64_t checksum(std::uint64_t sum) const override {
    const std::string_view rows(reinterpret_cast<const char*>(rows_.data()), rows_.size() * sizeof(rows_[0]));
    return support::checksum(rows, of_->checksum(sum));
  }

 private:
  std::shared_ptr<const StoredRows> of_;
  std::vector<std::int64_t> rows_;
};

std::int64_t block_rows(std::int64_t rows, const std::vector<std::int64_t>& shape, at::ScalarType type) {
  auto bytes = static_cast<std::int64_t>(c10::elementSize(type));
  for (const std::int64_t size : shape) bytes *= std::max<std::int64_t>(size, 1);
  return std::clamp<std::int64_t>(kBlockBytes / bytes, 1, std::max<std::int64_t>(rows, 1));
}

std::uint64_t checksum_of(const at::Tensor& values, std::uint64_t sum) {
  const at::Tensor whole = values.contiguous();
  return support::checksum({static_cast<const char*>(whole.data_ptr()), whole.nbytes()}, sum);
}

at::Tensor index_of(const std::vector<std::int64_t>& rows) {
  at::Tensor index = at::empty({static_cast<std::int64_t>(rows.size())}, at::kLong);
  if (!rows.empty()) std::memcpy(index.data_ptr(), rows.data(), rows.size() * sizeof(std::int64_t));
  return index;
}

}  // namespace

int report_fault(const exec::RuntimeFault& fault, diagnostics::Sink& sink) {
  // What does not fit is a fault of the description or the data; a lack of memory is none.
  if (build::speaks_of_memory(fault)) throw build::OutOfMemory(fault.span(), fault.what());
  const bool of_data = dynamic_cast<const DataFault*>(&fault) != nullptr;
  if (of_data) sink.report(fault.span(), diag::DataUnreadable, fault.what());
  else sink.report(fault.span(), diag::KernelFault, fault.what());
  return of_data ? 1 : 3;
}

std::vector<std::int64_t> consecutive(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), first);
  return rows;
}

std::int64_t StoredRows::rows_of_block() const { return block_rows(count(), shape(), type()); }

std::uint64_t StoredRows::checksum(std::uint64_t sum) const {
  const std::int64_t step = rows_of_block();
  for (std::int64_t first = 0; first < count(); first += step)
    sum = checksum_of(read(consecutive(first, std::min(step, count() - first))), sum);
  return sum;
}

at::Tensor Column::take(const std::vector<std::int64_t>& rows) const {
  if (stored) return stored->read(rows);
  const auto count = static_cast<std::int64_t>(rows.size());
  const bool run = !rows.empty() && std::adjacent_find(rows.begin(), rows.end(), [](std::int64_t a, std::int64_t b) {
                                      return b != a + 1;
                                    }) == rows.end();
  return run ? values.narrow(0, rows.front(), count) : values.index_select(0, index_of(rows));
}

Column Column::select(const std::vector<std::int64_t>& rows) const {
  Column selected = *this;
  if (stored) selected.stored = std::make_shared<SelectedRows>(stored, rows);
  else selected.values = values.index_select(0, index_of(rows));
  if (mixture) {
    auto from = std::make_shared<std::vector<Mixture::From>>();
    for (const std::int64_t row : rows) from->push_back((*mixture->rows)[static_cast<std::size_t>(row)]);
    selected.mixture = std::make_shared<const Mixture>(Mixture{mixture->parts, std::move(from)});
  }
  if (lines) selected.lines = std::make_shared<const formats::Lines>(lines->select(rows));
  if (places) {
    auto there = std::make_shared<std::vector<std::string>>();
    for (const std::int64_t row : rows) there->push_back((*places)[static_cast<std::size_t>(row)]);
    selected.places = std::move(there);
  }
  return selected;
}

void Column::for_blocks(const std::function<void(std::int64_t, const at::Tensor&)>& visit) const {
  const std::int64_t step = stored ? stored->rows_of_block() : std::max<std::int64_t>(rows(), 1);
  for (std::int64_t first = 0; first < rows(); first += step)
    visit(first, stored ? take(consecutive(first, std::min(step, rows() - first))) : values);
}

std::uint64_t Column::checksum(std::uint64_t sum) const {
  return stored ? stored->checksum(sum) : checksum_of(values, sum);
}

std::int64_t Dictionary::code(const std::string& word) {
  const auto [it, fresh] = index_.try_emplace(word, size());
  if (fresh) words_.push_back(word);
  return it->second;
}

std::int64_t Dictionary::missing() {
  if (missing_ < 0) {
    missing_ = size();
    words_.emplace_back();
  }
  return missing_;
}

const Column* Dataset::find(std::string_view name) const {
  for (const Column& column : columns)
    if (column.name == name) return &column;
  return nullptr;
}

std::string Column::place(std::int64_t row) const {
  if (mixture) {
    const Mixture::From& from = (*mixture->rows)[static_cast<std::size_t>(row)];
    return mixture->parts[from.part].place(from.row);
  }
  if (places && row < static_cast<std::int64_t>(places->size())) return (*places)[static_cast<std::size_t>(row)];
  const std::int64_t line = lines ? (*lines)[static_cast<std::size_t>(row)] : 0;
  if (line > 0) return fmt::format("{}:{}:{}", file, line, field);
  return file.empty() ? fmt::format("row {} of `{}`", row + 1, name)
                      : fmt::format("{}: row {} of `{}`", file, row + 1, name);
}

std::string Column::shown(std::int64_t row) const {
  const at::Tensor value = this->row(row);
  if (value.numel() != 1) return "an array";
  if (text) {
    const std::int64_t code = value.item<std::int64_t>();
    return text->is_missing(code) ? "a missing value" : text->word(code);
  }
  if (!at::isFloatingType(value.scalar_type())) return fmt::format("{}", value.item<std::int64_t>());
  return fmt::format("{:g}", value.item<double>());
}

}  // namespace modelc::data
