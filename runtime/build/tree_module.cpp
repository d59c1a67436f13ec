#include "build/tree_module.h"

#include <fmt/format.h>
#include <torch/nn/module.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>

#include "build/room.h"
#include "kernels/dtype.h"
#include "support/dotted_path.h"

namespace modelc::build {
namespace {

/// The first layout of a module, and the newest that any class of PyTorch or torchvision has.
constexpr std::int64_t kFirst = 1, kNewest = 2;

/// A module of the tree; what it computes stands in the graph.
class Node : public torch::nn::Module {
 public:
  Node(std::string name, std::int64_t version) : torch::nn::Module(std::move(name)), version_(version) {}
  std::int64_t version() const { return version_; }

 private:
  std::int64_t version_;
};

using NodePtr = std::shared_ptr<Node>;

std::vector<std::int64_t> sizes_of(const ir::Tensor& tensor) {
  std::vector<std::int64_t> sizes;
  for (const types::Dim& dim : tensor.type.shape) sizes.push_back(dim.constant());
  return sizes;
}

double bytes_of(const ir::Tensor& tensor) {
  auto bytes = static_cast<double>(types::byte_size(tensor.type.dtype));
  for (const std::int64_t size : sizes_of(tensor)) bytes *= static_cast<double>(size);
  return bytes;
}

/// `fc.weight` as `float[10, 5]`.
std::string words_of(const ir::Module& module, const ir::Tensor& tensor) {
  return fmt::format("`{}` as {}", ir::key_of(module, tensor), tensor.type.str());
}

/// Said before anything is drawn: a system that promises more memory than it has ends the process when it is used.
void find_room(const ir::ModuleTree& tree) {
  double bytes = 0;
  const ir::Module* module = nullptr;
  const ir::Tensor* largest = nullptr;
  for (const ir::Module& one : tree.modules)
    for (const ir::Tensor& tensor : one.tensors) {
      if (!tensor.tied_to.empty()) continue;
      bytes += bytes_of(tensor);
      if (largest && bytes_of(tensor) <= bytes_of(*largest)) continue;
      largest = &tensor;
      module = &one;
    }
  const auto room = machine_memory();
  if (!largest || !room || bytes <= *room) return;
  throw OutOfMemory(module->span, fmt::format("{}: parameters and buffers take {}, of which {} takes {}; there are {}",
                                              kOutOfMemory, bytes_words(bytes), words_of(*module, *largest),
                                              bytes_words(bytes_of(*largest)), bytes_words(*room)));
}

at::Tensor from_values(const std::vector<double>& values, const std::vector<std::int64_t>& sizes,
                       at::ScalarType dtype) {
  at::Tensor flat = torch::empty({static_cast<std::int64_t>(values.size())}, at::kDouble);
  std::copy(values.begin(), values.end(), flat.data_ptr<double>());
  return flat.reshape(sizes).to(dtype);
}

/// As torch.nn.init.trunc_normal_ does: by the inverse of the distribution, from uniform numbers between the values
/// that it has at the bounds.
void draw_truncated(at::Tensor& t, double mean, double std, double low, double high) {
  const auto distribution = [&](double x) { return (1 + std::erf((x - mean) / std / std::sqrt(2.0))) / 2; };
  t.uniform_(2 * distribution(low) - 1, 2 * distribution(high) - 1);
  t.erfinv_();
  t.mul_(std * std::sqrt(2.0)).add_(mean).clamp_(low, high);
}

/// Draws as PyTorch's torch.nn.init does: the same in-place calls on a fresh tensor of that dtype.
at::Tensor drawn(const ir::Tensor& tensor, const ops::Init& init, at::ScalarType dtype,
                 const InitialValue& initial_value) {
  const std::vector<std::int64_t> sizes = sizes_of(tensor);
  if (init.kind == ops::Init::Values) return from_values(init.values, sizes, dtype);
  if (init.kind == ops::Init::Expression) {
    if (!initial_value) throw std::logic_error("the initial value of `" + tensor.name + "` is an expression");
    return initial_value(tensor.init_graph).to(dtype).expand(sizes).clone(at::MemoryFormat::Contiguous);
  }
  at::Tensor t = torch::empty(sizes, dtype);
  switch (init.kind) {
    case ops::Init::Zeros:
      t.zero_();
      break;
    case ops::Init::Ones:
      t.fill_(1);
      break;
    case ops::Init::Fill:
      t.fill_(init.a);
      break;
    case ops::Init::Uniform:
      t.uniform_(init.a, init.b);
      break;
    case ops::Init::Normal:
      t.normal_(init.a, init.b);
      break;
    case ops::Init::TruncatedNormal:
      draw_truncated(t, init.a, init.b, init.values.at(0), init.values.at(1));
      break;
    case ops::Init::Unit:
      t.normal_(0, 1);
      t = t / t.norm(2, {0}, true).clamp_min(init.a).expand_as(t);
      break;
    case ops::Init::Values:
    case ops::Init::Expression:
    case ops::Init::NormOf:
      break;
  }
  if (init.zero_row >= 0) t.select(0, init.zero_row).zero_();
  if (init.cleared) t.zero_();
  return t;
}

/// What an operator owns is drawn in single precision whatever it is kept in, as by `module.to(dtype)`.
at::ScalarType drawn_dtype(const ir::Module& module, const ir::Tensor& tensor) {
  const at::ScalarType kept = kernels::scalar_type(tensor.type.dtype);
  return module.kind == ir::ModuleKind::Operator && at::isFloatingType(kept) ? at::kFloat : kept;
}

bool is_parameter(const ir::Tensor& tensor) { return !tensor.buffer; }

/// As PyTorch counts: a normalisation has its second layout since it counts batches. A component stands for a class of
/// the user's, whose names are those of its newest layout: no older one is to be converted as it loads.
std::int64_t layout_version(const ir::Module& module) {
  if (module.kind == ir::ModuleKind::Component) return kNewest;
  const bool counts = std::any_of(module.tensors.begin(), module.tensors.end(), [](const ir::Tensor& tensor) {
    return tensor.buffer && tensor.type.dtype == types::DType::Int64;
  });
  return counts ? kNewest : kFirst;
}

/// Statistics are buffers of an operator; what a component declares nobody writes to.
bool moves(const ir::Module& module, const ir::Tensor& tensor) {
  return tensor.buffer && module.kind == ir::ModuleKind::Operator && !module.frozen;
}

/// Modules in the order PyTorch would construct them: a module, then its children. Without recursion: the nesting of a
/// description is bounded, but not by us.
std::vector<ir::ModuleId> preorder(const ir::ModuleTree& tree) {
  std::vector<ir::ModuleId> order, stack;
  if (!tree.modules.empty()) stack.push_back(0);
  while (!stack.empty()) {
    const ir::ModuleId id = stack.back();
    stack.pop_back();
    order.push_back(id);
    const auto& children = tree.modules[id].children;
    stack.insert(stack.end(), children.rbegin(), children.rend());
  }
  return order;
}

/// Calls it with the path of each module and the module, in the order of torch.nn.Module.state_dict.
template <class Visit>
void visit(const NodePtr& root, const Visit& each) {
  std::vector<std::pair<std::string, NodePtr>> stack{{"", root}};
  while (!stack.empty()) {
    auto [path, node] = stack.back();
    stack.pop_back();
    each(path, *node);
    const auto children = node->named_children();
    for (std::size_t i = children.size(); i-- > 0;)
      stack.emplace_back(support::joined_path(path, children[i].key()),
                         std::static_pointer_cast<Node>(children[i].value()));
  }
}

}  // namespace

struct TreeModule::Impl {
  using Place = std::pair<ir::ModuleId, std::size_t>;  // a tensor, by its module and index
  std::vector<std::vector<at::Tensor>> tensors;        // by module and index
  std::vector<NodePtr> nodes;                          // by module
  NodePtr root;
  std::set<std::string> unsaved, moving;  // buffers

