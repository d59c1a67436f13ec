#include "text/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "text/unicode.h"

namespace modelc::text {
namespace {

constexpr std::size_t kBlock = 1 << 20, kTokenizedBlock = 8 << 20;
constexpr std::size_t kLongestWord = 16 << 20;  // what is longer is no text

/// Where a block of text ends that is not the last one: behind the last character that is whole.
std::size_t whole_characters(std::string_view text) {
  std::size_t end = text.size();
  for (int back = 0; back < 4 && end > 0; ++back) {
    const auto byte = static_cast<unsigned char>(text[end - 1]);
    if (byte < 0x80) return text.size() - static_cast<std::size_t>(back);
    --end;
    if (byte >= 0xC0) return character_at(text, end).code >= 0 ? text.size() : end;
  }
  return text.size();
}

/// The last end of a line that no white space stands next to: tokenizers cut there themselves. 0: there is none.
std::size_t last_line_end(std::string_view text) {
  for (std::size_t at = text.size(); at-- > 2;)
    if (text[at - 1] == '\n' && !is_space(static_cast<unsigned char>(text[at])) &&
        !is_space(static_cast<unsigned char>(text[at - 2])))
      return at;
  return 0;
}

}  // namespace

formats::Result<TextFile> TextFile::open(const std::string& path) {
  formats::Result<formats::OpenFile> file = formats::open_file(path);
  if (!file) return {{}, std::move(file.fault)};
  TextFile made;
  made.path_ = path;
  made.file_ = std::move(*file.value);
  made.size_ = made.file_.size;
  const formats::Result<std::string> begin = formats::read_range(made.file_, 0, 2);
  if (!begin) return {{}, begin.fault};
  if (*begin.value == "\x1f\x8b") {
    formats::Result<std::string> whole = formats::read_bytes(path);
    if (!whole) return {{}, std::move(whole.fault)};
    made.inflated_ = std::make_shared<const std::string>(std::move(*whole.value));
    made.size_ = made.inflated_->size();
  }
  if (made.size_ == 0) return {{}, formats::file_fault(path, "it is empty")};
  return {std::move(made), {}};
}

formats::Result<std::string> TextFile::read(std::uint64_t offset, std::size_t count) const {
  if (inflated_) return {inflated_->substr(std::min<std::size_t>(offset, inflated_->size()), count), {}};
  return formats::read_range(file_, offset, count);
}

std::optional<formats::Fault> TextFile::stream(
    std::size_t block, const std::function<std::size_t(std::string_view, std::uint64_t, bool)>& visit) const {
  std::string text;
  std::uint64_t at = 0, read_to = 0;
  std::int64_t line = 1;
  while (at < size_) {
    formats::Result<std::string> more = read(read_to, block);
    if (!more) return std::move(more.fault);
    if (more.value->empty()) return formats::file_fault(path_, "it became shorter while it was read");
    read_to += more.value->size();
    text += *more.value;
    const bool last = read_to >= size_;
    const std::size_t whole = last ? text.size() : whole_characters(text);
    if (const auto bad = first_invalid(std::string_view(text).substr(0, whole))) {
      formats::Fault fault = formats::file_fault(path_, "it is no UTF-8 text; `tokens=\"bytes\"` takes any file");
      fault.row = line + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*bad), '\n');
      return fault;
    }
    const std::size_t taken = visit(std::string_view(text).substr(0, whole), at, last);
    if (taken == 0 && (last || text.size() > kLongestWord)) {
      formats::Fault fault = formats::file_fault(path_, "a word has no end");
      fault.row = line;
      return fault;
    }
    line += std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(taken), '\n');
    text.erase(0, taken);
    at += taken;
  }
  return std::nullopt;
}

std::optional<formats::Fault> TextFile::each_piece(
    Unit unit, const std::function<void(std::string_view, std::uint64_t)>& visit) const {
  return stream(kBlock, [&](std::string_view text, std::uint64_t begin, bool last) -> std::size_t {
    std::size_t at = 0;
    if (unit == Unit::Chars) {
      while (at < text.size()) {
        const std::size_t bytes = character_at(text, at).bytes;
        visit(text.substr(at, bytes), begin + at);
        at += bytes;
      }
      return at;
    }
    while (true) {
      const std::string_view word = next_word(text, at);
      if (word.empty()) return text.size();  // white space is left
      const auto from = static_cast<std::size_t>(word.data() - text.data());
      if (!last && from + word.size() == text.size()) return from;  // it may go on
      visit(word, begin + from);
      at = from + word.size();
    }
  });
}

std::optional<formats::Fault> TextFile::each_block(
    const Tokenizer& tokenizer, const std::function<void(const std::vector<std::int32_t>&)>& visit) const {
  return stream(kTokenizedBlock, [&](std::string_view text, std::uint64_t, bool last) -> std::size_t {
    const std::size_t end = last ? text.size() : last_line_end(text);
    if (end > 0) visit(tokenizer.encode(text.substr(0, end), false));
    return end;
  });
}

formats::Result<std::vector<std::string>> vocabulary_of(const std::string& path, Unit unit) {
  formats::Result<TextFile> file = TextFile::open(path);
  if (!file) return {{}, std::move(file.fault)};
  std::unordered_set<std::string> found;
  std::string word;
  if (auto fault = file.value->each_piece(unit, [&](std::string_view piece, std::uint64_t) {
        word.assign(piece);
        found.insert(word);
      }))
    return {{}, std::move(*fault)};
  std::vector<std::string> sorted(found.begin(), found.end());
  std::sort(sorted.begin(), sorted.end());
  return {std::move(sorted), {}};
}

}  // namespace modelc::text
