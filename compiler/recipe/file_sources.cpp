// Sources that are files: `csv`, `sqlite`, `idx`, `npy`, `npz`, `safetensors`, `text`, and the folder of `images`.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>

#include "eval/actual.h"
#include "formats/arrays.h"
#include "formats/text_stream.h"
#include "recipe/source_kinds.h"
#include "recipe/text_source.h"
#include "support/utf8.h"

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
  } else if (kind == SourceId::Images) {
    add(*call.given("folder"));
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

/// What an argument of `csv` has to be; false after reporting that it is not.
bool demand(bool holds, const StaticCall& call, std::string_view argument, const char* wanted, Tracer& t) {
  if (!holds)
    t.fault(call.given(argument)->span, diag::ArgumentRange, argument, "csv", call.bound.value(argument).str(), wanted);
  return holds;
}

/// `types={zip: str}`, a list of pairs; nullopt after reporting.
std::optional<std::vector<std::pair<std::string, types::DType>>> stated_types(const StaticCall& call, Tracer& t) {
  static const std::map<std::string, types::DType, std::less<>> kWords = {
      {"str", types::DType::String}, {"float", types::DType::Float32}, {"int", types::DType::Int64}};
  std::vector<std::pair<std::string, types::DType>> stated;
  const types::Constant& given = call.bound.value("types");
  if (given.is_null()) return stated;
  const auto is_pair = [](const types::Constant& one) {
    return one.is_list() && one.as_list().size() == 2 && one.as_list()[0].is_string() && one.as_list()[1].is_string();
  };
  const bool pairs = given.is_list() && std::all_of(given.as_list().begin(), given.as_list().end(), is_pair);
  if (!demand(pairs, call, "types", "the columns and their types, `{zip: str, price: float}`", t)) return std::nullopt;
  for (const types::Constant& pair : given.as_list()) {
    const std::string &name = pair.as_list()[0].as_string(), &word = pair.as_list()[1].as_string();
    const auto known = kWords.find(word);
    if (known == kWords.end()) {
      auto report = t.fault(call.given("types")->span, diag::ArgumentRange, name, "types", word, "str, float or int");
      report.did_you_mean(word, {"str", "float", "int"});
      return std::nullopt;
    }
    stated.emplace_back(name, known->second);
  }
  return stated;
}

/// The mark between a number's integer part and its fraction.
bool is_decimal_mark(const std::string& text) {
  return text.size() == 1 && std::ispunct(static_cast<unsigned char>(text[0])) != 0 &&
         std::string_view("+-\"").find(text[0]) == std::string_view::npos;
}

/// nullopt after reporting.
std::optional<formats::CsvOptions> csv_options(const StaticCall& call, Tracer& t) {
  formats::CsvOptions options;
  options.header = call.bound.value("header").as_bool();
  options.strip = call.bound.value("strip").as_bool();
  options.missing = texts_of(call.bound.value("missing"));
  options.names = texts_of(call.bound.value("names"));
  const std::string& separator = call.bound.value("sep").as_string();
  const bool one = !separator.empty() && support::utf8_length(separator, 0) == separator.size();
  if (!demand(one && std::string_view("\"\r\n").find(separator[0]) == std::string_view::npos, call, "sep",
              "one character", t))
    return std::nullopt;
  options.separator = separator;
  const std::string& decimal = call.bound.value("decimal").as_string();
  if (!demand(is_decimal_mark(decimal), call, "decimal", "a mark such as `,`", t)) return std::nullopt;
  options.decimal = decimal[0];
  options.encoding = call.bound.value("encoding").as_string();
  if (!demand(formats::knows_encoding(options.encoding), call, "encoding",
              "one that is known, such as utf-8, latin-1, cp1252 or utf-16", t))
    return std::nullopt;
  const auto stated = stated_types(call, t);
  if (!stated) return std::nullopt;
  options.types = *stated;
  return options;
}

/// False after reporting a column of `types` that the file does not have.
bool has_stated_columns(const Source& source, const StaticCall& call, Tracer& t) {
  for (const auto& [name, type] : source.csv.types) {
    const auto is_named = [&](const formats::ColumnType& column) { return column.name == name; };
    if (std::any_of(source.columns.begin(), source.columns.end(), is_named)) continue;
    std::vector<std::string> known;
    for (const formats::ColumnType& column : source.columns) known.push_back(column.name);
    t.fault(call.given("types")->span, diag::DataColumnMissing, name).did_you_mean(name, known);
    return false;
  }
  return true;
}

std::optional<formats::ImageSize> size_of(const StaticCall& call) {
  const types::Constant& size = call.bound.value("size");
  if (size.is_null()) return std::nullopt;
  return formats::ImageSize{size.as_list()[0].as_int(), size.as_list()[1].as_int()};
}

/// The folder is read once: what it holds goes on to whoever reads the pixels.
formats::Result<formats::Schema> read_images(Source& source, const std::optional<formats::ImageSize>& size) {
  auto folder = formats::read_image_folder(source.files[0], size);
  if (!folder) return {{}, std::move(folder.fault)};
  source.contents.images = std::make_shared<const formats::ImageFolder>(std::move(*folder.value));
  return {formats::schema_of(*source.contents.images), {}};
}

formats::Result<formats::Schema> schema_of(Source& source, const StaticCall& call) {
  const auto& files = source.files;
  if (source.kind == SourceId::Images) return read_images(source, size_of(call));
  if (source.kind == SourceId::Csv) return formats::inspect_csv(files[0], source.csv);
  if (source.kind == SourceId::Sqlite) return formats::inspect_sqlite(files[0], source.contents.query);
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
    source.contents.unit = *unit;
  }
  if (source.kind == SourceId::Sqlite) source.contents.query = call->bound.value("query").as_string();
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
  // A folder of images is what its rows are read through later, and costs its headers only.
  if (context.remembered && source.kind != SourceId::Images) {
    source.known = false;
    return source;
  }
  const auto schema = schema_of(source, *call);
  if (schema) {
    source.columns = schema.value->columns;
    source.rows = schema.value->rows;
    if (!has_stated_columns(source, *call, context.statics())) return std::nullopt;
    return source;
  }
  Span at = e.span;
  for (const File& file : files)
    if (schema.fault.file.starts_with(file.path)) at = file.span;
  if (!schema.fault.not_found) {
    auto report = context.given.statics.fault(at, diag::DataUnreadable, schema.fault.str());
    if (!schema.fault.cure.empty()) report.help(schema.fault.cure);
    return std::nullopt;
  }
  report_absent(context.statics(), context.given.options, schema.fault.file, at);
  source.known = false;
  return source;
}

}  // namespace modelc::recipe
