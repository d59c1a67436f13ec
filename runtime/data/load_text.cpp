// The source `text`: one long row of tokens, one a row of the dataset.
#include <fmt/format.h>

#include "data/text_rows.h"
#include "data/windows.h"
#include "support/counted.h"
#include "support/dotted_path.h"

namespace modelc::data {

std::shared_ptr<const text::Tokenizer> Loader::tokenizer(const std::string& column, const std::string& file,
                                                         support::Span span) {
  const auto known = tokenizers_.find(column);
  const auto read =
      known != tokenizers_.end() ? text::Tokenizer::parse(known->second, file) : text::Tokenizer::read(file);
  if (read) return *read.value;
  if (read.fault.not_found) sink_.report(span, diag::DataFileNotThere, file);
  else sink_.report(span, diag::DataUnreadable, read.fault.str());
  return nullptr;
}

std::optional<Dataset> Loader::load_text(const ir::Source& source, const std::string& prefix) {
  const auto refuse = [&](const formats::Fault& fault) {
    sink_.report(source.span, diag::DataUnreadable, fault.str());
    return std::nullopt;
  };
  formats::Result<text::TextFile> file = text::TextFile::open(source.files.at(0));
  if (!file) return refuse(file.fault);
  Column column;
  column.name = "tokens";
  column.file = source.files[0];
  const std::string full_name = support::joined_path(prefix, column.name);
  Pieces pieces{source.contents.unit, false, nullptr, full_name};
  if (text::has_vocabulary(source.contents.unit)) column.text = dictionary(full_name);
  std::optional<formats::Fault> fault;
  IdStore ids;
  bool full = false;
  switch (source.contents.unit) {
    case text::Unit::Bytes:
      column.stored = byte_rows(*file.value);
      break;
    case text::Unit::Chars:
      fault = CharRows::read(*file.value, *column.text, column.stored);
      break;
    case text::Unit::Words:
      fault = file.value->each_piece(source.contents.unit, [&](std::string_view word, std::uint64_t) {
        full = full || !ids.add(static_cast<std::int32_t>(column.text->code(std::string(word))));
      });
      break;
    case text::Unit::Tokenizer:
      pieces.tokenizer = tokenizer(full_name, source.files.at(1), source.span);
      if (!pieces.tokenizer) return std::nullopt;
      fault = file.value->each_block(*pieces.tokenizer, [&](const std::vector<std::int32_t>& block) {
        for (const std::int32_t id : block) full = full || !ids.add(id);
      });
      break;
  }
  if (fault) return refuse(*fault);
  if (!column.stored) column.stored = std::move(ids).rows();
  if (full || !column.stored)
    return refuse(formats::file_fault(source.files[0], "there is no room for its tokens among the temporary files"));
  column.pieces = std::make_shared<const Pieces>(std::move(pieces));
  Dataset data;
  data.rows = column.rows();
  data.columns.push_back(std::move(column));
  return data;
}

bool Loader::take_windows(Dataset& data, std::size_t feed, support::Span span) {
  if (feed >= recipe_.made.windows.size() || recipe_.made.windows[feed].n == 0) return true;
  data.windows = recipe_.made.windows[feed];
  const std::int64_t steps = data.rows;
  data.rows = window_count(data.windows, steps);
  if (data.rows > 0) return true;
  sink_.report(span, diag::DataSplitEmpty, fmt::format("a window of {}", support::counted(data.windows.n, "step")),
               support::counted(steps, "row"), "no window");
  return false;
}

}  // namespace modelc::data
