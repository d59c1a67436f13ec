#include "recipe/text_source.h"

#include <filesystem>

#include "text/text_file.h"

namespace modelc::recipe {

namespace {

/// Texts up to this size are read whole to say how long they are, and that they are text.
constexpr std::uint64_t kReadWhole = std::uint64_t{16} << 20;

}  // namespace

std::string resolved_file(const std::string& name, const std::string& root) {
  const std::filesystem::path given(name);
  if (given.is_absolute() || root.empty()) return given.lexically_normal().string();
  return (std::filesystem::path(root) / given).lexically_normal().string();
}

formats::Result<formats::Schema> inspect_text(const ir::Source& source) {
  formats::Result<text::TextFile> file = text::TextFile::open(source.files[0]);
  if (!file) return {{}, std::move(file.fault)};
  formats::Schema schema;
  formats::ColumnType column;
  column.name = kTokens;
  column.dtype = text::has_vocabulary(source.contents.unit) ? types::DType::String : types::DType::Int64;
  column.tokens = true;
  schema.columns.push_back(column);
  if (source.contents.unit == text::Unit::Bytes) schema.rows = static_cast<std::int64_t>(file.value->size());
  if (text::has_vocabulary(source.contents.unit) && file.value->size() <= kReadWhole) {
    std::int64_t rows = 0;
    if (auto fault = file.value->each_piece(source.contents.unit, [&](std::string_view, std::uint64_t) { ++rows; }))
      return {{}, std::move(*fault)};
    schema.rows = rows;
  }
  if (source.contents.unit == text::Unit::Tokenizer) {
    const auto tokenizer = text::Tokenizer::read(source.files[1]);
    if (!tokenizer) return {{}, tokenizer.fault};
  }
  return {std::move(schema), {}};
}

void report_absent(Tracer& t, const Options& options, const std::string& file, Span at) {
  using Absent = Options::Absent;
  switch (options.absent) {
    case Absent::Ignore:
      return;
    case Absent::Refuse:
      t.fault(at, diag::DataFileNotThere, file).help("`--set data.root=FOLDER` says where the files are");
      return;
    case Absent::Warn:
      t.sink.report(at, diag::DataFileAbsent, file)
          .help("the feed stays unchecked; `--set data.root=FOLDER` says where the files are");
      return;
  }
}

bool check_tokenizer(Tracer& t, const Options& options, const std::string& file, Span at) {
  const auto tokenizer = text::Tokenizer::read(file);
  if (tokenizer) return true;
  if (!tokenizer.fault.not_found) {
    t.fault(at, diag::DataUnreadable, tokenizer.fault.str());
    return false;
  }
  report_absent(t, options, file, at);
  return options.absent != Options::Absent::Refuse;
}

}  // namespace modelc::recipe
