#include "recipe/text_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "recipe/text_source.h"
#include "support/counted.h"
#include "support/json.h"
#include "trace/modules.h"

namespace modelc::recipe {

using catalogue::Bound;
using catalogue::FeedId;
using ir::DerivedColumn;
using types::DType;

namespace {

bool is_text(const Tracer& t, const Value& value) {
  if (value.kind != Value::Tensor) return false;
  const Type type = t.type_of(value);
  return type.is_tensor() && type.tensor.dtype == DType::String;
}

/// `review`, `column("hours-per-week")`, `lower(review)`.
std::string shown(const std::string& column, bool derived) {
  const bool plain = !column.empty() && std::all_of(column.begin(), column.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c >= 0x80;
  });
  return plain || derived ? column : fmt::format("column({})", support::json_quote(column));
}

std::string canonical(const Tracer& t, const FeedColumns& columns, const Value& value) {
  return shown(columns.name_of(t, value).value_or(""), columns.derivation(t, value) != nullptr);
}

void report_kind(Tracer& t, std::string_view function, std::string_view wanted, const Value& got, Span span,
                 std::string_view help) {
  const std::string words = is_text(t, got)             ? "a column of text"
                            : got.kind == Value::Tensor ? t.type_of(got).str()
                                                        : got.describe();
  t.fault(span, diag::FeedColumnKind, function, wanted, words).help(std::string(help));
}

/// The column's name; nullopt after reporting what is no column of text.
std::optional<std::string> text_column(Tracer& t, const FeedColumns& columns, const GivenArgument& input,
                                       std::string_view function) {
  const auto name = columns.name_of(t, input.value);
  if (name && is_text(t, input.value)) return name;
  const std::string words =
      columns.is_ragged(t, input.value)
          ? "a ragged column"
          : (input.value.kind == Value::Tensor ? t.type_of(input.value).str() : input.value.describe());
  t.fault(input.span, diag::FeedColumnKind, function, "a column of text", words);
  return std::nullopt;
}

std::optional<std::string> text_of(const types::Constant& value) {
  return value.is_null() ? std::nullopt : std::optional(value.as_string());
}

std::string quoted(const std::string& text) { return support::json_quote(text); }

Value derive_text(Tracer& t, FeedColumns& columns, DerivedColumn column, Span span) {
  return columns.derive(t, std::move(column), {DType::String, {columns.rows()}}, span);
}

/// The ragged column that an argument is; nullptr after reporting.
const DerivedColumn* ragged_column(Tracer& t, const FeedColumns& columns, const GivenArgument& input,
                                   std::string_view function) {
  if (columns.is_ragged(t, input.value)) return columns.derivation(t, input.value);
  report_kind(t, function, "a ragged column", input.value, input.span, "`tokens(c)` makes one of a column of text");
  return nullptr;
}

Value call(Tracer& t, std::string_view op, Arguments args, Span span) {
  return trace::call_function(t, *ops::Catalogue::get().function(std::string(op)), args, span);
}

bool is_op(const ops::Op& op, std::string_view name) {
  return &op == ops::Catalogue::get().function(std::string(name));
}

}  // namespace

bool is_raw(const Tracer& t, const FeedColumns& columns, const Value& value) {
  return is_text(t, value) || columns.is_ragged(t, value);
}

Value text_function(Tracer& t, FeedColumns& columns, const GivenArgument& input, const catalogue::Entry& entry,
                    const Bound& bound, Span span) {
  const auto from = text_column(t, columns, input, entry.name);
  if (!from) return Value::poison();
  DerivedColumn column;
  column.from = *from;
  std::string arguments;
  switch (catalogue::id_of<FeedId>(entry)) {
    case FeedId::Strip:
      column.kind = DerivedColumn::Strip;
      column.texts = {text_of(bound.value("chars"))};
      if (column.texts[0]) arguments = ", " + quoted(*column.texts[0]);
      break;
    case FeedId::Replace:
      column.kind = DerivedColumn::Replace;
      column.texts = {text_of(bound.value("old")), text_of(bound.value("new"))};
      arguments = fmt::format(", {}, {}", quoted(*column.texts[0]), quoted(*column.texts[1]));
      break;
    default:
      column.kind = DerivedColumn::Lower;
  }
  column.name = fmt::format("{}({}{})", entry.name, canonical(t, columns, input.value), arguments);
  return derive_text(t, columns, std::move(column), span);
}

