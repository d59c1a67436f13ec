// Sources that are files: `csv`, `idx`, `npy`, `npz`, `safetensors`, `text`.
#include <fmt/format.h>

#include "eval/actual.h"
#include "formats/arrays.h"
#include "recipe/source_kinds.h"
#include "recipe/text_source.h"

namespace modelc::recipe {

using catalogue::SourceId;
using ir::Source;

namespace {

/// A file of the call and where it is named.
struct File {
  std::string column;  // npy: the name given to its rows
  std::string path;
  Span span;
};

std::vector<File> files_of(SourceId kind, const StaticCall& call, const std::string& root) {
  std::vector<File> files;
  const auto add = [&](const GivenArgument& argument) {
    files.push_back({argument.name, resolved_file(argument.value.text, root), argument.span});
  };
  if (kind == SourceId::Npy) {
    for (const std::size_t i : call.bound.rest) add(call.args[i]);
    for (const std::size_t i : call.bound.named) add(call.args[i]);
  } else if (kind == SourceId::Idx) {
    add(*call.given("images"));
    add(*call.given("labels"));
  } else {
    add(*call.given("file"));
  }
  const GivenArgument* tokens = kind == SourceId::Text ? call.given("tokens") : nullptr;
  if (tokens && text::unit_of(tokens->value.text) == text::Unit::Tokenizer) add(*tokens);
  return files;
}

/// Of a list of strings; none of null.
std::vector<std::string> texts_of(const types::Constant& list) {
  std::vector<std::string> texts;
  if (list.is_null()) return texts;
  for (const types::Constant& text : list.as_list()) texts.push_back(text.as_string());
  return texts;
}

/// nullopt after reporting.
std::optional<formats::CsvOptions> csv_options(const StaticCall& call, Tracer& t) {
  formats::CsvOptions options;
  options.header = call.bound.value("header").as_bool();
  options.strip = call.bound.value("strip").as_bool();
  options.missing = texts_of(call.bound.value("missing"));
  options.names = texts_of(call.bound.value("names"));
  const std::string& separator = call.bound.value("sep").as_string();
  if (separator.size() != 1) {
    t.fault(call.given("sep")->span, diag::ArgumentRange, "sep", "csv", call.bound.value("sep").str(), "one character");
    return std::nullopt;
  }
  options.separator = separator[0];
  return options;
}

formats::Result<formats::Schema> schema_of(const Source& source) {
  const auto& files = source.files;
  if (source.kind == SourceId::Csv) return formats::inspect_csv(files[0], source.csv);
  if (source.kind == SourceId::Idx) return formats::inspect_idx(files[0], files[1]);
  if (source.kind == SourceId::Npy) return formats::inspect_npy(source.file_names, files);
  if (source.kind == SourceId::Text) return inspect_text(source);
  if (source.kind == SourceId::Npz) return formats::inspect_npz(files[0]);
  return formats::inspect_safetensors(files[0]);
}

/// What a row of a text is; nullopt after reporting.
std::optional<text::Unit> unit_of(const StaticCall& call, Tracer& t, Span at) {
  const types::Constant& tokens = call.bound.value("tokens");
  const auto unit = text::unit_of(tokens.as_string());
  if (unit) return unit;
  const GivenArgument* given = call.given("tokens");
  t.fault(given ? given->span : at, diag::ArgumentRange, "tokens", "text", tokens.str(),
          "chars, bytes, words or the file of a tokenizer.json");
  return std::nullopt;
}

}  // namespace

std::optional<Source> read_file_source(const SourceContext& context, const ast::Expr& e, const Scope& scope,
                                       Source source) {
  const auto call = static_call(context, catalogue::entry(source.kind), e, scope);
  if (!call) return std::nullopt;
  source.shuffle = call->bound.value("shuffle").as_bool();
  if (source.kind == SourceId::Csv) {
    const auto options = csv_options(*call, context.statics());
    if (!options) return std::nullopt;
    source.csv = *options;
  }
  if (source.kind == SourceId::Text) {
    const auto unit = unit_of(*call, context.statics(), e.span);
    if (!unit) return std::nullopt;
    source.unit = *unit;
  }
  const std::vector<File> files = files_of(source.kind, *call, context.root);
  if (files.empty()) {
    context.given.statics.fault(e.span, diag::SourceArgument, fmt::format("`{}`", catalogue::name_of(source.kind)),
                                "nothing", "files");
    return std::nullopt;
  }
  for (const File& file : files) {
    source.files.push_back(file.path);
    if (source.kind == SourceId::Npy) source.file_names.push_back(file.column.empty() ? "array" : file.column);
  }
  const auto schema = schema_of(source);
  if (schema) {
    source.columns = schema.value->columns;
    source.rows = schema.value->rows;
    return source;
  }
  Span at = e.span;
  for (const File& file : files)
    if (file.path == schema.fault.file) at = file.span;
  if (!schema.fault.not_found) {
    context.given.statics.fault(at, diag::DataUnreadable, schema.fault.str());
    return std::nullopt;
  }
  report_absent(context.statics(), context.given.options, schema.fault.file, at);
  source.known = false;
  return source;
}

}  // namespace modelc::recipe
