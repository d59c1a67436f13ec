#include "trace/model.h"

#include <fmt/format.h>

#include <functional>

#include "eval/unroll.h"
#include "instantiate/instances.h"
#include "trace/types.h"
#include "types/determined.h"

namespace modelc::trace {

using types::SymbolId;

namespace {

void collect_dims(const Type& type, std::vector<Dim>& dims) {
  if (type.is_tensor()) dims.insert(dims.end(), type.tensor.shape.begin(), type.tensor.shape.end());
  for (const Type& p : type.parts()) collect_dims(p, dims);
}

void resolve_inputs(Tracer& t, Model& model, const ast::Block<ast::Declaration>& block, bool target) {
  const Scope scope = static_scope(model.level);
  unroll(t, block, scope, [&](const ast::Item<ast::Declaration>& item, const std::string& name, const Scope& inner) {
    const ast::Declaration& d = item.value;
    if (d.deleted) return;
    ModelInput input;
    input.name = name;
    input.item = &item;
    input.target = target;
    input.span = item.name.span.valid() ? item.name.span : item.span;
    std::map<std::string, Dim> formal;
    for (const ModelInput& other : model.inputs) {
      if (other.name == name) {
        t.fault(input.span, diag::DuplicateModule, name).note(other.span, "it is here the first time");
        return;
      }
    }
    std::optional<Type> type;
    if (d.faulty) {
      // Reported where it was read; the name holds.
    } else if (d.is_list) {
      std::vector<Type> parts;
      bool ok = true;
      unroll(t, d.list, inner, [&](const ast::Item<ast::Declared>& part, const std::string&, const Scope& s) {
        if (!part.value.type) {
          t.fault(part.span, diag::InputNeedsType, name);
          ok = false;
          return;
        }
        const auto resolved = resolve_type(t, *part.value.type, s, &formal, nullptr);
        if (resolved) parts.push_back(*resolved);
        else ok = false;
      });
      if (ok) type = Type::list(std::move(parts));
    } else if (!d.declared.type) {
      t.fault(input.span, diag::InputNeedsType, name).help("write its type: `" + name + ": float[B, 10]`");
    } else if (d.declared.type->kind == ast::TypeKind::List) {
      t.fault(d.declared.type->span, diag::ListInputOpen, name)
          .help("write a YAML list of types, with `for` where its length is a parameter");
    } else {
      type = resolve_type(t, *d.declared.type, inner, &formal, nullptr);
    }
    for (const auto& [symbol, dim] : formal) {
      if (model.symbols.emplace(symbol, dim).second) model.symbol_order.push_back(symbol);
    }
    if (!type) {
      model.inputs_ok = false;
      model.level->symbols_missing = true;
    }
    input.type = type.value_or(Type::poison());
    input.optional = type && d.declared.value != nullptr;
    model.inputs.push_back(std::move(input));
  });
}

/// `--where H=224` puts a number in place of a symbol; what is left must follow from the inputs.
void settle_symbols(Tracer& t, Model& model, const StatedSizes& where) {
  const ast::Description& file = t.document.root();
  std::map<SymbolId, Dim> stated;
  for (const auto& [name, value] : where.sizes) {
    const auto symbol = model.symbols.find(name);
    if (symbol == model.symbols.end()) {
      const auto place = where.places.find(name);
      auto report = t.fault(place == where.places.end() ? file.span : place->second, diag::UnknownSymbol, name);
      if (!report.did_you_mean(name, model.symbol_order))
        report.help(model.symbol_order.empty()
                        ? "the inputs have none"
                        : fmt::format("the inputs have `{}`", fmt::join(model.symbol_order, "`, `")));
      continue;
    }
    stated[symbol->second.symbols().at(0)] = Dim(value);
  }
  std::vector<Dim> dims;
  for (ModelInput& input : model.inputs) {
    input.type.for_each_dim([&](Dim& d) { d = d.substitute(stated); });
    collect_dims(input.type, dims);
  }
  for (const std::string& name : model.symbol_order) {
    Dim& dim = model.symbols[name];
    const SymbolId id = dim.symbols().at(0);
    dim = dim.substitute(stated);
    if (!dim.is_constant()) model.open_symbols.push_back(id);
  }
  if (model.inputs_ok)
    for (const SymbolId s : types::undetermined(dims)) {
      const std::string& name = types::DimTable::current().symbol_name(s);
      Span at = file.span;
      for (const ModelInput& input : model.inputs) {
        std::vector<Dim> own;
        collect_dims(input.type, own);
        for (Dim d : own)
          for (SymbolId x : d.symbols())
            if (x == s && at == file.span) at = input.span;
      }
      t.fault(at, diag::SymbolUndetermined, name)
          .help(fmt::format("a dimension must be `{}` itself or linear in it, as `2*{}`", name, name));
      model.complete = false;
      return;
    }
}

}  // namespace

Model resolve_model(Tracer& t, const StatedSizes& where, bool with_targets) {
  const ast::Description& file = t.document.root();
  Model model;
  auto definition = std::make_shared<Definition>();
  definition->kind = Definition::Component;
  definition->component = t.document.composition.root;
  definition->type_name = !file.title.text.empty() ? file.title.text : "model";
  definition->span = file.span;
  make_instance(t, definition, "", 0, file.span);
  model.level = t.tree.instances[0].level;
  if (!file.body.forward.given && !file.body.layers.given) {
    if (!t.document.names_missing)
      t.fault(file.span, diag::NothingToRun)
          .help("give the file `forward` or `layers`, or check the files that import it");
    model.complete = false;
    return model;
  }
  resolve_inputs(t, model, file.inputs.entries, false);
  if (with_targets) resolve_inputs(t, model, file.targets, true);
  settle_symbols(t, model, where);
  return model;
}

}  // namespace modelc::trace