  void draw(const ir::Program& program, const std::vector<ir::ModuleId>& order, const InitialValue& initial_value) {
    const ir::ModuleTree& tree = program.tree;
    find_room(tree);
    tensors.resize(tree.modules.size());
    const std::map<std::string, Place> by_key = places(tree);
    std::vector<Place> waiting;  // to be drawn once more, in order
    for (std::size_t at = 0; at < order.size(); ++at) {
      draw_module(tree.modules[order[at]], order[at], by_key, initial_value);
      for (std::size_t i = 0; i < tree.modules[order[at]].tensors.size(); ++i)
        if (tree.modules[order[at]].tensors[i].first_draw) waiting.emplace_back(order[at], i);
      const std::string next = at + 1 < order.size() ? tree.modules[order[at + 1]].path : std::string();
      std::erase_if(waiting, [&](const Place& place) {
        const auto& [id, i] = place;
        const ir::Tensor& tensor = tree.modules[id].tensors[i];
        if (next.starts_with(tensor.first_draw->until + ".")) return false;
        tensors[id][i] = drawn_as(tree.modules[id], id, tensor, tensor.init, initial_value);
        return true;
      });
    }
  }

  void draw_module(const ir::Module& module, ir::ModuleId id, const std::map<std::string, Place>& by_key,
                   const InitialValue& initial_value) {
    const std::vector<ir::Tensor>& owned = module.tensors;
    const auto first = [&](std::size_t i) -> const ops::Init* {
      if (!owned[i].first_draw) return &owned[i].init;
      return owned[i].first_draw->init ? &*owned[i].first_draw->init : nullptr;
    };
    const auto rank = [&](std::size_t i) { return first(i) ? first(i)->rank : 0; };
    std::vector<std::size_t> by_rank(owned.size());
    std::iota(by_rank.begin(), by_rank.end(), std::size_t{0});
    std::stable_sort(by_rank.begin(), by_rank.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    tensors[id].resize(owned.size());
    for (std::size_t i : by_rank) {
      if (!owned[i].same_as.empty()) {
        const Place& source = by_key.at(owned[i].same_as);
        tensors[id][i] = tensors[source.first][source.second].clone();
      } else if (const ops::Init* init = first(i)) {
        tensors[id][i] = drawn_as(module, id, owned[i], *init, initial_value);
      }
    }
  }

  at::Tensor drawn_as(const ir::Module& module, ir::ModuleId id, const ir::Tensor& tensor, const ops::Init& init,
                      const InitialValue& initial_value) const {
    return with_room(words_of(module, tensor), module.span, bytes_of(tensor),
                     [&] { return drawn_tensor(module, id, tensor, init, initial_value); });
  }

  at::Tensor drawn_tensor(const ir::Module& module, ir::ModuleId id, const ir::Tensor& tensor, const ops::Init& init,
                          const InitialValue& initial_value) const {
    const at::Tensor t = init.kind == ops::Init::NormOf
                             ? at::norm_except_dim(tensors[id].at(static_cast<std::size_t>(init.a)), 2,
                                                   static_cast<std::int64_t>(init.b))
                             : drawn(tensor, init, drawn_dtype(module, tensor), initial_value);
    return t.to(kernels::scalar_type(tensor.type.dtype));
  }

  static std::map<std::string, Place> places(const ir::ModuleTree& tree) {
    std::map<std::string, Place> by_key;
    for (ir::ModuleId id = 0; id < tree.modules.size(); ++id)
      for (std::size_t i = 0; i < tree.modules[id].tensors.size(); ++i)
        by_key[ir::key_of(tree.modules[id], tree.modules[id].tensors[i])] = {id, i};
    return by_key;
  }

  /// A tied tensor was drawn like any other (in PyTorch its module is constructed before it is tied); here it becomes
  /// the one it shares.
  void tie(const ir::ModuleTree& tree) {
    const std::map<std::string, Place> by_key = places(tree);
    for (ir::ModuleId id = 0; id < tree.modules.size(); ++id) {
      for (std::size_t i = 0; i < tree.modules[id].tensors.size(); ++i) {
        std::string key = tree.modules[id].tensors[i].tied_to;
        for (std::size_t steps = 0; !key.empty(); ++steps) {
          auto it = by_key.find(key);
          if (it == by_key.end() || steps > by_key.size()) throw std::logic_error("cannot tie to `" + key + "`");
          tensors[id][i] = tensors[it->second.first][it->second.second];
          key = tree.modules[it->second.first].tensors[it->second.second].tied_to;
        }
      }
    }
  }

  void register_tensor(const NodePtr& node, const std::string& path, const ir::Tensor& tensor,
                       const at::Tensor& value) {
    // `out_proj.weight` of an operator: PyTorch has a module in between.
    NodePtr owner = node;
    std::string name = tensor.name;
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.')) {
      const std::string part = name.substr(0, dot);
      auto children = owner->named_children();
      owner = children.contains(part) ? std::static_pointer_cast<Node>(children[part])
                                      : owner->register_module(part, std::make_shared<Node>(part, kFirst));
      name = name.substr(dot + 1);
    }
    if (is_parameter(tensor)) {
      owner->register_parameter(name, value, tensor.trainable && at::isFloatingType(value.scalar_type()));
    } else {
      owner->register_buffer(name, value);
      if (!tensor.saved) unsaved.insert(support::joined_path(path, tensor.name));
    }
  }

