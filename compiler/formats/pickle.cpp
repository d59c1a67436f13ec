#include "formats/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "support/words.h"
#include "types/dtype.h"

namespace modelc::formats {
namespace {

using Kind = ValueKind;

constexpr std::size_t kMostValues = 1'000'000;
constexpr std::size_t kMostRank = 64;
constexpr std::size_t kLongestName = 1000;
constexpr ValueId kNone = std::numeric_limits<ValueId>::max();

/// What a pickle may call.
enum class Callee : std::uint8_t { OrderedDict, Tensor, Parameter };

std::optional<Callee> callee_of(std::string_view name) {
  static constexpr support::Word<Callee> kCallees[] = {{"collections.OrderedDict", Callee::OrderedDict},
                                                       {"torch._utils._rebuild_tensor", Callee::Tensor},
                                                       {"torch._utils._rebuild_tensor_v2", Callee::Tensor},
                                                       {"torch._utils._rebuild_parameter", Callee::Parameter}};
  return support::meaning_of(kCallees, name);
}

/// The dtype of a storage as a pickle names it, `torch.FloatStorage`; nullptr for anything else.
const types::DTypeRow* storage_dtype(std::string_view name) {
  constexpr std::string_view kModule = "torch.";
  return name.starts_with(kModule) ? types::find_dtype(&types::DTypeRow::storage, name.substr(kModule.size()))
                                   : nullptr;
}

class PickleReader {
 public:
  PickleReader(std::string_view bytes, std::size_t begin, const std::string& file) : at_(begin), file_(file) {
    tree_.bytes = bytes;
    small_.fill(kNone);
    shared_.fill(kNone);
  }

  Result<PickleTree> read() {
    while (!stopped_) {
      opcode_ = at_;
      if (at_ >= tree_.bytes.size()) return fail("the pickle ends too early: the file is cut off"), give();
      if (tree_.values.size() > kMostValues) return fail("more than 1,000,000 values, expected a state dict"), give();
      if (!step(static_cast<unsigned char>(tree_.bytes[at_++]))) return give();
    }
    if (stack_.size() != 1) return fail("the pickle ends with a stack that is not one value"), give();
    tree_.root = stack_[0];
    tree_.end = at_;
    return {std::move(tree_), {}};
  }

 private:
  Result<PickleTree> give() { return {{}, std::move(fault_)}; }

  bool fail(std::string_view why) {
    fault_ = file_fault(file_, fmt::format("byte {}{}: {}", opcode_, tensor_in_work(), why));
    return false;
  }
  /// The name before the call that is being put together, or on top of the stack; empty where there is none.
  std::string tensor_in_work() const {
    for (std::size_t i = stack_.size(); i-- > 1;)
      if (kind(stack_[i]) == Kind::Callee && kind(stack_[i - 1]) == Kind::Text)
        return fmt::format(", tensor `{}`", tree_.text(stack_[i - 1]));
    const bool named = !stack_.empty() && kind(stack_.back()) == Kind::Text;
    return named ? fmt::format(", tensor `{}`", tree_.text(stack_.back())) : std::string();
  }

  Kind kind(ValueId id) const { return tree_.values[id].kind; }
  std::int64_t number(ValueId id) const { return tree_.values[id].number; }

  bool take(std::size_t count, std::string_view& out) {
    if (count > tree_.bytes.size() - at_) return fail("the pickle ends too early: the file is cut off");
    out = tree_.bytes.substr(at_, count);
    at_ += count;
    return true;
  }
  bool take_number(std::size_t width, std::uint64_t& value) {
    std::string_view raw;
    if (!take(width, raw)) return false;
    value = 0;
    for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(raw[i]);
    return true;
  }

  ValueId made(Kind kind, std::int64_t number = 0, std::uint32_t size = 0) {
    tree_.values.push_back({kind, size, number});
    return static_cast<ValueId>(tree_.values.size() - 1);
  }
  bool push(Kind kind, std::int64_t number = 0, std::uint32_t size = 0) {
    stack_.push_back(made(kind, number, size));
    return true;
  }
  bool push_items(Kind kind, std::vector<ValueId> items = {}) {
    tree_.items.push_back(std::move(items));
    return push(kind, static_cast<std::int64_t>(tree_.items.size() - 1));
  }
  /// Values without parts are made once, so that a list of millions of them stays small.
  bool push_shared(ValueId& slot, Kind kind, std::int64_t number = 0) {
    if (slot == kNone) slot = made(kind, number);
    stack_.push_back(slot);
    return true;
  }
  bool push_int(std::int64_t value) {
    if (value >= 0 && value < static_cast<std::int64_t>(small_.size()))
      return push_shared(small_[static_cast<std::size_t>(value)], Kind::Int, value);
    return push(Kind::Int, value);
  }

