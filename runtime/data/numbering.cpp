#include "data/numbering.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/windows.h"
#include "support/words.h"
#include "text/numbering.h"

namespace modelc::data {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kBlock = 1 << 16;  // steps that are looked at together

/// `visit(code, step)` for every piece of a stretch of steps.
template <class Visit>
void for_codes(const Column& column, std::int64_t first, std::int64_t last, Visit visit) {
  for (; first < last; first += kBlock) {
    const std::int64_t count = std::min(kBlock, last - first);
    const at::Tensor read = column.take(consecutive(first, count)).to(at::kLong).contiguous();
    const std::int64_t width = read.numel() / count;
    for (std::int64_t i = 0; i < read.numel(); ++i)
      if (const std::int64_t code = read.data_ptr<std::int64_t>()[i]; code >= 0) visit(code, first + i / width);
  }
}

template <class Visit>
void for_codes(const PiecesOf& pieces, Visit visit) {
  for_stretches(*pieces.windows, *pieces.rows,
                [&](std::int64_t first, std::int64_t last) { for_codes(*pieces.column, first, last, visit); });
}

/// Which of a dictionary's pieces occur; nothing more is read once all of them do.
struct Seen {
  std::vector<char> codes;
  std::int64_t left = 0;  // that do not, so far

  explicit Seen(const Dictionary& words) : codes(static_cast<std::size_t>(words.size()), 0), left(words.size()) {}
  void mark(const PiecesOf& pieces) {
    for_stretches(*pieces.windows, *pieces.rows, [&](std::int64_t first, std::int64_t last) {
      for (; first < last && left > 0; first += kBlock)
        for_codes(*pieces.column, first, std::min(first + kBlock, last), [&](std::int64_t code, std::int64_t) {
          left -= codes[static_cast<std::size_t>(code)] ? 0 : 1;
          codes[static_cast<std::size_t>(code)] = 1;
        });
    });
  }
};

/// Whether a column has a piece that is not marked.
bool has_more(const Column& column, const Seen& seen) {
  bool more = false;
  for (std::int64_t first = 0; first < column.rows() && !more && seen.left > 0; first += kBlock)
    for_codes(column, first, std::min(first + kBlock, column.rows()),
              [&](std::int64_t code, std::int64_t) { more = more || !seen.codes[static_cast<std::size_t>(code)]; });
  return more;
}

std::int64_t first_of(const Numbering& numbering) {
  return text::first_number(numbering.pieces.unit, numbering.pieces.of_column);
}

}  // namespace

std::int64_t Numbering::number_of(const std::string& piece) const {
  const auto at = std::lower_bound(words.begin(), words.end(), piece);
  return at != words.end() && *at == piece ? (at - words.begin()) + first_of(*this) : unknown;
}

std::int64_t Numbering::largest() const {
  if (pieces.tokenizer) return pieces.tokenizer->size() - 1;
  if (!text::has_vocabulary(pieces.unit)) return 255;
  return std::max(unknown, first_of(*this) + static_cast<std::int64_t>(words.size()) - 1);
}

std::optional<std::vector<std::int64_t>> Numbering::encode(const std::string& text, std::string& unseen) const {
  std::vector<std::int64_t> numbers;
  if (pieces.tokenizer) {
    for (const std::int32_t id : pieces.tokenizer->encode(text, false)) numbers.push_back(id);
  } else if (!text::has_vocabulary(pieces.unit)) {
    for (const char byte : text) numbers.push_back(static_cast<unsigned char>(byte));
  } else {
    for (const std::string_view piece : text::pieces(text, pieces.unit)) {
      numbers.push_back(number_of(std::string(piece)));
      if (numbers.back() >= 0) continue;
      unseen = piece;
      return std::nullopt;
    }
  }
  return numbers;
}

