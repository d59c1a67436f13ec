#include "kernels/module_call.h"

#include <deque>
#include <memory>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

using ops::Source;

class ModuleCall final : public NodeView {
 public:
  ModuleCall(const NodeView& call, const ops::Op& module, const ops::Op& function)
      : call_(call), module_(module), function_(function), mode_(call.training() && !call.frozen()) {}

  const ir::Node& node() const override { return call_.node(); }
  const types::Constant& arg(std::string_view name) const override {
    const ops::SourcedParam found = find(name);
    return found.is_of_call() ? call_.arg(found.source->name) : found.own_value(mode_);
  }
  std::function<std::vector<std::int64_t>(const Frame&)> sizes(std::string_view name) const override {
    const ops::SourcedParam found = find(name);
    if (found.is_of_call()) return call_.sizes(found.source->name);
    std::vector<types::Dim> dims;
    const types::Constant& value = arg(name);
    if (value.is_dim()) dims.push_back(value.as_dim());
    if (value.is_list())
      for (const types::Constant& element : value.as_list()) dims.push_back(element.as_dim());
    return sizes_of(std::move(dims));
  }
  std::function<const at::Tensor&(const Frame&)> tensor(std::string_view name) const override {
    const Source* source = find(name).source;
    if (source && source->kind == Source::Input) return call_.tensor(source->name);
    if (source && source->kind == Source::Owned)
      if (at::Tensor* owned = call_.own(source->name))
        return [owned](const Frame&) -> const at::Tensor& { return *owned; };
    return [none = std::make_shared<at::Tensor>()](const Frame&) -> const at::Tensor& { return *none; };
  }
  std::function<std::vector<at::Tensor>(const Frame&)> tensors(std::string_view name) const override {
    const Source* source = find(name).source;
    if (source && source->kind == Source::Input) return call_.tensors(source->name);
    return [owned = call_.all_owned()](const Frame&) {
      std::vector<at::Tensor> list;
      for (const at::Tensor* tensor : owned) list.push_back(*tensor);
      return list;
    };
  }
  bool has(std::string_view name) const override {
    const Source* source = find(name).source;
    if (!source) return false;
    if (source->kind == Source::Input) return call_.has(source->name);
    if (source->kind == Source::Owned) return call_.own(source->name) != nullptr;
    return source->kind == Source::AllOwned || !arg(name).is_null();
  }
  bool is_tensor(std::string_view name) const override {
    const Source* source = find(name).source;
    if (source && source->kind == Source::Input) return call_.is_tensor(source->name);
    return source && source->kind == Source::Owned && has(name);
  }
  const ir::Operand& operand(std::string_view name) const override {
    const Source* source = find(name).source;
    return call_.operand(source && source->kind == Source::Input ? source->name : std::string());
  }
  const types::TensorType& operand_type(std::string_view name) const override {
    const Source* source = find(name).source;
    const at::Tensor* owned = source && source->kind == Source::Owned ? call_.own(source->name) : nullptr;
    if (!owned) return call_.operand_type(source ? source->name : std::string(name));
    types::TensorType type{dtype_of(owned->scalar_type()), {}};
    for (std::int64_t size : owned->sizes()) type.shape.emplace_back(size);
    return made_.emplace_back(std::move(type));
  }
  at::Tensor* own(std::string_view) const override { return nullptr; }
  bool training() const override { return call_.training(); }
  bool frozen() const override { return call_.frozen(); }
  const types::TensorType& result_type(std::size_t i) const override { return call_.result_type(i); }
  std::size_t result_count() const override { return call_.result_count(); }
  std::vector<at::Tensor>& state() const override { return call_.state(); }

 private:
  ops::SourcedParam find(std::string_view name) const { return ops::find_sourced(module_, function_, name); }

  const NodeView& call_;
  const ops::Op& module_;
  const ops::Op& function_;
  types::Constant mode_;
  mutable std::deque<types::TensorType> made_;
};

}  // namespace

Lowering as_function(const ops::Op& module, const ops::Op& function, const Lowering& lowering) {
  return [&module, &function, lowering](const NodeView& n) { return lowering(ModuleCall(n, module, function)); };
}

}  // namespace modelc::kernels
