// What the parts of the description parser share: the reader that holds the sink, and names, texts and expressions as
// values of keys. One source file for each group of keys. Resolves nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ast/description.h"
#include "catalogue/keys.h"
#include "diagnostics/sink.h"
#include "syntax/expression/expression.h"

namespace modelc::syntax {

using ast::Block;
using ast::ExprPtr;
using ast::Item;
using ast::ItemKind;
using ast::Name;
using ast::Node;
using ast::NodePtr;

enum class ControlWord { None, For, If, Elif, Else };
/// A key that is static control flow; one with `${…}` is always a name.
ControlWord control_word(std::string_view key);

/// The value of a key; nullptr where the mapping does not have it.
const Node* find(const Node& mapping, catalogue::KeyId id);

/// What a kind of YAML node is called in a message: "a list", "a mapping", "nothing", "the text `…`".
std::string node_words(const Node& node);
/// `null`, `~` or nothing.
bool is_nothing(const Node& node);
/// `null` or `~`, written out.
bool is_written_null(const Node& node);

/// How a block of T is read: what an entry with a name makes, what one without (null: names are needed), and which
/// mappings are one item.
template <class T>
struct BlockRules {
  std::string_view key;  // for messages
  std::function<void(const NodePtr& key, const NodePtr& value, Block<T>& out)> entry;
  std::function<void(const NodePtr& item, Block<T>& out)> item;
  std::function<bool(const Node& mapping)> one_item;
  bool one_name_each = false;  // a list item holds at most one `name: definition`
  bool keeps_lost = false;     // the name of an entry whose value could not be read holds; its value is a Hole
};

using ast::hole;

class Reader {
 public:
  Reader(diagnostics::Sink& sink, std::string path);

  // --- the whole (description.cpp)
  ast::DescriptionPtr document(const NodePtr& root, bool to_be_extended);
  /// A key was refused. What is no more than an expression that cannot be read leaves a Hole.
  bool faulty() const { return faulty_; }
  ast::ComponentPtr component(const NodePtr& node, const std::string& name, support::Span name_span);

  // --- static control flow around keys (key_flow.cpp)
  /// The mapping with every `for` and `if` around its keys moved into their values.
  NodePtr with_flow_inside(const NodePtr& mapping);

  // --- values (description_values.cpp)
  Name name(const NodePtr& key);
  bool check_name(const Name& name);
  bool check_module_name(const Name& name);
  /// The text of a scalar; reports and returns nullopt for anything else.
  std::optional<std::string> text(const NodePtr& node, std::string_view key, std::string_view expected);
  /// The same, or several under conditions.
  void texts(const NodePtr& node, std::string_view key, std::string_view expected, Block<Name>& out);
  ExprPtr expression(const NodePtr& node, std::string_view key);
  /// A YAML list as a List expression; `for` and `if` in it become comprehensions and conditionals.
  ExprPtr list_expression(const NodePtr& node, std::string_view key, bool raw);
  /// A value whose declared type decides later: Raw, a list of such, or a long form.
  ExprPtr raw_value(const NodePtr& node, std::string_view key);
  ExprPtr long_form(const NodePtr& node);
  ExprPtr long_form_head(const NodePtr& value);
  void wrong(const NodePtr& node, std::string_view key, std::string_view expected, std::string_view help = {});

  // --- groups of keys
  void modules(const NodePtr& node, std::string_view key, Block<ast::ModuleDef>& out, bool names_needed);
  std::optional<ast::ModuleDef> module(const NodePtr& node);
  ast::ModuleDef module_or_hole(const NodePtr& node);
  void params(const NodePtr& node, Block<ast::Declaration>& out);
  void inputs(const NodePtr& node, std::string_view key, Block<ast::Declaration>& out);
  void tensors(const NodePtr& node, std::string_view key, Block<ast::Declaration>& out);
  void defines(const NodePtr& node, Block<ast::Definition>& out);
  /// The names of a key that takes a value apart, `y, (h, c)`, within [from, end) of its text; false after reporting.
  bool targets(const Node& key, std::size_t from, std::size_t end, std::vector<Name>& names, ast::Nesting& nesting,
               int depth = 0);
  void bindings(const NodePtr& node, std::string_view key, Block<ast::Binding>& out, bool nested);
  void outputs(const NodePtr& node, ast::Component& out);
  void path_entries(const NodePtr& node, const catalogue::Key& key, std::vector<ast::PathEntry>& out);
  void weights(const NodePtr& node, ast::Component& out);
  void edits(const NodePtr& node, const catalogue::Key& declared, ast::EditKind kind, const ast::ComponentPtr& out);
  void imports(const NodePtr& node, ast::Component& out);
  void components(const NodePtr& node, ast::Component& out);
  void where(const NodePtr& node, ast::Component& out);
  void variants(const NodePtr& node, ast::Description& out);
  ast::SettingPtr setting(const NodePtr& node);
  void data(const NodePtr& node, ast::Description& out);

  // --- blocks (description_blocks.h)
  template <class T>
  void block(const NodePtr& node, const BlockRules<T>& rules, Block<T>& out);
  template <class T>
  void mapping(const NodePtr& node, const BlockRules<T>& rules, Block<T>& out);
  template <class T>
  void list_item(const NodePtr& node, const BlockRules<T>& rules, Block<T>& out);
  template <class T>
  void body(const NodePtr& key, const NodePtr& node, const BlockRules<T>& rules, Block<T>& out);
  /// A flat list of a block's entries, each told to `take` with the loops and conditions around it.
  template <class T>
  void flatten(const Block<T>& block, std::vector<ast::Guard>& guards,
               const std::function<void(const Item<T>&, const std::vector<ast::Guard>&)>& take);

  /// Reports a key that `place` does not have.
  void unknown_key(const NodePtr& key, std::string_view where, catalogue::Place place);

 private:
  std::vector<std::pair<NodePtr, NodePtr>> guarded_keys(const NodePtr& head, const NodePtr& body);
  /// False after reporting a key that no condition may stand around.
  bool may_be_guarded(const NodePtr& key);
  /// Reads the value of a key that documents and components share.
  void shared_key(const catalogue::Key& key, const NodePtr& node, const ast::ComponentPtr& out);
  void document_key(const catalogue::Key& key, const NodePtr& key_node, const NodePtr& node, ast::Description& out);
  bool weights_entry(const NodePtr& node, ast::WeightsEntry& made);
  void check_body(const ast::Component& c, const Node& node, std::string_view what);
  /// Whether the value of a key could not be read, and nothing more is said of it: the body it would be is a Hole.
  bool lost_key(const catalogue::Key& key, const Node& value, ast::Component& out);
  /// Whether a node could not be read at all, which was reported.
  bool passes_over(const Node& node);
  std::optional<ast::ExprPtr> condition(const NodePtr& key, std::size_t skip);

  /// Reports what is wrong with a key or its value.
  template <diagnostics::TypedRow R, class... Args>
  diagnostics::Report refuse(support::Span span, const R& row, Args&&... args) {
    faulty_ = faulty_ || R::row.severity == diagnostics::Severity::Error;
    return sink_.report(span, row, std::forward<Args>(args)...);
  }

  diagnostics::Sink& sink_;
  bool faulty_ = false;
  std::string path_;
  std::string folder_;
  bool misspelt_ = false;  // some key was unknown or could not be read: what is missing may be that
  bool has_base_ = false;  // `extends` or `model`: null deletes, a value's type may be inherited
};

}  // namespace modelc::syntax
