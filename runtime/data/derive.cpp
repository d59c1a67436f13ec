// Columns that a feed makes of columns of text. Each word of the dictionary is looked at once, whatever the rows: what
// becomes of a row is found by its code.
#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>

#include "data/dataset.h"
#include "ir/derived_text.h"
#include "support/checksum.h"

namespace modelc::data {
namespace {

using ir::DerivedColumn;

std::uint64_t named(const std::string& name, std::uint64_t sum) { return support::checksum(name, sum); }

/// What a table has for the codes of another column.
class LookedUp final : public StoredRows {
 public:
  LookedUp(Column of, at::Tensor table, std::string name)
      : of_(std::move(of)), table_(std::move(table)), name_(std::move(name)) {}
  std::int64_t count() const override { return of_.rows(); }
  at::ScalarType type() const override { return table_.scalar_type(); }
  std::vector<std::int64_t> shape() const override { return {}; }
  at::Tensor read(const std::vector<std::int64_t>& rows) const override {
    return table_.index_select(0, of_.take(rows).to(at::kLong));
  }
  std::uint64_t checksum(std::uint64_t sum) const override { return named(name_, sum); }

 private:
  Column of_;
  at::Tensor table_;
  std::string name_;
};

/// The tokens of every word of a dictionary.
struct TokensOfWords {
  std::vector<std::int64_t> ends;  // by code: where its tokens end, those of the one before it being where they begin
  std::vector<std::int32_t> tokens;

  std::int64_t begin(std::int64_t code) const { return code == 0 ? 0 : ends[static_cast<std::size_t>(code) - 1]; }
  std::int64_t length(std::int64_t code) const { return ends[static_cast<std::size_t>(code)] - begin(code); }
};

/// Rows as long as the longest of those that are asked for together; -1 where a row has no more.
class Padded final : public StoredRows {
 public:
  Padded(Column of, std::shared_ptr<const TokensOfWords> words, std::string name)
      : of_(std::move(of)), words_(std::move(words)), name_(std::move(name)) {}
  std::int64_t count() const override { return of_.rows(); }
  at::ScalarType type() const override { return at::kLong; }
  std::vector<std::int64_t> shape() const override { return {1}; }
  at::Tensor read(const std::vector<std::int64_t>& rows) const override {
    const at::Tensor taken = of_.take(rows).to(at::kLong).contiguous();
    const auto* codes = taken.data_ptr<std::int64_t>();
    std::int64_t longest = 1;
    for (std::int64_t i = 0; i < taken.numel(); ++i) longest = std::max(longest, words_->length(codes[i]));
    at::Tensor out = at::full({taken.numel(), longest}, -1, at::kLong);
    auto* values = out.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < taken.numel(); ++i, values += longest) {
      const auto from = words_->tokens.begin() + words_->begin(codes[i]);
      std::copy(from, from + words_->length(codes[i]), values);
    }
    return out;
  }
  std::uint64_t checksum(std::uint64_t sum) const override { return named(name_, sum); }