  void assemble(const ir::ModuleTree& tree, const std::vector<ir::ModuleId>& order) {
    nodes.resize(tree.modules.size());
    root = std::make_shared<Node>("model", kNewest);
    for (ir::ModuleId id : order) {
      const ir::Module& module = tree.modules[id];
      nodes[id] = module.parent == ir::kNone
                      ? root
                      : nodes[module.parent]->register_module(
                            module.name, std::make_shared<Node>(module.type, layout_version(module)));
      for (std::size_t i = 0; i < module.tensors.size(); ++i) {
        register_tensor(nodes[id], module.path, module.tensors[i], tensors[id][i]);
        if (moves(module, module.tensors[i])) moving.insert(ir::key_of(module, module.tensors[i]));
      }
    }
    // Sharing decides once: a tensor that any of its names freezes is frozen.
    for (ir::ModuleId id : order) {
      for (std::size_t i = 0; i < tree.modules[id].tensors.size(); ++i) {
        const ir::Tensor& tensor = tree.modules[id].tensors[i];
        if (is_parameter(tensor) && !tensor.trainable) tensors[id][i].set_requires_grad(false);
      }
    }
  }
};

TreeModule::TreeModule(const ir::Program& program, const InitialValue& initial_value)
    : impl_(std::make_unique<Impl>()) {
  torch::NoGradGuard no_grad;
  const std::vector<ir::ModuleId> order = preorder(program.tree);
  impl_->draw(program, order, initial_value);
  impl_->tie(program.tree);
  impl_->assemble(program.tree, order);
}

TreeModule::~TreeModule() = default;
TreeModule::TreeModule(TreeModule&&) noexcept = default;

at::Tensor& TreeModule::tensor(ir::ModuleId module, std::uint32_t index) { return impl_->tensors.at(module).at(index); }

std::vector<std::pair<std::string, at::Tensor>> TreeModule::state() const {
  std::vector<std::pair<std::string, at::Tensor>> out;
  // A module's own parameters, then its own buffers.
  visit(impl_->root, [&](const std::string& path, const Node& node) {
    for (const auto& item : node.named_parameters(false))
      out.emplace_back(support::joined_path(path, item.key()), item.value());
    for (const auto& item : node.named_buffers(false)) {
      std::string key = support::joined_path(path, item.key());
      if (!impl_->unsaved.count(key)) out.emplace_back(std::move(key), item.value());
    }
  });
  return out;
}

std::vector<std::pair<std::string, at::Tensor>> TreeModule::trained_state() const {
  std::vector<std::pair<std::string, at::Tensor>> out = state();
  std::erase_if(out,
                [&](const auto& item) { return !item.second.requires_grad() && !impl_->moving.contains(item.first); });
  return out;
}

std::vector<std::pair<std::string, std::int64_t>> TreeModule::versions() const {
  std::vector<std::pair<std::string, std::int64_t>> out;
  visit(impl_->root, [&](const std::string& path, const Node& node) { out.emplace_back(path, node.version()); });
  return out;
}

std::vector<std::pair<std::string, at::Tensor>> TreeModule::trainable() const {
  std::vector<std::pair<std::string, at::Tensor>> out;
  std::set<const void*> seen;
  for (auto& [key, tensor] : state()) {
    if (tensor.requires_grad() && seen.insert(tensor.unsafeGetTensorImpl()).second) out.emplace_back(key, tensor);
  }
  return out;
}

void TreeModule::train(bool on) { impl_->root->train(on); }

void TreeModule::to_device(const std::string& device) { impl_->root->to(at::Device(device)); }

}  // namespace modelc::build
