#include "data/text_rows.h"

#include <ATen/Functions.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "exec/executor.h"
#include "support/checksum.h"
#include "text/unicode.h"

namespace modelc::data {
namespace {

constexpr std::int64_t kMostInMemory = std::int64_t{32} << 20;  // numbers
constexpr std::size_t kBlock = 1 << 20;

/// Bytes of a file while it is trained on; a file that was cut off meanwhile ends the run.
std::string bytes_of(const text::TextFile& file, std::uint64_t offset, std::size_t count) {
  formats::Result<std::string> bytes = file.read(offset, count);
  if (!bytes) throw exec::RuntimeFault({}, bytes.fault.str());
  if (bytes.value->size() < count) throw exec::RuntimeFault({}, file.path() + ": it became shorter while it was read");
  return std::move(*bytes.value);
}

/// `visit(first, count, place)` for each run of rows that follow each other; place: where its first one stands in the
/// result.
template <class Visit>
void for_runs(const std::vector<std::int64_t>& rows, Visit visit) {
  for (std::size_t at = 0; at < rows.size();) {
    std::size_t end = at + 1;
    while (end < rows.size() && rows[end] == rows[end - 1] + 1) ++end;
    visit(rows[at], static_cast<std::int64_t>(end - at), at);
    at = end;
  }
}

class ByteRows final : public StoredRows {
 public:
  explicit ByteRows(text::TextFile file) : file_(std::move(file)) {}
  std::int64_t count() const override { return static_cast<std::int64_t>(file_.size()); }
  at::ScalarType type() const override { return at::kLong; }
  std::vector<std::int64_t> shape() const override { return {}; }
  at::Tensor read(const std::vector<std::int64_t>& rows) const override {
    at::Tensor out = at::empty({static_cast<std::int64_t>(rows.size())}, at::kLong);
    auto* values = out.data_ptr<std::int64_t>();
    for_runs(rows, [&](std::int64_t first, std::int64_t count, std::size_t at) {
      for (const char byte : bytes_of(file_, static_cast<std::uint64_t>(first), static_cast<std::size_t>(count)))
        values[at++] = static_cast<unsigned char>(byte);
    });
    return out;
  }
  std::uint64_t checksum(std::uint64_t sum) const override { return checksum_of(file_, sum); }

 private:
  text::TextFile file_;
};

class IdRows final : public StoredRows {
 public:
  IdRows(std::vector<std::int32_t> ids, std::shared_ptr<std::FILE> file, std::int64_t count)
      : ids_(std::move(ids)), file_(std::move(file)), count_(count) {}
  std::int64_t count() const override { return count_; }
  at::ScalarType type() const override { return at::kLong; }
  std::vector<std::int64_t> shape() const override { return {}; }
  at::Tensor read(const std::vector<std::int64_t>& rows) const override {
    at::Tensor out = at::empty({static_cast<std::int64_t>(rows.size())}, at::kLong);
    auto* values = out.data_ptr<std::int64_t>();
    std::vector<std::int32_t> read;
    for_runs(rows, [&](std::int64_t first, std::int64_t count, std::size_t at) {
      const std::int32_t* ids = ids_.data() + first;
      if (file_) {
        read.resize(static_cast<std::size_t>(count));
        const std::size_t bytes = read.size() * sizeof(std::int32_t);
        if (::pread(fileno(file_.get()), read.data(), bytes, first * static_cast<off_t>(sizeof(std::int32_t))) !=
            static_cast<ssize_t>(bytes))
          throw exec::RuntimeFault({}, "the tokens that were put aside in a temporary file cannot be read");
        ids = read.data();
      }
      std::copy(ids, ids + count, values + at);
    });
    return out;
  }

