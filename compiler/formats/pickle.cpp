#include "formats/pickle.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "formats/file_bytes.h"
#include "support/words.h"
#include "types/dtype.h"

namespace modelc::formats {
namespace {

using types::DType;

// Children are indices into one arena, so that a deeply nested pickle is freed without recursion.
using Ref = std::uint32_t;
enum class Kind { Mark, None, Bool, Int, Float, Text, Tuple, List, Dict, Global, Storage, Tensor };
struct Value {
  Kind kind = Kind::None;
  std::int64_t number = 0;  // Storage, Tensor: index into the reader's list
  std::string text;         // Text; Global: `module name`
  std::vector<Ref> items;   // Dict: key, value, key, value …
};

constexpr std::size_t kMostValues = 20'000'000;

/// The dtype of a storage as a pickle names it, `torch FloatStorage`; nullptr for anything else.
const types::DTypeRow* storage_dtype(std::string_view name) {
  constexpr std::string_view kModule = "torch ";
  return name.starts_with(kModule) ? types::find_dtype(&types::DTypeRow::storage, name.substr(kModule.size()))
                                   : nullptr;
}

/// What a pickle may call.
enum class Callee { OrderedDict, Tensor, Parameter };

std::optional<Callee> callee_of(std::string_view name) {
  static constexpr support::Word<Callee> kCallees[] = {{"collections OrderedDict", Callee::OrderedDict},
                                                       {"torch._utils _rebuild_tensor_v2", Callee::Tensor},
                                                       {"torch._utils _rebuild_parameter", Callee::Parameter}};
  return support::meaning_of(kCallees, name);
}

bool allowed(std::string_view name) { return storage_dtype(name) || callee_of(name); }

class PickleReader {
 public:
  PickleReader(std::string_view bytes, std::size_t begin, const std::string& file)
      : bytes_(bytes), at_(begin), file_(file) {}

  Result<Pickled> read() {
    while (!stopped_) {
      if (at_ >= bytes_.size()) {
        fail("the pickle ends too early: the file is cut off");
        return {{}, fault_};
      }
      if (values_.size() > kMostValues) {
        fail("more values than a state dict can have");
        return {{}, fault_};
      }
      if (!step(static_cast<unsigned char>(bytes_[at_++]))) return {{}, fault_};
    }
    if (stack_.size() != 1) {
      fail("the pickle ends with a stack that is not one value");
      return {{}, fault_};
    }
    return collect(stack_[0]);
  }

 private:
  bool fail(std::string why) {
    fault_ = file_fault(file_, fmt::format("byte {}: {}", at_, why));
    return false;
  }

  bool take(std::size_t count, std::string_view& out) {
    if (count > bytes_.size() - at_) return fail("the pickle ends too early: the file is cut off");
    out = bytes_.substr(at_, count);
    at_ += count;
    return true;
  }
  bool number(std::size_t width, std::uint64_t& value) {
    std::string_view raw;
    if (!take(width, raw)) return false;
    value = 0;
    for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(raw[i]);
    return true;
  }

  bool push(Kind kind, std::int64_t n = 0, std::string text = {}, std::vector<Ref> items = {}) {
    values_.push_back({kind, n, std::move(text), std::move(items)});
    stack_.push_back(static_cast<Ref>(values_.size() - 1));
    return true;
  }
  bool pop(Ref& out) {
    if (stack_.empty() || values_[stack_.back()].kind == Kind::Mark) return fail("a value is missing on the stack");
    out = stack_.back();
    stack_.pop_back();
    return true;
  }
  bool pop_to_mark(std::vector<Ref>& out) {
    std::size_t i = stack_.size();
    while (i > 0 && values_[stack_[i - 1]].kind != Kind::Mark) --i;
    if (i == 0) return fail("no mark on the stack");
    out.assign(stack_.begin() + static_cast<std::ptrdiff_t>(i), stack_.end());
    stack_.resize(i - 1);
    return true;
  }
  bool top_is(Kind kind) {
    if (!stack_.empty() && values_[stack_.back()].kind == kind) return true;
    return fail(kind == Kind::Dict ? "items are set on a value that is no dict"
                                   : "items are appended to a value that is no list");
  }

  bool text(std::size_t width) {
    std::uint64_t size = 0;
    std::string_view raw;
    return number(width, size) && take(size, raw) && push(Kind::Text, 0, std::string(raw));
  }
  bool tuple(std::size_t count) {
    std::vector<Ref> items(count);
    for (std::size_t i = count; i-- > 0;)
      if (!pop(items[i])) return false;
    return push(Kind::Tuple, 0, {}, std::move(items));
  }
  bool global(std::string name) {
    if (!allowed(name)) {
      name[name.find(' ')] = '.';
      return fail(
          fmt::format("refers to `{}`, which a state dict does not need: it is refused and nothing was run", name));
    }
    return push(Kind::Global, 0, std::move(name));
  }
  bool memoize(std::uint64_t key) {
    if (stack_.empty()) return fail("a value is missing on the stack");
    memo_[key] = stack_.back();
    return true;
  }
  bool recall(std::uint64_t key) {
    const auto it = memo_.find(key);
    if (it == memo_.end()) return fail("refers to a value that was never kept");
    stack_.push_back(it->second);
    return true;
  }