  bool pop(ValueId& out) {
    if (stack_.empty() || kind(stack_.back()) == Kind::Mark) return fail("a value is missing on the stack");
    out = stack_.back();
    stack_.pop_back();
    return true;
  }
  bool pop_to_mark(std::vector<ValueId>& out) {
    std::size_t i = stack_.size();
    while (i > 0 && kind(stack_[i - 1]) != Kind::Mark) --i;
    if (i == 0) return fail("no mark on the stack");
    out.assign(stack_.begin() + static_cast<std::ptrdiff_t>(i), stack_.end());
    stack_.resize(i - 1);
    return true;
  }
  bool add_to(Kind kind_of_top, const std::vector<ValueId>& items) {
    if (stack_.empty() || kind(stack_.back()) != kind_of_top)
      return fail(kind_of_top == Kind::Dict ? "items are set on a value that is no dict"
                                            : "items are appended to a value that is no list");
    if (kind_of_top == Kind::Dict && items.size() % 2) return fail("a key without a value");
    std::vector<ValueId>& all = tree_.items[static_cast<std::size_t>(number(stack_.back()))];
    all.insert(all.end(), items.begin(), items.end());
    return true;
  }

  bool text(std::size_t width) {
    std::uint64_t size = 0;
    std::string_view raw;
    if (!take_number(width, size)) return false;
    const auto begin = static_cast<std::int64_t>(at_);
    return take(size, raw) && push(Kind::Text, begin, static_cast<std::uint32_t>(size));
  }
  bool tuple(std::size_t count) {
    std::vector<ValueId> items(count);
    for (std::size_t i = count; i-- > 0;)
      if (!pop(items[i])) return false;
    return push_items(Kind::Tuple, std::move(items));
  }
  bool global(std::string_view module, std::string_view name) {
    const std::string full = fmt::format("{}.{}", module, name);
    if (const types::DTypeRow* row = storage_dtype(full))
      return push(Kind::StorageType, static_cast<std::int64_t>(row->dtype));
    if (const auto callee = callee_of(full)) return push(Kind::Callee, static_cast<std::int64_t>(*callee));
    return fail(
        fmt::format("refers to `{}`, which a state dict does not need: it is refused and nothing was run", full));
  }
  bool memoize(std::uint64_t key) {
    if (stack_.empty()) return fail("a value is missing on the stack");
    if (key > kMostValues) return fail("a value is kept under a number beyond 1,000,000");
    if (key >= memo_.size()) memo_.resize(key + 1, kNone);
    memo_[key] = stack_.back();
    kept_ = std::max<std::uint64_t>(kept_, key + 1);
    return true;
  }
  bool recall(std::uint64_t key) {
    if (key >= memo_.size() || memo_[key] == kNone) return fail("refers to a value that was never kept");
    stack_.push_back(memo_[key]);
    return true;
  }

