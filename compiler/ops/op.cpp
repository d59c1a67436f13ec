#include "ops/op.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "ops/spoken.h"

namespace modelc::ops {

const Param* Op::find_arg(std::string_view wanted) const {
  for (const Param& param : args)
    if (param.name == wanted) return &param;
  return nullptr;
}

const Param* Op::find_input(std::string_view wanted) const {
  const auto named = [&](std::string_view spelling) -> const Param* {
    for (const Param& param : inputs)
      if (param.name == spelling) return &param;
    return nullptr;
  };
  const Param* param = named(wanted);
  return param ? param : named(types::torch_spelling(wanted));
}

bool Op::demands(const Constraint& constraint) const {
  const auto listed = [&](const std::vector<Constraint>& list) {
    return std::find(list.begin(), list.end(), constraint) != list.end();
  };
  return listed(about.constraints) || listed(common_constraints());
}

OpBuilder& OpBuilder::arg(std::string_view declaration) {
  op_.args.push_back(parse_param(declaration));
  return *this;
}

OpBuilder& OpBuilder::named_arg(std::string_view declaration) {
  op_.args.push_back(parse_param(declaration));
  op_.args.back().keyword_only = true;
  return *this;
}

OpBuilder& OpBuilder::inferred(std::string_view name) {
  const bool declared = name.find(':') != std::string_view::npos;
  Param param = parse_param(declared ? std::string(name) : std::string(name) + ": int in 1..");
  param.inferred = true;
  op_.args.push_back(std::move(param));
  return *this;
}

OpBuilder& OpBuilder::input(std::string_view declaration) {
  op_.inputs.push_back(parse_param(declaration));
  return *this;
}

OpBuilder& OpBuilder::keyword(std::string_view declaration) {
  op_.inputs.push_back(parse_param(declaration));
  op_.inputs.back().keyword_only = true;
  return *this;
}

OpBuilder& OpBuilder::internal(std::string_view declaration) {
  op_.inputs.push_back(parse_param(declaration));
  op_.inputs.back().keyword_only = true;
  op_.inputs.back().internal = true;
  return *this;
}

namespace {

/// Rules are written for real numbers; those that are true of complex ones say so, and what only moves elements is.
bool takes_complex(const Op& op) { return op.has(Trait::Complex) || op.has(Trait::View); }

bool require_real(InferContext& cx, const std::vector<Param>& inputs) {
  for (const Param& param : inputs) {
    if (!param.takes_tensor()) continue;
    for (const TensorType& type : cx.tensors(param.name)) {
      if (!types::is_complex(type.dtype)) continue;
      cx.fault(common::kReal, cx.op() + " receives " + type.str() + ", expected real numbers",
               "`x.real` is the real part, `view_as_real(x)` has both", param.name);
      return false;
    }
  }
  return true;
}

}  // namespace

OpBuilder::operator Op() {
  // Rules name the operator in what they report; they learn its name here, once for all of them.
  if (op_.infer)
    op_.infer = [rule = std::move(op_.infer), name = std::string(spoken(op_.name)),
                 real = takes_complex(op_) ? std::vector<Param>() : op_.inputs](InferContext& cx) {
      cx.name_operator(name);
      return require_real(cx, real) ? rule(cx) : Type::poison();
    };
  return std::move(op_);
}

OpBuilder module_op(std::string name) { return {std::move(name), true}; }
OpBuilder function_op(std::string name) { return {std::move(name), false}; }
OpBuilder synonym(std::string name, std::string function) {
  OpBuilder op(std::move(name), false);
  op.becomes(std::move(function));
  return op;
}

#define MODELC_FAMILY(family) std::vector<Op> family##_family();
#include "ops/families.def"
#undef MODELC_FAMILY

Catalogue::Catalogue() {
  const auto take = [this](std::vector<Op> family, const char* name) {
    for (Op& op : family) {
      op.about.family = name;
      ops_.push_back(std::move(op));
    }
  };
  ops_.reserve(1024);
#define MODELC_FAMILY(family) take(family##_family(), #family);
#include "ops/families.def"
#undef MODELC_FAMILY
  by_name_.reserve(ops_.size());
  for (std::size_t i = 0; i < ops_.size(); ++i) by_name_.emplace_back(ops_[i].name, i);
  std::sort(by_name_.begin(), by_name_.end());
  for (std::size_t i = 0; i < ops_.size(); ++i) ops_[i].id = static_cast<OpId>(i);
  tie_to_functions();
  tell_scales();
}

namespace {

/// What a synonym leaves unsaid it has from the function.
void take_over(Op& synonym, const Op& function) {
  synonym.inputs = function.inputs;
  synonym.variadic = function.variadic;
  synonym.results = function.results;
  synonym.about.summary = "as `" + function.name + "`: " + function.about.summary;
  synonym.about.note = function.about.note;
  synonym.about.example_inputs = function.about.example_inputs;
  synonym.about.example = function.about.example;
  // A call behind a dot is written as one of the function.
  const std::size_t at = synonym.about.example.find(function.name + "(");
  if (at != std::string::npos) synonym.about.example.replace(at, function.name.size(), synonym.name);
}

}  // namespace

void Catalogue::tie_to_functions() {
  for (Op& op : ops_) {
    if (!op.becomes.given()) continue;
    const Op* function = this->function(op.becomes.function);
    if (!function) {
      std::fprintf(stderr, "`%s` becomes the unknown function `%s`\n", op.name.c_str(), op.becomes.function.c_str());
      std::abort();
    }
    if (op.inputs.empty()) take_over(op, *function);
    op.traits = function->traits;
    op.about.constraints.insert(op.about.constraints.end(), function->about.constraints.begin(),
                                function->about.constraints.end());
    op.becomes.op = function;
    op.becomes.sources = modelc::ops::sources(op, *function);
    op.infer = [&op, function](InferContext& cx) { return infer_as_function(cx, op, *function); };
    if (!op.flops && function->flops)
      op.flops = [&op, function](InferContext& cx, const Type& result) {
        return flops_as_function(cx, op, *function, result);
      };
  }
}

const Catalogue& Catalogue::get() {
  static const Catalogue& catalogue = *new Catalogue;  // freed with the process
  return catalogue;
}

namespace {

const Op* look_up(const std::vector<Op>& ops, const std::vector<std::pair<std::string, std::size_t>>& by_name,
                  std::string_view name, bool is_module) {
  auto it = std::lower_bound(by_name.begin(), by_name.end(), name,
                             [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  for (; it != by_name.end() && it->first == name; ++it)
    if (ops[it->second].is_module == is_module) return &ops[it->second];
  return nullptr;
}

}  // namespace

const Op* Catalogue::module(std::string_view name) const { return look_up(ops_, by_name_, name, true); }
const Op* Catalogue::function(std::string_view name) const { return look_up(ops_, by_name_, name, false); }

namespace {

bool takes_receiver(const Op& op) {
  if (op.inputs.empty()) return false;
  const std::vector<Param::Alternative>& first = op.inputs.front().alternatives;
  return std::any_of(first.begin(), first.end(), [](const Param::Alternative& a) { return a.kind == Param::Tensor; });
}

}  // namespace

const Op* Catalogue::method(std::string_view name) const {
  if (const Op* own = function("Tensor." + std::string(name))) return own;
  const Op* op = function(name);
  return op && takes_receiver(*op) ? op : nullptr;
}

OpId Catalogue::id(std::string_view name) const {
  if (const Op* op = module(name)) return op->id;
  const Op* op = function(name);
  return op ? op->id : kNoOp;
}

std::vector<std::string> Catalogue::module_names() const {
  std::vector<std::string> names;
  for (const auto& [name, index] : by_name_)
    if (ops_[index].is_module) names.push_back(name);
  return names;
}

std::vector<std::string> Catalogue::function_names() const {
  std::vector<std::string> names;
  for (const auto& [name, index] : by_name_)
    if (!ops_[index].is_module && name[0] != '_') names.push_back(name);
  return names;
}

}  // namespace modelc::ops
