#include "recipe/categories.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/evaluate.h"
#include "formats/arrays.h"
#include "formats/categories.h"
#include "recipe/data.h"
#include "recipe/text_categories.h"
#include "resolve/qualifier.h"

namespace modelc::recipe {
namespace {

using catalogue::SourceId;

struct Found {
  std::optional<std::int64_t> count;
  formats::Fault fault;
  std::vector<std::string> known;
};

Found count_in(const ir::Source& source, const std::string& column) {
  Found found;
  if (source.kind == SourceId::With || source.kind == SourceId::Alternate || source.kind == SourceId::Zip) {
    for (const auto& [name, value] : source.constants)
      if (name == column) found.count = 1;
    for (const auto& [name, part] : source.parts) {
      const std::string prefix = source.kind == SourceId::Zip && !name.empty() ? name + "." : "";
      if (found.count || !column.starts_with(prefix)) continue;
      Found inner = count_in(part, column.substr(prefix.size()));
      for (const std::string& known : inner.known) found.known.push_back(prefix + known);
      found.count = inner.count;
      if (!inner.fault.message.empty()) found.fault = std::move(inner.fault);
    }
    return found;
  }
  if (source.kind == SourceId::Text) {
    for (const formats::ColumnType& one : source.columns) found.known.push_back(one.name);
    if (std::find(found.known.begin(), found.known.end(), column) == found.known.end()) return found;
    TokenCount tokens = count_tokens(source);
    found.count = tokens.count;
    found.fault = std::move(tokens.fault);
    return found;
  }
  if (source.kind != SourceId::Csv && source.kind != SourceId::Idx) return found;
  auto table = source.kind == SourceId::Csv ? formats::read_csv(source.files[0], source.csv)
                                            : formats::read_idx(source.files[0], source.files[1]);
  if (!table) {
    found.fault = std::move(table.fault);
    return found;
  }
  for (const formats::Column& one : table.value->columns) {
    found.known.push_back(one.type.name);
    if (one.type.name == column && !one.type.duplicate) found.count = formats::categories_of(one).count();
  }
  return found;
}

}  // namespace

bool is_categories(const ast::Expr& call) { return resolve::is_categories(*call.children[0]); }

Value categories(Tracer& t, const trace::Model& model, const Options& options, const ast::Expr& call,
                 const Scope& scope) {
  const auto args = evaluate_arguments(t, call, scope);
  if (!args) return Value::poison();
  for (const GivenArgument& a : *args)
    if (a.value.is_poison()) return Value::poison();
  if (args->size() != 1 || !((*args)[0].value.kind == Value::String || (*args)[0].value.is_int())) {
    t.fault(call.span, diag::WrongArgumentCount, "data.categories", "the name of a column", args->size());
    return Value::poison();
  }
  const std::string column = (*args)[0].value.str();
  // What is wrong with the source is reported when the recipe is read. A source that asks for its own categories,
  // perhaps through a `define`, would be read for ever.
  Sink unheard;
  const trace::SpecialCall circle = [](Tracer& inner, const ast::Expr& again, const Scope&) -> std::optional<Value> {
    if (!is_categories(again)) return std::nullopt;
    inner.fault(again.span, diag::SourceArgument, "the training source", "its own categories",
                "files and options that do not depend on them");
    return Value::poison();
  };
  trace::Trace aside;
  Tracer reading(unheard, t.budget, t.conditions, t.document, t.tree, t.calls, t.graph, aside, circle);
  const std::vector<ir::Graph> no_graphs;
  const Given given{reading, model, no_graphs, options};
  const auto source = read_training_source(given);
  if (!source) {
    t.fault(call.span, diag::SettingMissing, "data", "train")
        .help("`data.categories` counts the values of a column of the training source");
    return Value::poison();
  }
  Found found = count_in(*source, column);
  if (!found.count && found.fault.message.empty()) {
    TokenCount bound = count_bound(given, *source, data_root(given), column);
    found.count = bound.count;
    found.fault = std::move(bound.fault);
  }
  if (found.count) return Value::of(types::Dim(*found.count));
  if (found.fault.not_found) {
    t.fault(call.span, diag::DataFileNotThere, found.fault.file)
        .help("its values are needed for the model's sizes; `--set data.root=FOLDER` says where the files are");
  } else if (!found.fault.message.empty()) {
    t.fault(call.span, diag::DataUnreadable, found.fault.str());
  } else {
    auto report = t.fault((*args)[0].span, diag::DataColumnMissing, column);
    report.did_you_mean(column, found.known);
  }
  return Value::poison();
}

}  // namespace modelc::recipe
