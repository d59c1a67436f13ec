#include "train/update_rule.h"

#include <ATen/Functions.h>

namespace modelc::train {

Arguments::Arguments(const Given& common, const Given& own) {
  for (const Given* given : {&common, &own})
    for (const auto& [name, value] : *given) values_.insert_or_assign(name, value);
}

const types::Constant& Arguments::value(std::string_view name) const {
  static const types::Constant none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

double Arguments::number(std::string_view name, double otherwise) const {
  const types::Constant& given = value(name);
  return given.is_null() ? otherwise : given.as_double();
}

bool Arguments::flag(std::string_view name) const {
  const types::Constant& given = value(name);
  return given.is_bool() && given.as_bool();
}

double Arguments::number_of(std::string_view list, std::size_t at, double otherwise) const {
  const types::Constant& given = value(list);
  return given.is_list() ? given.as_list().at(at).as_double() : otherwise;
}

at::Tensor& ParameterState::zeros(std::string_view name, const at::Tensor& like) {
  return first(name, [&] { return at::zeros_like(like, at::MemoryFormat::Preserve); });
}

Rule make_rule(catalogue::OptimizerId id, const Arguments& arguments) {
  using Id = catalogue::OptimizerId;
  switch (id) {
    case Id::SGD:
    case Id::ASGD:
    case Id::Rprop:
    case Id::Lion:
      return make_gradient_rule(id, arguments);
    case Id::Adam:
    case Id::AdamW:
    case Id::Adamax:
    case Id::NAdam:
    case Id::RAdam:
    case Id::LAMB:
      return make_adam_rule(id, arguments);
    case Id::RMSprop:
    case Id::Adagrad:
    case Id::Adadelta:
    case Id::Adafactor:
      return make_adaptive_rule(id, arguments);
    case Id::Muon:
      return make_muon_rule(arguments);
    case Id::LBFGS:
      break;
  }
  return nullptr;
}

}  // namespace modelc::train