  bool step(unsigned char op) {
    std::uint64_t n = 0;
    std::string_view raw;
    std::vector<ValueId> items;
    ValueId a = 0, b = 0;
    switch (op) {
      case 0x80:
        return take(1, raw);
      case 0x95:
        return take(8, raw);
      case '(':
        return push_shared(shared_[0], Kind::Mark);
      case '}':
        return push_items(Kind::Dict);
      case ']':
        return push_items(Kind::List);
      case ')':
        return push_items(Kind::Tuple);
      case 'N':
        return push_shared(shared_[1], Kind::None);
      case 0x88:
        return push_shared(shared_[2], Kind::Bool, 1);
      case 0x89:
        return push_shared(shared_[3], Kind::Bool, 0);
      case 'G':
        return take(8, raw) && push_shared(shared_[4], Kind::Float);
      case 'J':
        return take_number(4, n) && push_int(static_cast<std::int32_t>(n));
      case 'K':
        return take_number(1, n) && push_int(static_cast<std::int64_t>(n));
      case 'M':
        return take_number(2, n) && push_int(static_cast<std::int64_t>(n));
      case 0x8a:
        return long_integer();
      case 'X':
      case 'B':
      case 'T':
        return text(4);
      case 0x8c:
      case 'C':
      case 'U':
        return text(1);
      case 'q':
        return take_number(1, n) && memoize(n);
      case 'r':
        return take_number(4, n) && memoize(n);
      case 0x94:
        return memoize(kept_);
      case 'h':
        return take_number(1, n) && recall(n);
      case 'j':
        return take_number(4, n) && recall(n);
      case 0x85:
        return tuple(1);
      case 0x86:
        return tuple(2);
      case 0x87:
        return tuple(3);
      case 't':
        return pop_to_mark(items) && push_items(Kind::Tuple, std::move(items));
      case 'c':
        return global_line();
      case 0x93:
        if (!pop(b) || !pop(a)) return false;
        if (kind(a) != Kind::Text || kind(b) != Kind::Text) return fail("a name that is no text");
        return global(tree_.text(a), tree_.text(b));
      case 'Q':
        return storage();
      case 'R':
        return reduce();
      case 'b':
        // What is set on an OrderedDict is its `_metadata`: versions of modules, no tensors.
        return pop(a) && (!stack_.empty() || fail("a value is missing on the stack"));
      case 's':
        return pop(b) && pop(a) && add_to(Kind::Dict, {a, b});
      case 'u':
        return pop_to_mark(items) && add_to(Kind::Dict, items);
      case 'a':
        return pop(a) && add_to(Kind::List, {a});
      case 'e':
        return pop_to_mark(items) && add_to(Kind::List, items);
      case '.':
        stopped_ = true;
        return true;
      default:
        return fail(fmt::format("opcode {:02x} does not occur in a state dict: it is refused", op));
    }
  }

  bool long_integer() {
    std::uint64_t size = 0;
    std::string_view raw;
    if (!take_number(1, size) || !take(size, raw)) return false;
    std::uint64_t value = 0;
    // Beyond 64 bits only the magic number of the old format occurs, and its value does not matter.
    for (std::size_t i = std::min<std::size_t>(size, 8); i-- > 0;)
      value = value << 8 | static_cast<unsigned char>(raw[i]);
    if (size > 0 && size < 8 && (raw[size - 1] & 0x80)) value |= ~std::uint64_t{0} << (8 * size);
    return push_int(static_cast<std::int64_t>(value));
  }

  bool global_line() {
    const std::string_view rest = tree_.bytes.substr(at_, kLongestName);
    const std::size_t first = rest.find('\n');
    const std::size_t second = first == std::string_view::npos ? first : rest.find('\n', first + 1);
    if (second == std::string_view::npos) return fail("a name is never ended");
    at_ += second + 1;
    return global(rest.substr(0, first), rest.substr(first + 1, second - first - 1));
  }

  bool storage() {
    ValueId id = 0;
    if (!pop(id)) return false;
    // ('storage', type, key, location, elements), before PyTorch 1.6 also a view of another storage.
    if (kind(id) != Kind::Tuple) return fail("a storage in an unknown form");
    const std::vector<ValueId>& parts = tree_.items_of(id);
    if (parts.size() < 5 || parts.size() > 6 || tree_.text(parts[0]) != "storage" || kind(parts[2]) != Kind::Text ||
        kind(parts[4]) != Kind::Int || number(parts[4]) < 0)
      return fail("a storage in an unknown form");
    if (kind(parts[1]) != Kind::StorageType) return fail("a storage of an unknown type");
    if (parts.size() == 6 && kind(parts[5]) != Kind::None) return fail("a storage that is a view of another one");
    const PickledStorage found{static_cast<types::DType>(number(parts[1])), tree_.text(parts[2]), number(parts[4])};
    const auto [known, fresh] = storage_index_.emplace(found.key, tree_.storages.size());
    if (fresh) tree_.storages.push_back(found);
    const PickledStorage& first = tree_.storages[known->second];
    if (first.dtype != found.dtype || first.elements != found.elements)
      return fail(fmt::format("storage `{}` is {} times {} here and {} times {} before", found.key, found.elements,
                              types::dtype_word(found.dtype), first.elements, types::dtype_word(first.dtype)));
    return push(Kind::Storage, static_cast<std::int64_t>(known->second));
  }

