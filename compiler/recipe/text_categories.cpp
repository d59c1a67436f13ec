#include "recipe/text_categories.h"

#include <algorithm>
#include <set>

#include "formats/table_rows.h"
#include "ir/derived_text.h"
#include "recipe/feed.h"
#include "recipe/text_source.h"
#include "text/numbering.h"
#include "text/text_file.h"
#include "trace/forward.h"

namespace modelc::recipe {

using catalogue::SourceId;
using ir::DerivedColumn;

namespace {

constexpr std::int64_t kByteCount = 256;

TokenCount count_tokenizer(const std::string& file) {
  const auto tokenizer = text::Tokenizer::read(file);
  if (!tokenizer) return {{}, tokenizer.fault};
  return {(*tokenizer.value)->size(), {}};
}

/// The different texts of a column, and whether a cell is missing.
struct Texts {
  std::set<std::string> words;
  bool missing = false;
  formats::Fault fault;
  bool found = false;
};

Texts texts_of(const ir::Source& source, const std::string& column) {
  Texts texts;
  for (const auto& [name, part] : source.parts) {
    const std::string prefix = source.kind == SourceId::Zip && !name.empty() ? name + "." : "";
    if (!column.starts_with(prefix)) continue;
    Texts inner = texts_of(part, column.substr(prefix.size()));
    texts.words.merge(inner.words);
    texts.missing = texts.missing || inner.missing;
    texts.found = texts.found || inner.found;
    if (!inner.fault.message.empty()) texts.fault = std::move(inner.fault);
  }
  const bool sqlite = source.kind == SourceId::Sqlite;
  if (!sqlite && source.kind != SourceId::Csv) return texts;
  formats::TableReading reading;
  reading.schema.columns = source.columns;
  for (const formats::ColumnType& one : source.columns)
    reading.wanted.push_back(one.name == column && one.dtype == types::DType::String);
  const auto wanted = std::find(reading.wanted.begin(), reading.wanted.end(), true);
  if (wanted == reading.wanted.end()) return texts;
  const auto place = static_cast<std::size_t>(wanted - reading.wanted.begin());
  reading.take = [](const formats::RowBlock&) {};
  if (auto fault = sqlite ? formats::for_sqlite_rows(source.files[0], source.contents.query, reading)
                          : formats::for_csv_rows(source.files[0], source.csv, reading)) {
    texts.fault = std::move(*fault);
    return texts;
  }
  const auto& words = reading.words.at(place).words();
  return {{words.begin(), words.end()}, source.columns[place].has_missing, {}, true};
}

/// The texts of a column that functions made of one of the source.
Texts derived_texts(const ir::Source& source, const FeedColumns& columns, const std::string& name) {
  const auto& derived = columns.derived();
  const auto made =
      std::find_if(derived.begin(), derived.end(), [&](const DerivedColumn& column) { return column.name == name; });
  if (made == derived.end()) return texts_of(source, name);
  Texts texts = derived_texts(source, columns, made->from);
  std::set<std::string> words;
  for (const std::string& word : texts.words) words.insert(ir::derived_text(*made, word));
  texts.words = std::move(words);
  return texts;
}

TokenCount count_ragged(const ir::Source& source, const FeedColumns& columns, const DerivedColumn& tokens) {
  if (tokens.unit == text::Unit::Tokenizer) return count_tokenizer(*tokens.texts[0]);
  if (tokens.unit == text::Unit::Bytes) return {kByteCount, {}};
  const Texts texts = derived_texts(source, columns, tokens.from);
  if (!texts.found) return {{}, texts.fault};
  std::set<std::string> pieces;
  for (const std::string& one : texts.words)
    for (const std::string_view piece : text::pieces(one, tokens.unit)) pieces.emplace(piece);
  return {static_cast<std::int64_t>(pieces.size()) + text::first_number(tokens.unit, true), {}};
}

/// The column that a value is, or whose numbers it is windows or parts of.
std::string column_behind(const Tracer& t, const FeedColumns& columns, const Value& value) {
  if (value.kind != Value::Tensor) return "";
  if (const auto name = columns.name_of(t, value)) return *name;
  const ir::ValueInfo& info = t.graph->values[value.tensor];
  if (info.kind != ir::ValueKind::Result) return "";
  const ir::Node& node = t.graph->nodes[info.source];
  const ir::Operand& operand = node.operands.at(0);
  return operand.kind == ir::Operand::Value ? column_behind(t, columns, Value::of_tensor(operand.value)) : "";
}

/// The text among the parts that has a column.
const ir::Source* text_source(const ir::Source& source, const std::string& column) {
  if (source.kind == SourceId::Text) return column == kTokens ? &source : nullptr;
  for (const auto& [name, part] : source.parts) {
    const std::string prefix = source.kind == SourceId::Zip && !name.empty() ? name + "." : "";
    if (column.starts_with(prefix))
      if (const ir::Source* found = text_source(part, column.substr(prefix.size()))) return found;
  }
  return nullptr;
}

TokenCount count_text(const ir::Source& source) {
  if (source.contents.unit == text::Unit::Bytes) return {kByteCount, {}};
  if (source.contents.unit == text::Unit::Tokenizer) return count_tokenizer(source.files[1]);
  const auto vocabulary = text::vocabulary_of(source.files[0], source.contents.unit);
  if (!vocabulary) return {{}, vocabulary.fault};
  return {static_cast<std::int64_t>(vocabulary.value->size()) + text::first_number(source.contents.unit, false), {}};
}

/// Of the value that the feed binds to a name.
TokenCount count_bound(const Given& given, const ir::Source& source, const std::string& root, const std::string& name) {
  TokenCount found;
  if (!source.known) return found;
  ir::Graph graph;
  FeedColumns columns(source.columns, types::DimTable::current().symbol("rows"), root, given.options);
  in_feed(given, graph, columns, [&](Tracer& t, const Scope& scope) {
    trace::run_bindings(t, given.file().feed.entries, scope);
    const auto bound = scope.frame->bindings.find(name);
    if (bound == scope.frame->bindings.end()) return Value::null();
    const std::string column = column_behind(t, columns, bound->second);
    const auto& derived = columns.derived();
    auto made =
        std::find_if(derived.begin(), derived.end(), [&](const DerivedColumn& one) { return one.name == column; });
    if (made != derived.end() && made->kind == DerivedColumn::Pad)
      made = std::find_if(derived.begin(), derived.end(),
                          [&](const DerivedColumn& one) { return one.name == made->from; });
    if (made == derived.end()) {
      if (const ir::Source* file = text_source(source, column)) found = count_text(*file);
    } else if (made->kind == DerivedColumn::Tokens) {
      found = count_ragged(source, columns, *made);
    } else if (made->kind == DerivedColumn::Strip || made->kind == DerivedColumn::Lower ||
               made->kind == DerivedColumn::Replace) {
      const Texts texts = derived_texts(source, columns, made->name);
      if (texts.found) found.count = static_cast<std::int64_t>(texts.words.size()) + (texts.missing ? 1 : 0);
      found.fault = texts.fault;
    }
    return Value::null();
  });
  return found;
}

}  // namespace

TokenCount count_tokens(const Given& given, const ir::Source& source, const std::string& root,
                        const std::string& name) {
  if (const ir::Source* file = text_source(source, name)) return count_text(*file);
  return count_bound(given, source, root, name);
}

}  // namespace modelc::recipe
