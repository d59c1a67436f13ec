// The tensors of a state dict, found in what a pickle holds.
#include <fmt/format.h>

#include <set>

#include "formats/pickle.h"

namespace modelc::formats {
namespace {

// Of what is beyond, memory would be many times the file's.
constexpr std::size_t kMostTensors = 100'000;
constexpr int kDeepest = 8;

bool is_tensor(const PickleTree& tree, ValueId id) { return tree.values[id].kind == ValueKind::Tensor; }

bool holds_tensors(const PickleTree& tree, ValueId dict) {
  const std::vector<ValueId>& items = tree.items_of(dict);
  for (std::size_t i = 1; i < items.size(); i += 2)
    if (is_tensor(tree, items[i])) return true;
  return false;
}

/// Training scripts wrap the state dict; these are the names they give it, the likeliest first.
ValueId unwrapped(const PickleTree& tree, ValueId dict) {
  for (int depth = 0; depth < kDeepest && !holds_tensors(tree, dict); ++depth) {
    const ValueId* inner = nullptr;
    for (const std::string_view name : {"state_dict", "model_state_dict", "model", "net", "module"}) {
      const ValueId* found = inner ? nullptr : tree.find(dict, name);
      if (found && tree.values[*found].kind == ValueKind::Dict) inner = found;
    }
    if (!inner) break;
    dict = *inner;
  }
  return dict;
}

struct Collector {
  const PickleTree& tree;
  const std::string& file;
  std::vector<NamedTensor> found;
  std::set<std::string, std::less<>> names;
  Fault fault;

  bool refuse(std::size_t at, std::string_view why) {
    fault = file_fault(file, fmt::format("byte {}: {}", at, why));
    return false;
  }

  bool collect(ValueId dict, const std::string& prefix) {
    const std::vector<ValueId>& items = tree.items_of(dict);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      if (!is_tensor(tree, items[i + 1])) continue;
      const PickledTensor& tensor = tree.tensors[static_cast<std::size_t>(tree.values[items[i + 1]].number)];
      if (tree.values[items[i]].kind != ValueKind::Text) return refuse(tensor.at, "a tensor whose name is no text");
      std::string name = prefix + std::string(tree.text(items[i]));
      if (!names.insert(name).second) return refuse(tensor.at, fmt::format("the name `{}` stands twice", name));
      if (found.size() == kMostTensors) return refuse(tensor.at, "more than 100,000 tensors");
      found.push_back({std::move(name), &tensor});
    }
    return true;
  }

  std::string keys_of(ValueId dict) const {
    std::string out;
    const std::vector<ValueId>& items = tree.items_of(dict);
    for (std::size_t i = 0, shown = 0; i + 1 < items.size() && shown < 10; i += 2)
      if (tree.values[items[i]].kind == ValueKind::Text)
        out += fmt::format("{}`{}`", shown++ ? ", " : "", tree.text(items[i]));
    return out;
  }
};

}  // namespace

Result<std::vector<NamedTensor>> find_state_dict(const PickleTree& tree, const std::string& file) {
  if (tree.values[tree.root].kind != ValueKind::Dict)
    return {{}, file_fault(file, fmt::format("byte {}: holds no dict, expected a state dict", tree.end - 1))};
  const ValueId dict = unwrapped(tree, tree.root);
  Collector collector{tree, file, {}, {}, {}};
  bool good = true;
  if (holds_tensors(tree, dict)) {
    good = collector.collect(dict, "");
  } else {
    const std::vector<ValueId>& items = tree.items_of(dict);
    for (std::size_t i = 0; i + 1 < items.size() && good; i += 2)
      if (tree.values[items[i]].kind == ValueKind::Text && tree.values[items[i + 1]].kind == ValueKind::Dict)
        good = collector.collect(items[i + 1], std::string(tree.text(items[i])) + ".");
    if (good && collector.found.empty() && !items.empty())
      good = collector.refuse(tree.end - 1, fmt::format("no tensors under its keys {}", collector.keys_of(dict)));
  }
  if (!good) return {{}, std::move(collector.fault)};
  return {std::move(collector.found), {}};
}

}  // namespace modelc::formats