  bool sizes(ValueId id) {
    if (kind(id) != Kind::Tuple || tree_.items_of(id).size() > kMostRank)
      return fail("a shape that is no tuple of at most 64");
    for (const ValueId item : tree_.items_of(id))
      if (kind(item) != Kind::Int || number(item) < 0) return fail("a size or stride that is no integer of at least 0");
    return true;
  }

  bool reduce() {
    if (stack_.size() < 2 || kind(stack_[stack_.size() - 2]) != Kind::Callee || kind(stack_.back()) != Kind::Tuple)
      return fail("calls a value that is no name");
    const std::vector<ValueId>& args = tree_.items_of(stack_.back());
    const ValueId function = stack_[stack_.size() - 2];
    ValueId result = kNone;
    switch (static_cast<Callee>(number(function))) {
      case Callee::OrderedDict:
        if (!args.empty()) return fail("an OrderedDict with arguments");
        tree_.items.emplace_back();
        result = made(Kind::Dict, static_cast<std::int64_t>(tree_.items.size() - 1));
        break;
      case Callee::Parameter:
        if (args.empty() || kind(args[0]) != Kind::Tensor) return fail("a parameter that is no tensor");
        result = args[0];
        break;
      case Callee::Tensor:
        if (!tensor(args)) return false;
        result = made(Kind::Tensor, static_cast<std::int64_t>(tree_.tensors.size() - 1));
        break;
    }
    stack_.resize(stack_.size() - 2);
    stack_.push_back(result);
    return true;
  }

  bool tensor(const std::vector<ValueId>& args) {
    if (args.size() < 4 || kind(args[0]) != Kind::Storage || kind(args[1]) != Kind::Int || number(args[1]) < 0)
      return fail("a tensor in an unknown form");
    if (!sizes(args[2]) || !sizes(args[3])) return false;
    const std::vector<ValueId>&shape = tree_.items_of(args[2]), &strides = tree_.items_of(args[3]);
    if (shape.size() != strides.size()) return fail("a tensor whose shape and strides disagree");
    const auto storage = static_cast<std::size_t>(number(args[0]));
    __int128 last = number(args[1]);
    bool empty = false;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      empty = empty || number(shape[d]) == 0;
      last += static_cast<__int128>(number(shape[d]) - 1) * number(strides[d]);
    }
    const std::int64_t elements = tree_.storages[storage].elements;
    if (!empty && last >= elements) return fail(fmt::format("reaches beyond the {} elements of its storage", elements));
    tree_.tensors.push_back({at_, storage, number(args[1]), args[2], args[3]});
    return true;
  }

  PickleTree tree_;
  std::size_t at_, opcode_ = 0;
  const std::string& file_;
  Fault fault_;
  bool stopped_ = false;
  std::vector<ValueId> stack_, memo_;
  std::uint64_t kept_ = 0;  // the number that MEMOIZE takes next
  std::array<ValueId, 256> small_{};
  std::array<ValueId, 5> shared_{};  // mark, None, True, False, any float
  std::map<std::string_view, std::size_t> storage_index_;
};

}  // namespace

std::string_view PickleTree::text(ValueId id) const {
  const PickleValue& value = values[id];
  return value.kind == Kind::Text ? bytes.substr(static_cast<std::size_t>(value.number), value.size)
                                  : std::string_view{};
}

const std::vector<ValueId>& PickleTree::items_of(ValueId id) const {
  return items[static_cast<std::size_t>(values[id].number)];
}

const ValueId* PickleTree::find(ValueId id, std::string_view key) const {
  if (values[id].kind != Kind::Dict) return nullptr;
  const std::vector<ValueId>& all = items_of(id);
  for (std::size_t i = 0; i + 1 < all.size(); i += 2)
    if (values[all[i]].kind == Kind::Text && text(all[i]) == key) return &all[i + 1];
  return nullptr;
}

Result<PickleTree> read_pickle(std::string_view bytes, std::size_t begin, const std::string& file) {
  return PickleReader(bytes, begin, file).read();
}

}  // namespace modelc::formats
