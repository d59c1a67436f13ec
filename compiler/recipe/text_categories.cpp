#include "recipe/text_categories.h"

#include <algorithm>
#include <set>

#include "formats/categories.h"
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
    if (!texts.found && column.starts_with(prefix)) texts = texts_of(part, column.substr(prefix.size()));
  }
  if (source.kind != SourceId::Csv) return texts;
  formats::Result<formats::Table> table = formats::read_csv(source.files[0], source.csv);
  if (!table) {
    texts.fault = std::move(table.fault);
    return texts;
  }
  for (const formats::Column& one : table.value->columns) {
    if (one.type.name != column || one.type.dtype != types::DType::String) continue;
    const formats::Categories all = formats::categories_of(one);
    texts = {{all.strings.begin(), all.strings.end()}, all.missing, {}, true};
  }
  return texts;
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

/// A text source among the parts, and the name of the column in it.
const ir::Source* text_source(const ir::Source& source, const std::string& column) {
  if (source.kind == SourceId::Text) return &source;
  for (const auto& [name, part] : source.parts) {
    const std::string prefix = source.kind == SourceId::Zip && !name.empty() ? name + "." : "";
    if (column.starts_with(prefix))
      if (const ir::Source* found = text_source(part, column.substr(prefix.size()))) return found;
  }
  return nullptr;
}

}  // namespace

TokenCount count_tokens(const ir::Source& source) {
  if (source.unit == text::Unit::Bytes) return {kByteCount, {}};
  if (source.unit == text::Unit::Tokenizer) return count_tokenizer(source.files[1]);
  const auto vocabulary = text::vocabulary_of(source.files[0], source.unit);
  if (!vocabulary) return {{}, vocabulary.fault};
  return {static_cast<std::int64_t>(vocabulary.value->size()) + text::first_number(source.unit, false), {}};
}

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
      if (const ir::Source* file = text_source(source, column)) found = count_tokens(*file);
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

}  // namespace modelc::recipe