Value tokens(Tracer& t, FeedColumns& columns, const GivenArgument& input, const Bound& bound, Span span) {
  const std::string& entry = catalogue::entry(FeedId::Tokens).name;
  const auto from = text_column(t, columns, input, entry);
  if (!from) return Value::poison();
  const std::string by = bound.value("by").as_string();
  const auto unit = text::unit_of(by);
  if (!unit) {
    t.fault(span, diag::ArgumentRange, "by", entry, quoted(by), "chars, bytes, words or the file of a tokenizer.json");
    return Value::poison();
  }
  DerivedColumn column;
  column.kind = DerivedColumn::Tokens;
  column.from = *from;
  column.unit = *unit;
  if (*unit == text::Unit::Tokenizer) {
    column.texts = {resolved_file(by, columns.root())};
    if (!check_tokenizer(t, columns.options(), *column.texts[0], span)) return Value::poison();
  }
  column.name = fmt::format("{}({}, by={})", entry, canonical(t, columns, input.value), quoted(by));
  const Dim longest = types::DimTable::current().symbol("K");
  return columns.derive(t, std::move(column), {DType::Int64, {columns.rows(), longest}}, span);
}

Value padded(Tracer& t, FeedColumns& columns, const GivenArgument& input, const Bound& bound, Span span) {
  const std::string& entry = catalogue::entry(FeedId::Pad).name;
  const DerivedColumn* ragged = ragged_column(t, columns, input, entry);
  if (!ragged) return Value::poison();
  const types::Constant& value = bound.value("value");
  if (!value.is_int() || value.as_int() < 0) {
    t.fault(span, diag::ArgumentRange, "value", entry, value.str(), "an integer of at least 0");
    return Value::poison();
  }
  DerivedColumn column;
  column.kind = DerivedColumn::Pad;
  column.from = ragged->name;
  column.unit = ragged->unit;
  column.name = fmt::format("{}({})", entry, ragged->name);
  TensorType type = t.type_of(input.value).tensor;
  if (text::has_vocabulary(column.unit)) type.dtype = DType::String;
  const Value pieces = columns.derive(t, std::move(column), std::move(type), span);
  return numbered(t, columns, pieces, value.as_int(), span);
}

Value lengths(Tracer& t, FeedColumns& columns, const GivenArgument& input, Span span) {
  const std::string& entry = catalogue::entry(FeedId::Lengths).name;
  const DerivedColumn* ragged = ragged_column(t, columns, input, entry);
  if (!ragged) return Value::poison();
  DerivedColumn column;
  column.kind = DerivedColumn::Lengths;
  column.from = ragged->name;
  column.unit = ragged->unit;
  column.name = fmt::format("{}({})", entry, ragged->name);
  return columns.derive(t, std::move(column), {DType::Int64, {columns.rows()}}, span);
}