 private:
  Column of_;
  std::shared_ptr<const TokensOfWords> words_;
  std::string name_;
};

/// A column of what a table has for the codes of `of`.
Column looked_up(const Column& of, const std::string& name, at::Tensor table) {
  Column made;
  made.name = name;
  made.file = of.file;
  made.lines = of.lines;
  made.field = of.field;
  if (of.stored) made.stored = std::make_shared<LookedUp>(of, std::move(table), name);
  else made.values = table.index_select(0, of.values.to(at::kLong));
  return made;
}

template <class T, class Of>
at::Tensor table_of(const Dictionary& words, at::ScalarType type, Of of) {
  at::Tensor table = at::empty({std::max<std::int64_t>(words.size(), 1)}, at::TensorOptions().dtype(type));
  for (std::int64_t code = 0; code < words.size(); ++code) table.data_ptr<T>()[code] = of(code);
  return table;
}

/// `strip lower replace`: codes into a dictionary of its own.
Column of_text(const DerivedColumn& how, const Column& of, std::shared_ptr<Dictionary> words) {
  const at::Tensor table = table_of<std::int64_t>(*of.text, at::kLong, [&](std::int64_t code) {
    return of.text->is_missing(code) ? words->missing() : words->code(ir::derived_text(how, of.text->word(code)));
  });
  Column made = looked_up(of, how.name, table);
  made.text = std::move(words);
  made.has_missing = of.has_missing;
  return made;
}

Column of_equality(const DerivedColumn& how, const Column& of) {
  return looked_up(of, how.name, table_of<bool>(*of.text, at::kBool, [&](std::int64_t code) {
                     return !of.text->is_missing(code) && of.text->word(code) == how.texts.at(0);
                   }));
}

/// A missing text has no tokens.
std::shared_ptr<const TokensOfWords> tokens_of(const DerivedColumn& how, const Dictionary& texts, Dictionary* pieces,
                                               const text::Tokenizer* tokenizer) {
  auto made = std::make_shared<TokensOfWords>();
  for (std::int64_t code = 0; code < texts.size(); ++code) {
    const std::string& text = texts.word(code);
    std::vector<std::int32_t>& tokens = made->tokens;
    if (texts.is_missing(code)) {
    } else if (pieces) {
      for (const std::string_view piece : text::pieces(text, how.unit))
        tokens.push_back(static_cast<std::int32_t>(pieces->code(std::string(piece))));
    } else if (tokenizer) {
      const std::vector<std::int32_t> ids = tokenizer->encode(text, true);
      tokens.insert(tokens.end(), ids.begin(), ids.end());
    } else {
      for (const char byte : text) tokens.push_back(static_cast<unsigned char>(byte));
    }
    made->ends.push_back(static_cast<std::int64_t>(tokens.size()));
  }
  return made;
}

/// A ragged column, for what is made of it.
struct Ragged {
  Column of;
  std::shared_ptr<const TokensOfWords> words;
  std::shared_ptr<Dictionary> pieces;
  std::shared_ptr<const Pieces> kind;
};

Column of_padding(const DerivedColumn& how, const Ragged& ragged) {
  Column made;
  made.name = how.name;
  made.file = ragged.of.file;
  made.lines = ragged.of.lines;
  made.field = ragged.of.field;
  made.text = ragged.pieces;
  made.pieces = ragged.kind;
  made.stored = std::make_shared<Padded>(ragged.of, ragged.words, how.name);
  return made;
}

Column of_lengths(const DerivedColumn& how, const Ragged& ragged) {
  return looked_up(ragged.of, how.name, table_of<std::int64_t>(*ragged.of.text, at::kLong, [&](std::int64_t code) {
                     return ragged.words->length(code);
                   }));
}

}  // namespace

bool Loader::add_derived(Dataset& data, std::uint32_t feed, support::Span span) {
  std::map<std::string, Ragged> ragged;
  for (const DerivedColumn& how : recipe_.made.derived) {
    if (how.feed != feed) continue;
    if (const auto from = ragged.find(how.from); from != ragged.end()) {
      data.columns.push_back(how.kind == DerivedColumn::Lengths ? of_lengths(how, from->second)
                                                                : of_padding(how, from->second));
      continue;
    }
    const Column* of = data.find(how.from);
    if (!of || !of->text) continue;  // who reads it says that it is not there
    switch (how.kind) {
      case DerivedColumn::Equals:
        data.columns.push_back(of_equality(how, Column(*of)));
        break;
      case DerivedColumn::Tokens: {
        Ragged made{*of, nullptr, nullptr, nullptr};
        Pieces kind{how.unit, true, nullptr, how.name};
        if (how.unit == text::Unit::Tokenizer) {
          kind.tokenizer = tokenizer(how.name, how.texts.at(0).value(), span);
          if (!kind.tokenizer) return false;
        }
        if (text::has_vocabulary(how.unit)) made.pieces = dictionary(how.name);
        made.words = tokens_of(how, *of->text, made.pieces.get(), kind.tokenizer.get());
        made.kind = std::make_shared<const Pieces>(std::move(kind));
        ragged.emplace(how.name, std::move(made));
        break;
      }
      default:
        data.columns.push_back(of_text(how, Column(*of), dictionary(how.name)));
    }
  }
  return true;
}

}  // namespace modelc::data
