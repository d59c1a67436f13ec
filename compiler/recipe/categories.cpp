#include "recipe/categories.h"

#include <fmt/format.h>

#include <numeric>

#include "eval/evaluate.h"
#include "formats/arrays.h"
#include "formats/categories.h"
#include "recipe/data.h"
#include "resolve/qualifier.h"

namespace modelc::recipe {
namespace {

using catalogue::SourceId;

Value weights_value(const std::vector<double>& weights) {
  std::vector<Value> items;
  for (const double weight : weights) items.push_back(Value::of(weight));
  return Value::of_list(std::move(items));
}

struct Found {
  std::optional<formats::Tally> tally;
  formats::Fault fault;
  std::vector<std::string> known;
};

Found count_in(const ir::Source& source, const std::string& column);

/// The parts of a `mix` or an `alternate` all have a share in the values; else the first part that has the column.
Found count_in_parts(const ir::Source& source, const std::string& column) {
  Found found;
  const bool joined = source.kind == SourceId::Mix || source.kind == SourceId::Alternate;
  for (const auto& [name, part] : source.parts) {
    const std::string prefix = source.kind == SourceId::Zip && !name.empty() ? name + "." : "";
    if ((found.tally && !joined) || !column.starts_with(prefix)) continue;
    Found inner = count_in(part, column.substr(prefix.size()));
    for (const std::string& known : inner.known) found.known.push_back(prefix + known);
    if (inner.tally && found.tally) found.tally->add(*inner.tally);
    else if (inner.tally) found.tally = std::move(inner.tally);
    if (!inner.fault.message.empty()) found.fault = std::move(inner.fault);
  }
  return found;
}

/// A constant is one category.
formats::Tally of_one_value() {
  formats::Column column;
  column.type.dtype = types::DType::Int64;
  column.integers = {0};
  formats::Tally tally;
  tally.add(column);
  return tally;
}

Found count_in(const ir::Source& source, const std::string& column) {
  Found found;
  for (const auto& [name, value] : source.constants)
    if (name == column) return {of_one_value(), {}, {}};
  if (!source.parts.empty()) return count_in_parts(source, column);
  if (source.kind != SourceId::Csv && source.kind != SourceId::Idx) return found;
  auto table = source.kind == SourceId::Csv ? formats::read_csv(source.files[0], source.csv)
                                            : formats::read_idx(source.files[0], source.files[1]);
  if (!table) {
    found.fault = std::move(table.fault);
    return found;
  }
  for (const formats::Column& one : table.value->columns) {
    found.known.push_back(one.type.name);
    if (one.type.name != column || one.type.duplicate) continue;
    found.tally.emplace();
    found.tally->add(one);
  }
  return found;
}

/// The value of a call, noted for a checkpoint.
Value answer(resolve::DataFunction function, const std::string& column, const formats::Tally& tally,
             ir::DataMemory& asked) {
  const std::vector<std::int64_t> counts = tally.counts();
  if (function == resolve::DataFunction::Categories) {
    asked.categories[column] = tally.categories();
    return Value::of(types::Dim(tally.categories()));
  }
  const auto rows = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  std::vector<double>& weights = asked.weights[column];
  weights.clear();
  for (const std::int64_t count : counts)
    weights.push_back(rows / (static_cast<double>(counts.size()) * static_cast<double>(count)));
  return weights_value(weights);
}

/// What a checkpoint remembers of the call; noted anew.
std::optional<Value> remembered(resolve::DataFunction function, const std::string& column,
                                const ir::DataMemory* memory, ir::DataMemory& asked) {
  if (!memory) return std::nullopt;
  if (function == resolve::DataFunction::Categories) {
    const auto found = memory->categories.find(column);
    if (found == memory->categories.end()) return std::nullopt;
    asked.categories.insert(*found);
    return Value::of(types::Dim(found->second));
  }
  const auto found = memory->weights.find(column);
  if (found == memory->weights.end()) return std::nullopt;
  asked.weights.insert(*found);
  return weights_value(found->second);
}

}  // namespace

bool asks_of_data(const ast::Expr& call) { return resolve::data_function_of(*call.children[0]).has_value(); }

Value asked_of_data(Tracer& t, const trace::Model& model, const Options& options, const ast::Expr& call,
                    const Scope& scope, ir::DataMemory& asked) {
  const resolve::DataFunction function = *resolve::data_function_of(*call.children[0]);
  const auto args = evaluate_arguments(t, call, scope);
  if (!args) return Value::poison();
  for (const GivenArgument& a : *args)
    if (a.value.is_poison()) return Value::poison();
  if (args->size() != 1 || !((*args)[0].value.kind == Value::String || (*args)[0].value.is_int())) {
    t.fault(call.span, diag::WrongArgumentCount, "data." + call.children[0]->text, "the name of a column", args->size());
    return Value::poison();
  }
  const std::string column = (*args)[0].value.str();
  if (auto value = remembered(function, column, options.memory.get(), asked)) return *value;
  // What is wrong with the source is reported when the recipe is read. A source that asks for its own categories,
  // perhaps through a `define`, would be read for ever.
  Sink unheard;
  const trace::SpecialCall circle = [](Tracer& inner, const ast::Expr& again, const Scope&) -> std::optional<Value> {
    if (!asks_of_data(again)) return std::nullopt;
    inner.fault(again.span, diag::SourceArgument, "the training source", "its own categories",
                "files and options that do not depend on them");
    return Value::poison();
  };
  trace::Trace aside;
  Tracer reading(unheard, t.budget, t.conditions, t.document, t.tree, t.calls, t.graph, aside, circle);
  const auto source = read_training_source({reading, model, {}, options});
  if (!source) {
    t.fault(call.span, diag::SettingMissing, "data", "train")
        .help(fmt::format("`data.{}` looks at the values of a column of the training source", call.children[0]->text));
    return Value::poison();
  }
  const Found found = count_in(*source, column);
  if (found.tally) return answer(function, column, *found.tally, asked);
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