 private:
  std::vector<std::int32_t> ids_;
  std::shared_ptr<std::FILE> file_;
  std::int64_t count_;
};

}  // namespace

std::shared_ptr<const StoredRows> byte_rows(text::TextFile file) { return std::make_shared<ByteRows>(std::move(file)); }

IdStore::IdStore() = default;

bool IdStore::spill() {
  if (!file_) file_ = {std::tmpfile(), [](std::FILE* file) { return file ? std::fclose(file) : 0; }};
  if (!file_ || std::fwrite(ids_.data(), sizeof(std::int32_t), ids_.size(), file_.get()) != ids_.size() ||
      std::fflush(file_.get()) != 0)
    return false;
  ids_.clear();
  return true;
}

bool IdStore::add(std::int32_t id) {
  ids_.push_back(id);
  ++count_;
  return static_cast<std::int64_t>(ids_.size()) < kMostInMemory || spill();
}

std::shared_ptr<const StoredRows> IdStore::rows() && {
  if (file_ && !ids_.empty() && !spill()) return nullptr;
  return std::make_shared<IdRows>(std::move(ids_), std::move(file_), count_);
}

std::optional<formats::Fault> CharRows::read(text::TextFile file, Dictionary& dictionary,
                                             std::shared_ptr<const StoredRows>& rows) {
  std::shared_ptr<CharRows> made(new CharRows(std::move(file)));
  bool single = true;
  auto fault = made->file_.each_piece(text::Unit::Chars, [&](std::string_view character, std::uint64_t at) {
    single = single && character.size() == 1;
    if (made->count_++ % kStep == 0) made->index_.push_back(at);
    const auto point = static_cast<std::size_t>(text::character_at(character, 0).code);
    if (point >= made->codes_.size()) made->codes_.resize(point + 1, -1);
    if (made->codes_[point] < 0)
      made->codes_[point] = static_cast<std::int32_t>(dictionary.code(std::string(character)));
  });
  if (single) made->index_ = {};
  made->index_.shrink_to_fit();
  rows = std::move(made);
  return fault;
}

std::int64_t CharRows::code_of(std::string_view character) const {
  const std::int32_t point = text::character_at(character, 0).code;
  const bool known = point >= 0 && static_cast<std::size_t>(point) < codes_.size();
  const std::int32_t code = known ? codes_[static_cast<std::size_t>(point)] : -1;
  if (code < 0) throw exec::RuntimeFault({}, file_.path() + ": it was changed while it was read");
  return code;
}

void CharRows::read_run(std::int64_t first, std::int64_t count, std::int64_t* out) const {
  if (index_.empty()) {
    const std::string bytes = bytes_of(file_, static_cast<std::uint64_t>(first), static_cast<std::size_t>(count));
    for (const char byte : bytes) *out++ = code_of(std::string_view(&byte, 1));
    return;
  }
  const auto begin = static_cast<std::size_t>(first / kStep);
  const auto end = static_cast<std::size_t>((first + count + kStep - 1) / kStep);
  const std::uint64_t from = index_[begin], to = end < index_.size() ? index_[end] : file_.size();
  const std::string bytes = bytes_of(file_, from, static_cast<std::size_t>(to - from));
  std::size_t at = 0;
  for (std::int64_t skipped = first % kStep; skipped > 0; --skipped) at += text::character_at(bytes, at).bytes;
  for (; count > 0; --count) {
    const std::size_t size = text::character_at(bytes, at).bytes;
    *out++ = code_of(std::string_view(bytes).substr(at, size));
    at += size;
  }
}

at::Tensor CharRows::read(const std::vector<std::int64_t>& rows) const {
  at::Tensor out = at::empty({static_cast<std::int64_t>(rows.size())}, at::kLong);
  auto* values = out.data_ptr<std::int64_t>();
  for_runs(rows, [&](std::int64_t first, std::int64_t count, std::size_t at) { read_run(first, count, values + at); });
  return out;
}

std::uint64_t CharRows::checksum(std::uint64_t sum) const { return checksum_of(file_, sum); }

std::uint64_t checksum_of(const text::TextFile& file, std::uint64_t sum) {
  for (std::uint64_t at = 0; at < file.size(); at += kBlock)
    sum = support::checksum(bytes_of(file, at, std::min<std::uint64_t>(kBlock, file.size() - at)), sum);
  return sum;
}

}  // namespace modelc::data
