#include "instantiate/reparametrisation.h"

#include <fmt/format.h>

#include <algorithm>

#include "instantiate/arguments.h"

namespace modelc::instantiate {
namespace {

using catalogue::FunctionId;

/// The arguments behind the definition, to be matched like an operator's.
const ops::Op& signature_of(const catalogue::Entry& function) {
  static const auto make = [](FunctionId id) {
    const catalogue::Entry& entry = catalogue::entry(id);
    ops::Op op;
    op.name = entry.name;
    op.args.assign(entry.arguments.begin() + 1, entry.arguments.end());
    return op;
  };
  static const ops::Op weight = make(FunctionId::WeightNorm), spectral = make(FunctionId::SpectralNorm);
  return catalogue::id_of<FunctionId>(function) == FunctionId::WeightNorm ? weight : spectral;
}

/// Takes the definition, which is called `module` or stands first, out of the arguments.
std::optional<GivenArgument> take_definition(const catalogue::Entry& function, Arguments& args) {
  const auto found = std::find_if(args.begin(), args.end(), [&](const GivenArgument& a) {
    return a.name.empty() || a.name == function.arguments.front().name;
  });
  if (found == args.end()) return std::nullopt;
  GivenArgument taken = std::move(*found);
  args.erase(found);
  return taken;
}

/// Where the tensor is one of PyTorch's shape `dim` in front, the rest 1.
std::vector<Dim> length_shape(const std::vector<Dim>& shape, std::int64_t dim) {
  if (dim < 0) return {};
  std::vector<Dim> lengths(shape.size(), Dim(1));
  lengths[static_cast<std::size_t>(dim)] = shape[static_cast<std::size_t>(dim)];
  return lengths;
}

ir::Tensor tensor_of(const ops::OwnedTensor& owned, std::string name, Span span) {
  ir::Tensor tensor;
  tensor.name = std::move(name);
  tensor.type = owned.type;
  tensor.init = owned.init;
  tensor.buffer = owned.buffer;
  tensor.trainable = !owned.buffer && types::is_floating(owned.type.dtype);
  tensor.span = span;
  return tensor;
}

/// What a weight's length and direction are kept in.
void own_length_and_direction(std::vector<ir::Tensor>& tensors, const ir::Tensor& weight, std::int64_t dim) {
  ir::Tensor length = weight, direction = weight;
  length.name += "_g";
  direction.name += "_v";
  length.type.shape = length_shape(weight.type.shape, dim);
  length.init = {};
  length.init.kind = ops::Init::NormOf;
  length.init.a = static_cast<double>(tensors.size() + 1);
  length.init.b = static_cast<double>(dim);
  length.init.rank = direction.init.rank + 1;
  tensors.push_back(std::move(length));
  tensors.push_back(std::move(direction));
}

/// A weight and the vectors by which its largest singular value is estimated.
void own_singular_vectors(std::vector<ir::Tensor>& tensors, const ir::Tensor& weight, std::int64_t dim, double eps,
                          int rank) {
  ir::Tensor original = weight, u = weight, v = weight;
  original.name += "_orig";
  u.name += "_u";
  v.name += "_v";
  const Dim height = weight.type.shape[static_cast<std::size_t>(dim)];
  Dim width = 1;
  for (std::size_t d = 0; d < weight.type.shape.size(); ++d)
    if (static_cast<std::int64_t>(d) != dim) width = width * weight.type.shape[d];
  for (auto [vector, size] : {std::pair{&u, height}, std::pair{&v, width}}) {
    vector->type.shape = {size};
    vector->buffer = true;
    vector->trainable = false;
    vector->init = {};
    vector->init.kind = ops::Init::Unit;
    vector->init.a = eps;
    vector->init.rank = rank++;
  }
  for (ir::Tensor* tensor : {&original, &u, &v}) tensors.push_back(std::move(*tensor));
}

}  // namespace

const catalogue::Entry* reparametrisation_named(std::string_view name) {
  for (const FunctionId id : {FunctionId::WeightNorm, FunctionId::SpectralNorm})
    if (catalogue::entry(id).name == name) return &catalogue::entry(id);
  return nullptr;
}

Value reparametrise(Context& c, const catalogue::Entry& function, Arguments args, Span span) {
  const auto given = take_definition(function, args);
  if (!given || given->value.kind != Value::Def || given->value.definition->kind != Definition::Operator) {
    if (given && given->value.is_poison()) return Value::poison();
    c.fault(given ? given->span : span, diag::BadBuiltinArgument, function.name,
            given ? given->value.describe() : "nothing")
        .help(fmt::format("it takes the definition of an operator: `{}`", function.example));
    return Value::poison();
  }
  const ops::Op& signature = signature_of(function);
  const Bound bound = bind_parameters(c.sink, signature, signature.args, args, span, true);
  if (!bound.ok || bound.poisoned) return Value::poison();
  auto copy = std::make_shared<Definition>(*given->value.definition);
  copy->span = span;
  Reparametrisation& made = copy->reparametrised.emplace_back();
  made.function = &function;
  made.span = span;
  for (std::size_t i = 0; i < signature.args.size(); ++i)
    made.arguments.emplace_back(signature.args[i].name, to_constant(bound.values[i]).value_or(types::Constant()));
  return value_of(std::move(copy));
}

bool keeps_length(const Reparametrisation& one) {
  return catalogue::id_of<FunctionId>(*one.function) == FunctionId::WeightNorm;
}

std::int64_t dimension_of(const Reparametrisation& one, const ops::Op& op) {
  const types::Constant& stated = one.argument("dim");
  if (!stated.is_null()) return stated.as_int();
  if (keeps_length(one)) return -1;
  return ops::Catalogue::get().function_of(op)->has(ops::Trait::Transposed) ? 1 : 0;
}

const types::Constant& Reparametrisation::argument(std::string_view name) const {
  static const types::Constant null;
  for (const auto& [known, value] : arguments)
    if (known == name) return value;
  return null;
}

bool own_reparametrised(Context& c, InstanceId id) {
  Instance& instance = c.tree.instances[id];
  const Definition& definition = *instance.definition;
  ir::Module& module = module_of(c.tree, id);
  std::vector<ir::Tensor> declared;
  for (const ops::OwnedTensor& owned : instance.declared)
    declared.push_back(tensor_of(owned, owned.name, definition.span));
  // PyTorch draws them as the module declares them; what is computed in their place comes after.
  std::vector<ir::Tensor*> by_rank;
  for (ir::Tensor& tensor : declared) by_rank.push_back(&tensor);
  std::stable_sort(by_rank.begin(), by_rank.end(),
                   [](const ir::Tensor* a, const ir::Tensor* b) { return a->init.rank < b->init.rank; });
  int rank = 0;
  for (ir::Tensor* tensor : by_rank) tensor->init.rank = rank += 2;
  std::vector<ir::Tensor> computed;
  for (const Reparametrisation& one : definition.reparametrised) {
    const std::string& name = one.argument("name").as_string();
    const auto found = std::find_if(declared.begin(), declared.end(), [&](const auto& t) { return t.name == name; });
    if (found == declared.end()) {
      std::vector<std::string> known;
      for (const ops::OwnedTensor& owned : instance.declared) known.push_back(owned.name);
      auto report = c.fault(one.span, diag::NoMember, fmt::format("`{}`", definition.type_name), name);
      report.did_you_mean(name, known);
      return false;
    }
    const types::Constant& stated = one.argument("dim");
    const auto last = static_cast<std::int64_t>(found->type.shape.size()) - 1;
    const std::int64_t dim = dimension_of(one, *definition.op);
    if (dim > last || (!stated.is_null() && dim < 0)) {
      c.fault(one.span, diag::ArgumentRange, "dim", one.function->name, dim, fmt::format("0..{}", last));
      return false;
    }
    computed.push_back(std::move(*found));
    declared.erase(found);
  }
  module.tensors = std::move(declared);
  for (std::size_t i = 0; i < computed.size(); ++i) {
    const Reparametrisation& one = definition.reparametrised[i];
    const std::int64_t dim = dimension_of(one, *definition.op);
    if (keeps_length(one)) {
      own_length_and_direction(module.tensors, computed[i], dim);
    } else {
      own_singular_vectors(module.tensors, computed[i], dim, one.argument("eps").as_double(), rank += 2);
    }
  }
  return true;
}

}  // namespace modelc::instantiate
