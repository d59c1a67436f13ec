#include "recipe/carry.h"

#include <algorithm>
#include <set>

#include "eval/unroll.h"
#include "recipe/phases.h"
#include "recipe/settings.h"
#include "recipe/turns.h"

namespace modelc::recipe {

using ast::Setting;
using catalogue::KeyId;

namespace {

struct Pair {
  std::string input, output;
  Span input_at, output_at;
};

std::vector<Pair> pairs_of(Tracer& t, const Setting& setting, const Scope& scope) {
  std::vector<Pair> out;
  unroll(t, setting.items, scope, [&](const ast::Item<ast::SettingPtr>& item, const std::string& name, const Scope&) {
    const Setting* output = item.value.get();
    if (!output || output->kind != Setting::Scalar || !output->scalar) {
      t.fault(item.span, diag::SettingKind, "train.carry", "`input: output` pairs");
      return;
    }
    out.push_back({name, output->scalar->text, item.name.span.valid() ? item.name.span : item.span, output->span});
  });
  return out;
}

const trace::ModelInput* find_input(const Given& given, const std::string& name) {
  for (const trace::ModelInput& input : given.model.inputs)
    if (input.name == name && !input.target && input.type.kind != types::TypeKind::Choice) return &input;
  return nullptr;
}

bool same_size(Dim a, Dim b, const types::Conditions& conditions) {
  return a == b || conditions.simplify(a) == conditions.simplify(b);
}

bool same_type(const Type& a, const Type& b, const types::Conditions& conditions) {
  if (a.is_tensor() != b.is_tensor()) return false;
  if (!a.is_tensor()) {
    return a.parts().size() == b.parts().size() && !a.parts().empty() &&
           std::equal(a.parts().begin(), a.parts().end(), b.parts().begin(),
                      [&](const Type& one, const Type& other) { return same_type(one, other, conditions); });
  }
  const TensorType &one = a.tensor, &other = b.tensor;
  return one.dtype == other.dtype && one.rank() == other.rank() &&
         std::equal(one.shape.begin(), one.shape.end(), other.shape.begin(),
                    [&](Dim x, Dim y) { return same_size(x, y, conditions); });
}

/// False after reporting: what one batch gives is not what the next one takes.
bool check_types(const Given& given, const Pair& pair, const trace::ModelInput& input) {
  std::vector<std::string> known;
  for (const ir::Graph& graph : given.graphs) {
    const auto output = std::find_if(graph.outputs.begin(), graph.outputs.end(),
                                     [&](const ir::Output& one) { return one.name == pair.output; });
    if (output == graph.outputs.end()) {
      for (const ir::Output& one : graph.outputs) known.push_back(one.name);
      given.statics.fault(pair.output_at, diag::CarryUnknown, pair.output, "output").did_you_mean(pair.output, known);
      return false;
    }
    if (same_type(output->type, input.type, graph.conditions)) continue;
    given.statics
        .fault(pair.output_at, diag::CarryMismatch, pair.output, output->type.str(), input.name, input.type.str())
        .note(input.span, "the input is declared here");
    return false;
  }
  return true;
}

void add_symbols(const Type& type, std::set<types::SymbolId>& symbols) {
  if (type.is_tensor())
    for (const Dim& size : type.tensor.shape)
      for (const types::SymbolId symbol : size.symbols()) symbols.insert(symbol);
  for (const Type& part : type.parts()) add_symbols(part, symbols);
}

/// Reports an input without a value whose sizes before the first batch nothing says.
void check_start(const Given& given, const Pair& pair, const trace::ModelInput& input,
                 const std::set<std::string>& all) {
  if (input.optional) return;
  std::set<types::SymbolId> known, wanted;
  for (const trace::ModelInput& other : given.model.inputs)
    if (!all.contains(other.name)) add_symbols(other.type, known);
  add_symbols(input.type, wanted);
  for (const types::SymbolId symbol : wanted)
    if (!known.contains(symbol))
      given.statics.fault(pair.input_at, diag::CarryStart, types::DimTable::current().symbol_name(symbol), input.name)
          .help("give the input a value, which holds where nothing has been carried yet: `= null`");
}

}  // namespace

bool is_carried(Tracer& t, const Scope& scope, std::string_view input) {
  bool any = false;
  const auto look = [&](const Setting& section, const Scope& inner) {
    const Setting* carry = setting_in(section, KeyId::Train_carry);
    if (!carry || carry->kind != Setting::Mapping) return;
    unroll(t, carry->items, inner,
           [&](const ast::Item<ast::SettingPtr>&, const std::string& name, const Scope&) { any |= name == input; });
  };
  if (const ast::SettingPtr& train = t.document.root().train) look(*train, scope);
  each_phase(t, scope, [&](const Setting& phase, const Scope& inner, std::size_t) { look(phase, inner); });
  return any;
}

std::vector<ir::Carried> read_carry(const Given& given, const Setting& setting, const Scope& scope) {
  Tracer& t = given.statics;
  if (is_null(setting)) return {};
  if (setting.kind != Setting::Mapping) {
    t.fault(setting.span, diag::SettingKind, "train.carry", "`input: output` pairs");
    return {};
  }
  const std::vector<Pair> pairs = pairs_of(t, setting, scope);
  std::set<std::string> all;
  for (const Pair& pair : pairs) all.insert(pair.input);
  std::vector<ir::Carried> out;
  for (const Pair& pair : pairs) {
    const trace::ModelInput* input = find_input(given, pair.input);
    if (!input) {
      std::vector<std::string> known;
      for (const trace::ModelInput& one : given.model.inputs) known.push_back(one.name);
      t.fault(pair.input_at, diag::CarryUnknown, pair.input, "input").did_you_mean(pair.input, known);
      continue;
    }
    if (!check_types(given, pair, *input)) continue;
    check_start(given, pair, *input, all);
    out.push_back({pair.input, pair.output});
  }
  return out;
}

void check_order(const ir::Recipe& recipe, Tracer& t) {
  const auto carries = [](const ir::Training& training) { return !training.batching.carry.empty(); };
  const bool any =
      carries(recipe.training) || std::any_of(recipe.phases.begin(), recipe.phases.end(),
                                              [&](const ir::Phase& phase) { return carries(phase.training); });
  if (any && recipe.data.train && recipe.data.train->shuffle)
    t.sink.report(recipe.data.train->span, diag::CarryShuffled).help("`shuffle=false` keeps the rows in their order");
}

}  // namespace modelc::recipe
