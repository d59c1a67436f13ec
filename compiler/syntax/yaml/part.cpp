#include "syntax/yaml/part.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <map>
#include <memory>
#include <streambuf>
#include <unordered_map>

#include "syntax/yaml/layout.h"
#include "syntax/yaml/scalar.h"

namespace modelc::syntax {

namespace {

using ast::Node;
using ast::NodeKind;
using ast::NodePtr;
using support::Span;

/// Thrown out of an event once going on makes no sense; what there was to say is in the sink.
struct Abandoned {
  bool hopeless = false;  // a limit was passed: there is nothing to go on with
};

/// Reads a string in place; an istringstream would copy it.
class TextBuffer : public std::streambuf {
 public:
  explicit TextBuffer(const std::string& text) {
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const PatchedText& source, const Passage& passage, Faults& faults, const YamlLimits& limits)
      : source_(source),
        text_(source.text()),
        file_(passage.file),
        shift_(passage.shift),
        faults_(faults),
        limits_(limits) {}

  NodePtr root;

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    const std::size_t at = offset(mark);
    faults_.report(span(at, at + 3), diag::SecondDocument)
        .note(root ? root->span : Span{file_, shift_, shift_}, "the first document")
        .help("take the `---` away, or move what follows into a file of its own");
    throw Abandoned();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t at = skip_properties(text_, offset(mark));
    const std::string_view rest = text_.substr(std::min(at, text_.size()));
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (!rest.starts_with(word)) continue;
      const std::size_t after = at + word.size();
      const char next = after < text_.size() ? text_[after] : '\0';
      if (!is_space_or_end(next) && std::string_view(",]}:").find(next) == std::string_view::npos) continue;
      std::size_t q = after;
      while (q < text_.size() && is_blank(text_[q])) ++q;
      const bool is_key = q < text_.size() && text_[q] == ':';
      // Behind an empty value the next key may be `null` itself.
      if (is_key && !(awaits_key() || open_.empty())) continue;
      add_scalar(at, anchor, std::string(word));
      return;
    }
    auto node = std::make_shared<Node>();
    node->span = empty_place(offset(mark));
    count(node->span, 1);
    finish(std::move(node), anchor, node_end(offset(mark)), 1);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t at = offset(mark);
    std::size_t end = at + 1;
    while (end < text_.size() && !is_space_or_end(text_[end]) &&
           std::string_view(",[]{}").find(text_[end]) == std::string_view::npos)
      ++end;
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) {
      faults_.report(span(at, end), diag::CyclicAlias, text_.substr(at + 1, end - at - 1));
      throw Abandoned();
    }
    count(span(at, end), known->second.weight);
    if (open_.size() + known->second.height > limits_.depth) too_deep(span(at, end));
    place(known->second.node, span(at, end), end, known->second.height);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const std::size_t at = skip_properties(text_, offset(mark));
    check_tag(mark, tag);
    if (value.empty() && tag == "?") {
      auto node = std::make_shared<Node>();
      node->span = empty_place(offset(mark));
      count(node->span, 1);
      finish(std::move(node), anchor, node_end(offset(mark)), 1);
      return;
    }
    add_scalar(at, anchor, value);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, style, NodeKind::Sequence);
  }
  void OnSequenceEnd() override { close(']'); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, style, NodeKind::Mapping);
  }
  void OnMapEnd() override { close('}'); }

 private:
  struct Known {
    NodePtr node;
    std::size_t weight = 1;  // nodes once aliases are written out
    std::size_t height = 1;
  };
  struct Collection {
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor = 0;
    std::size_t begin = 0, end = 0;
    std::size_t counted = 0;  // expanded nodes before this one
    std::size_t height = 1;
    NodePtr key;
    Span key_place;
    bool drop = false;  // the value of a key that was refused
    std::unordered_map<std::string, std::size_t> seen;
    std::vector<std::pair<NodePtr, NodePtr>> merged;
    std::vector<Span> key_places;
  };

  static std::size_t offset(const YAML::Mark& mark) { return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos); }
  Span span(std::size_t begin, std::size_t end) const {
    return {file_, source_.original(begin) + shift_, source_.original(std::max(begin, end)) + shift_};
  }
  bool awaits_key() const { return !open_.empty() && open_.back().node->is_mapping() && !open_.back().key; }

  [[noreturn]] void too_deep(Span place) {
    faults_.report(place, diag::TooDeep, limits_.depth);
    throw Abandoned{true};
  }

  void count(Span place, std::size_t nodes) {
    counted_ += nodes;
    if (counted_ <= limits_.nodes) return;
    faults_.report(place, diag::TooManyNodes, limits_.nodes);
    throw Abandoned{true};
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    const std::size_t at = offset(mark);
    std::size_t end = at;
    while (end < text_.size() && !is_space_or_end(text_[end])) ++end;
    faults_.report(span(at, end), diag::YamlTag, text_.substr(at, end - at));
    throw Abandoned();
  }

  /// Where an empty value stands: its key, or the `-` before it.
  Span empty_place(std::size_t at) const {
    if (!open_.empty() && open_.back().key) return open_.back().key_place;
    std::size_t p = std::min(at, text_.size());
    if (awaits_key()) return span(p, std::min(p + 1, text_.size()));
    while (p > 0 && is_space_or_end(text_[p - 1])) --p;
    return p == 0 ? span(0, 0) : span(p - 1, p);
  }
  std::size_t node_end(std::size_t at) const { return open_.empty() ? at : open_.back().end; }

  void add_scalar(std::size_t at, YAML::anchor_t anchor, std::string value) {
    auto node = std::make_shared<Node>();
    node->kind = NodeKind::Scalar;
    ScalarPlace found = place_scalar(text_, at, value);
    // Quotes that a correction put in are not the user's.
    node->style =
        source_.inserted(at) && found.style != ast::ScalarStyle::Literal ? ast::ScalarStyle::Plain : found.style;
    node->refused = source_.inserted(at);
    node->span = span(at, found.end);
    node->text = std::move(value);
    node->offsets.reserve(found.offsets.size());
    for (const std::size_t o : found.offsets) node->offsets.push_back(source_.original(o) + shift_);
    count(node->span, 1);
    finish(std::move(node), anchor, found.end, 1);
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style,
            NodeKind kind) {
    check_tag(mark, tag);
    Collection collection;
    collection.node = std::make_shared<Node>();
    collection.node->kind = kind;
    collection.node->flow = style == YAML::EmitterStyle::Flow;
    collection.anchor = anchor;
    collection.begin = collection.end = skip_properties(text_, offset(mark));
    collection.counted = counted_;
    if (open_.size() >= limits_.depth) too_deep(span(collection.begin, collection.begin + 1));
    count(span(collection.begin, collection.begin + 1), 1);
    open_.push_back(std::move(collection));
  }

  void close(char bracket) {
    Collection collection = std::move(open_.back());
    open_.pop_back();
    Node& node = *collection.node;
    if (node.flow && collection.begin < text_.size() &&
        (text_[collection.begin] == '[' || text_[collection.begin] == '{')) {
      std::size_t p = std::max(collection.end, collection.begin + 1);
      while (true) {
        p = skip_space(text_, p);
        if (p >= text_.size() || (text_[p] != ',' && text_[p] != ':')) break;
        ++p;
      }
      if (p < text_.size() && text_[p] == bracket) collection.end = p + 1;
    } else if (!node.items.empty() || !node.entries.empty()) {
      const Span first = !node.items.empty() ? node.items.front()->span : collection.key_places.front();
      node.span = {file_, first.begin, 0};
    }
    const std::uint32_t end = source_.original(collection.end) + shift_;
    if (node.span.valid() && node.span.begin < end) node.span.end = end;
    else node.span = span(collection.begin, collection.end);
    if (!collection.merged.empty()) merge(collection);
    const std::size_t weight = counted_ - collection.counted;
    finish_weighted(std::move(collection.node), collection.anchor, collection.end, collection.height, weight);
  }

  /// What is merged stands first; an own entry takes the place of a merged one of its name.
  void merge(Collection& collection) {
    std::vector<std::pair<NodePtr, NodePtr>> entries = std::move(collection.merged);
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < entries.size(); ++i) places.emplace(entries[i].first->text, i);
    for (auto& own : collection.node->entries) {
      const auto merged = places.find(own.first->text);
      if (merged != places.end()) entries[merged->second] = std::move(own);
      else entries.push_back(std::move(own));
    }
    collection.node->entries = std::move(entries);
  }

  void take_merge(Collection& collection, const NodePtr& value, Span place) {
    const auto refuse = [&](const char* what) {
      faults_.report(place, diag::BadMerge, what).help("write `<<: *anchor` or `<<: [*a, *b]`");
    };
    std::vector<NodePtr> sources;
    if (value->is_mapping()) sources = {value};
    else if (value->is_sequence()) sources = value->items;
    else if (value->refused) return;
    else return refuse(value->is_null() ? "nothing" : "a scalar");
    std::unordered_map<std::string, bool> have;
    for (const auto& entry : collection.merged) have.emplace(entry.first->text, true);
    for (const NodePtr& mapping : sources) {
      if (!mapping->is_mapping()) return refuse("a list that holds more than mappings");
      count(place, mapping->entries.size());
      for (const auto& entry : mapping->entries) {
        if (have.emplace(entry.first->text, true).second) collection.merged.push_back(entry);
      }
    }
  }

  void finish(std::shared_ptr<Node> node, YAML::anchor_t anchor, std::size_t end, std::size_t height) {
    finish_weighted(std::move(node), anchor, end, height, 1);
  }

  void finish_weighted(std::shared_ptr<Node> node, YAML::anchor_t anchor, std::size_t end, std::size_t height,
                       std::size_t weight) {
    NodePtr done = std::move(node);
    if (anchor != 0) anchors_[anchor] = {done, weight, height};
    place(done, done->span, end, height);
  }

  /// Puts a finished node where it stands; `at` is its use, which for an alias is not where it was written.
  void place(const NodePtr& node, Span at, std::size_t end, std::size_t height) {
    if (open_.empty()) {
      root = node;
      return;
    }
    Collection& collection = open_.back();
    collection.end = std::max(collection.end, end);
    collection.height = std::max(collection.height, height + 1);
    if (collection.node->is_sequence()) {
      collection.node->items.push_back(node);
      return;
    }
    if (!collection.key) {
      take_key(collection, node, at);
      return;
    }
    const NodePtr key = std::move(collection.key);
    collection.key = nullptr;
    if (collection.drop) return;
    if (key->text == "<<" && key->style == ast::ScalarStyle::Plain) {
      take_merge(collection, node, at);
      return;
    }
    collection.node->entries.emplace_back(key, node);
    collection.key_places.push_back(collection.key_place);
  }

  void take_key(Collection& collection, const NodePtr& node, Span at) {
    collection.key = node;
    collection.key_place = at;
    collection.drop = !node->is_scalar();
    if (collection.drop) {
      const char* what = node->is_null() ? "nothing" : node->is_sequence() ? "a list" : "a mapping";
      faults_.report(at, diag::KeyNotScalar, what)
          .help(node->is_null() ? "write the key before the `:`"
                : node->is_sequence()
                    ? "several names stand without brackets, `a, b: …`; quote it if it is meant as text"
                    : "quote it if it is meant as text");
      return;
    }
    const auto [first, fresh] = collection.seen.emplace(node->text, places_.size());
    if (fresh) {
      places_.push_back(at);
      return;
    }
    collection.drop = true;
    if (++duplicates_ > diagnostics::Sink::kMost) throw Abandoned{true};
    auto report = faults_.report(at, diag::DuplicateKey, node->text);
    report.note(places_[first->second], "it stands here first");
    if (node->text == "<<") report.help("merge several mappings with a list: `<<: [*a, *b]`");
    else
      report.help("delete one of the two; names that are bound again go in a list of entries, `- " + node->text +
                  ": …`");
  }

  const PatchedText& source_;
  std::string_view text_;
  support::FileId file_;
  std::uint32_t shift_;
  Faults& faults_;
  const YamlLimits& limits_;
  std::vector<Collection> open_;
  std::map<YAML::anchor_t, Known> anchors_;
  std::vector<Span> places_;
  std::size_t counted_ = 0;
  std::size_t duplicates_ = 0;
  int documents_ = 0;
};

}  // namespace

Part read_part(const Passage& passage, Faults& faults, const YamlLimits& limits) {
  Layout layout = check_layout(passage, faults, limits);
  if (!layout.readable) return {nullptr, false, layout.hopeless};
  PatchedText source(passage.text, std::move(layout.patches));
  source.mend_breaks();
  TreeBuilder builder(source, passage, faults, limits);
  TextBuffer buffer(source.text());
  std::istream in(&buffer);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Abandoned& why) {
    return {builder.root, false, why.hopeless};
  } catch (const YAML::Exception& fault) {
    const std::size_t at = fault.mark.pos < 0 ? 0 : static_cast<std::size_t>(fault.mark.pos);
    explain_fault(passage, source.original(at), fault.msg, layout.suspects, faults);
    return {};
  } catch (const std::exception& fault) {
    explain_fault(passage, 0, fault.what(), layout.suspects, faults);
    return {nullptr, false, true};
  }
  for (const Suspect& suspect : layout.suspects) {
    // yaml-cpp takes a word without a colon for a key without a value.
    if (suspect.kind != Suspicion::MissingColon) continue;
    explain_fault(passage, suspect.place.end, "", {suspect}, faults);
    return {};
  }
  return {builder.root, true, false};
}

}  // namespace modelc::syntax