  bool step(unsigned char op) {
    std::uint64_t n = 0;
    std::string_view raw;
    std::vector<Ref> items;
    Ref a = 0, b = 0;
    switch (op) {
      case 0x80:
        return take(1, raw);
      case 0x95:
        return take(8, raw);
      case '(':
        return push(Kind::Mark);
      case '}':
        return push(Kind::Dict);
      case ']':
        return push(Kind::List);
      case ')':
        return push(Kind::Tuple);
      case 'N':
        return push(Kind::None);
      case 0x88:
        return push(Kind::Bool, 1);
      case 0x89:
        return push(Kind::Bool, 0);
      case 'J':
        return number(4, n) && push(Kind::Int, static_cast<std::int32_t>(n));
      case 'K':
        return number(1, n) && push(Kind::Int, static_cast<std::int64_t>(n));
      case 'M':
        return number(2, n) && push(Kind::Int, static_cast<std::int64_t>(n));
      case 0x8a:
        return long_integer();
      case 'G':
        return take(8, raw) && push(Kind::Float);
      case 'X':
      case 'B':
      case 'T':
        return text(4);
      case 0x8c:
      case 'C':
      case 'U':
        return text(1);
      case 'q':
        return number(1, n) && memoize(n);
      case 'r':
        return number(4, n) && memoize(n);
      case 0x94:
        return memoize(memo_.size());
      case 'h':
        return number(1, n) && recall(n);
      case 'j':
        return number(4, n) && recall(n);
      case 0x85:
        return tuple(1);
      case 0x86:
        return tuple(2);
      case 0x87:
        return tuple(3);
      case 't':
        return pop_to_mark(items) && push(Kind::Tuple, 0, {}, std::move(items));
      case 'c':
        return global_line();
      case 0x93:
        if (!pop(b) || !pop(a)) return false;
        if (values_[a].kind != Kind::Text || values_[b].kind != Kind::Text) return fail("a name that is no text");
        return global(values_[a].text + " " + values_[b].text);
      case 'Q':
        return storage();
      case 'R':
        return reduce();
      case 'b':
        return pop(a) && (!stack_.empty() || fail("a value is missing on the stack"));
      case 's':
        if (!pop(b) || !pop(a) || !top_is(Kind::Dict)) return false;
        values_[stack_.back()].items.insert(values_[stack_.back()].items.end(), {a, b});
        return true;
      case 'u':
        if (!pop_to_mark(items) || !top_is(Kind::Dict)) return false;
        if (items.size() % 2) return fail("a key without a value");
        values_[stack_.back()].items.insert(values_[stack_.back()].items.end(), items.begin(), items.end());
        return true;
      case 'a':
        if (!pop(a) || !top_is(Kind::List)) return false;
        values_[stack_.back()].items.push_back(a);
        return true;
      case 'e':
        if (!pop_to_mark(items) || !top_is(Kind::List)) return false;
        values_[stack_.back()].items.insert(values_[stack_.back()].items.end(), items.begin(), items.end());
        return true;
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
    if (!number(1, size) || !take(size, raw)) return false;
    std::uint64_t value = 0;
    // Beyond 64 bits only the magic number of the old format occurs, and its value does not matter.
    for (std::size_t i = std::min<std::size_t>(size, 8); i-- > 0;)
      value = value << 8 | static_cast<unsigned char>(raw[i]);
    if (size > 0 && size < 8 && (raw[size - 1] & 0x80)) value |= ~std::uint64_t{0} << (8 * size);
    return push(Kind::Int, static_cast<std::int64_t>(value));
  }

  bool global_line() {
    const std::size_t first = bytes_.find('\n', at_);
    const std::size_t second = first == std::string_view::npos ? first : bytes_.find('\n', first + 1);
    if (second == std::string_view::npos || second - at_ > 1000) return fail("a name is never ended");
    std::string name(bytes_.substr(at_, first - at_));
    name += ' ';
    name += bytes_.substr(first + 1, second - first - 1);
    at_ = second + 1;
    return global(std::move(name));
  }

  bool storage() {
    Ref id = 0;
    if (!pop(id)) return false;
    const std::vector<Ref>& parts = values_[id].items;
    if (values_[id].kind != Kind::Tuple || parts.size() < 5 || values_[parts[0]].text != "storage" ||
        values_[parts[1]].kind != Kind::Global || values_[parts[2]].kind != Kind::Text ||
        values_[parts[4]].kind != Kind::Int || values_[parts[4]].number < 0)
      return fail("a storage in an unknown form");
    PickledStorage found;
    const types::DTypeRow* known = storage_dtype(values_[parts[1]].text);
    if (!known) return fail("a storage of an unknown type");
    found.dtype = known->dtype;
    found.key = values_[parts[2]].text;
    found.elements = values_[parts[4]].number;
    storages_.push_back(std::move(found));
    return push(Kind::Storage, static_cast<std::int64_t>(storages_.size()) - 1);
  }

  bool integers(Ref ref, std::vector<std::int64_t>& out) {
    if (values_[ref].kind != Kind::Tuple || values_[ref].items.size() > 64)
      return fail("a shape that is no tuple of at most 64");
    for (Ref item : values_[ref].items) {
      if (values_[item].kind != Kind::Int || values_[item].number < 0)
        return fail("a size or stride that is no integer of at least 0");
      out.push_back(values_[item].number);
    }
    return true;
  }

  bool reduce() {
    Ref arguments = 0, function = 0;
    if (!pop(arguments) || !pop(function)) return false;
    if (values_[function].kind != Kind::Global || values_[arguments].kind != Kind::Tuple)
      return fail("calls a value that is no name");
    const auto callee = callee_of(values_[function].text);
    const std::vector<Ref>& args = values_[arguments].items;
    if (callee == Callee::OrderedDict) return args.empty() ? push(Kind::Dict) : fail("an OrderedDict with arguments");
    if (callee == Callee::Parameter) {
      if (args.empty() || values_[args[0]].kind != Kind::Tensor) return fail("a parameter that is no tensor");
      stack_.push_back(args[0]);
      return true;
    }
    if (callee != Callee::Tensor) return fail("calls a storage type");
    if (args.size() < 4 || values_[args[0]].kind != Kind::Storage || values_[args[1]].kind != Kind::Int)
      return fail("a tensor in an unknown form");
    PickledTensor tensor;
    tensor.storage = storages_[static_cast<std::size_t>(values_[args[0]].number)];
    tensor.offset = values_[args[1]].number;
    if (!integers(args[2], tensor.shape) || !integers(args[3], tensor.strides)) return false;
    if (tensor.offset < 0 || tensor.shape.size() != tensor.strides.size())
      return fail("a tensor whose shape and strides disagree");
    __int128 last = tensor.offset;
    bool empty = false;
    for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
      empty = empty || tensor.shape[d] == 0;
      last += static_cast<__int128>(tensor.shape[d] - 1) * tensor.strides[d];
    }
    if (!empty && last >= tensor.storage.elements) return fail("a tensor that reaches beyond its storage");
    tensors_.push_back(std::move(tensor));
    return push(Kind::Tensor, static_cast<std::int64_t>(tensors_.size()) - 1);
  }