std::string Numbering::decode(const std::vector<std::int64_t>& numbers) const {
  if (pieces.tokenizer) return pieces.tokenizer->decode(numbers);
  std::string bytes;
  std::vector<std::string> found;
  for (const std::int64_t number : numbers) {
    if (!text::has_vocabulary(pieces.unit)) {
      if (number >= 0 && number < 256) bytes += static_cast<char>(number);
      continue;
    }
    const std::int64_t at = number - first_of(*this);
    if (at >= 0 && at < static_cast<std::int64_t>(words.size())) found.push_back(words[static_cast<std::size_t>(at)]);
    else if (number == unknown) found.emplace_back(text::kUnknown);
  }
  return text::has_vocabulary(pieces.unit) ? text::joined(found, pieces.unit) : bytes;
}

Json to_json(const Numbering& numbering) {
  Json json = {{"unit", text::word_of(numbering.pieces.unit)},
               {"of_column", numbering.pieces.of_column},
               {"words", numbering.words},
               {"unknown", numbering.unknown},
               {"column", numbering.column},
               {"feeds", numbering.feeds}};
  if (numbering.pieces.tokenizer) json["tokenizer"] = numbering.pieces.tokenizer->json();
  return json;
}

std::shared_ptr<const Numbering> numbering_from(const Json& json) {
  auto numbering = std::make_shared<Numbering>();
  numbering->pieces.of_column = json.at("of_column");
  numbering->words = json.at("words").get<std::vector<std::string>>();
  numbering->unknown = json.at("unknown");
  numbering->column = json.at("column");
  numbering->feeds = json.at("feeds").get<std::vector<std::string>>();
  const auto unit = text::unit_of(json.at("unit").get<std::string>());
  numbering->pieces.unit = unit.value_or(text::Unit::Tokenizer);
  if (numbering->pieces.unit != text::Unit::Tokenizer) return numbering;
  const auto tokenizer = text::Tokenizer::parse(json.at("tokenizer").get<std::string>(), numbering->column);
  if (!tokenizer) return nullptr;
  numbering->pieces.tokenizer = *tokenizer.value;
  return numbering;
}

Numbering fit_numbering(const std::vector<PiecesOf>& training, const std::vector<const Column*>& whole) {
  Numbering numbering;
  const Column& column = *training.at(0).column;
  numbering.pieces = *column.pieces;
  numbering.column = column.pieces->column;
  if (!text::has_vocabulary(column.pieces->unit)) return numbering;
  Seen seen(*column.text);
  for (const PiecesOf& one : training) seen.mark(one);
  for (std::size_t code = 0; code < seen.codes.size(); ++code)
    if (seen.codes[code]) numbering.words.push_back(column.text->word(static_cast<std::int64_t>(code)));
  std::sort(numbering.words.begin(), numbering.words.end());
  numbering.unknown = text::unknown_number(numbering.pieces.unit, numbering.pieces.of_column);
  const bool rest = std::any_of(whole.begin(), whole.end(), [&](const Column* one) { return has_more(*one, seen); });
  if (numbering.unknown < 0 && rest) numbering.unknown = static_cast<std::int64_t>(numbering.words.size());
  return numbering;
}

at::Tensor number_table(const Numbering& numbering, const Column& column) {
  if (!column.text) return at::empty({0}, at::kLong);
  at::Tensor table = at::full({std::max<std::int64_t>(column.text->size(), 1)}, -1, at::kLong);
  for (std::int64_t code = 0; code < column.text->size(); ++code)
    table.data_ptr<std::int64_t>()[code] = numbering.number_of(column.text->word(code));
  return table;
}

std::int64_t first_unnumbered(const Numbering& numbering, const PiecesOf& pieces) {
  if (!pieces.column->text || numbering.unknown >= 0) return -1;
  const at::Tensor table = number_table(numbering, *pieces.column);
  if (table.ge(0).all().item<bool>()) return -1;
  std::int64_t found = -1;
  for_codes(pieces, [&](std::int64_t code, std::int64_t step) {
    if (found < 0 && table.data_ptr<std::int64_t>()[code] < 0) found = step;
  });
  return found;
}

}  // namespace modelc::data