Value windows(Tracer& t, FeedColumns& columns, const GivenArgument& input, const Bound& bound, Span span) {
  const std::string& entry = catalogue::entry(FeedId::Windows).name;
  const bool even = input.value.kind == Value::Tensor && !is_raw(t, columns, input.value);
  const Type type = even ? t.type_of(input.value) : Type();
  if (!even || type.tensor.rank() == 0 || type.tensor.shape[0] != columns.rows()) {
    report_kind(t, entry, "a column of numbers or tokens", input.value, input.span,
                is_text(t, input.value) ? "number its values first: `windows(category(c), n)`"
                                        : "windows are made of rows as the source has them");
    return Value::poison();
  }
  ir::Windows made;
  made.n = bound.value("n").as_int();
  made.stride = bound.value("stride").is_null() ? made.n : bound.value("stride").as_int();
  if (columns.windows.n == 0) {
    columns.windows = made;
    columns.windows_span = span;
  } else if (columns.windows != made) {
    const auto words = [](const ir::Windows& w) {
      return w.stride == w.n ? support::counted(w.n, "step")
                             : fmt::format("{} with stride {}", support::counted(w.n, "step"), w.stride);
    };
    t.fault(span, diag::WindowsDisagree, words(made), words(columns.windows))
        .note(columns.windows_span, "the others are here")
        .help("a longer window serves both: `w[:, :-1]` and `w[:, 1:]`");
    return Value::poison();
  }
  return call(t, "_windows", {{"", input.value, span, {}}, {"", Value::of(Dim(made.n)), span, {}}}, span);
}

Value numbered(Tracer& t, FeedColumns& columns, const Value& pieces, std::int64_t padding, Span span) {
  const Value made =
      call(t, "_numbered", {{"", pieces, span, {}}, {"padding", Value::of(Dim(padding)), span, span}}, span);
  if (made.kind == Value::Tensor) columns.add_fit(static_cast<std::uint32_t>(t.graph->nodes.size() - 1));
  return made;
}

std::optional<Value> FeedColumns::operation(Tracer& t, const ops::Op& op, Arguments& args, Span span) {
  const auto text =
      std::find_if(args.begin(), args.end(), [&](const GivenArgument& a) { return is_raw(t, *this, a.value); });
  if (text == args.end()) return std::nullopt;
  if (is_ragged(t, text->value)) {
    report_ragged(t, *name_of(t, text->value), op.name, span);
    return Value::poison();
  }
  const bool equal = is_op(op, "eq"), compares = equal || is_op(op, "ne");
  const GivenArgument& other = args[args.size() == 2 && text == args.begin() ? 1 : 0];
  const auto from = name_of(t, text->value);
  if (!compares || args.size() != 2 || other.value.kind != Value::String || !from) {
    t.fault(span, diag::FeedColumnKind, op.name, "numbers", "a column of text")
        .help("text is compared with a text, `==` or `!=`; `category(c)` numbers it");
    return Value::poison();
  }
  DerivedColumn column;
  column.kind = DerivedColumn::Equals;
  column.from = *from;
  column.texts = {other.value.text};
  column.name = fmt::format("{} == {}", canonical(t, *this, text->value), quoted(other.value.text));
  const Value same = derive(t, std::move(column), {DType::Bool, {rows_}}, span);
  return equal ? same : call(t, "logical_not", {{"", same, span, {}}}, span);
}

void report_ragged(Tracer& t, const std::string& column, const std::string& user, Span span) {
  t.fault(span, diag::FeedRagged, column, user).help("`pad(c, 0)` fills its rows up to the longest of a batch");
}

bool check_ragged(Tracer& t, const FeedColumns& columns) {
  bool good = true;
  for (const ir::Node& node : t.graph->nodes)
    for (const ir::Operand& operand : node.operands)
      ir::for_each_value(operand, [&](ir::ValueId id) {
        const Value value = Value::of_tensor(id);
        if (!columns.is_ragged(t, value)) return;
        report_ragged(t, *columns.name_of(t, value), ir::op_of(node).name, node.span);
        good = false;
      });
  return good;
}

bool check_windows(Tracer& t, const FeedColumns& columns, std::int64_t rows) {
  const std::int64_t n = columns.windows.n;
  if (n == 0 || rows < 0 || rows >= n) return true;
  t.fault(columns.windows_span, diag::DataSplitEmpty, fmt::format("a window of {}", support::counted(n, "step")),
          support::counted(rows, "row"), "no window");
  return false;
}

}  // namespace modelc::recipe