  std::size_t count_tensors(const Value& dict) const {
    std::size_t count = 0;
    for (std::size_t i = 1; i < dict.items.size(); i += 2) count += values_[dict.items[i]].kind == Kind::Tensor;
    return count;
  }

  Result<Pickled> collect(Ref root) {
    Pickled out;
    out.end = at_;
    if (values_[root].kind == Kind::List)
      for (Ref item : values_[root].items) out.strings.push_back(values_[item].text);
    if (values_[root].kind != Kind::Dict) return {std::move(out), {}};
    out.is_dict = true;
    const Value* dict = &values_[root];
    // Training scripts wrap the state dict; these are the names they give it.
    if (count_tensors(*dict) == 0)
      for (std::string_view name : {"state_dict", "model_state_dict", "model", "net", "module"}) {
        bool found = false;
        for (std::size_t i = 0; i + 1 < dict->items.size() && !found; i += 2)
          if (values_[dict->items[i]].text == name && values_[dict->items[i + 1]].kind == Kind::Dict) {
            dict = &values_[dict->items[i + 1]];
            found = true;
          }
        if (found) break;
      }
    std::set<std::string_view> names;
    for (std::size_t i = 0; i + 1 < dict->items.size(); i += 2) {
      const Value &key = values_[dict->items[i]], &value = values_[dict->items[i + 1]];
      if (value.kind != Kind::Tensor) continue;
      if (key.kind != Kind::Text || !names.insert(key.text).second) {
        fail("a tensor whose name is no text, or stands twice");
        return {{}, fault_};
      }
      PickledTensor tensor = tensors_[static_cast<std::size_t>(value.number)];
      tensor.name = key.text;
      out.tensors.push_back(std::move(tensor));
    }
    return {std::move(out), {}};
  }

  std::string_view bytes_;
  std::size_t at_;
  const std::string& file_;
  Fault fault_;
  bool stopped_ = false;
  std::vector<Value> values_;
  std::vector<Ref> stack_;
  std::map<std::uint64_t, Ref> memo_;
  std::vector<PickledStorage> storages_;
  std::vector<PickledTensor> tensors_;
};

}  // namespace

Result<Pickled> read_pickle(std::string_view bytes, std::size_t begin, const std::string& file) {
  return PickleReader(bytes, begin, file).read();
}

}  // namespace modelc::formats
