// The state of one elaboration and its steps, by file: evaluate (expressions), functions (static functions),
// definitions (what stands under `modules`), instances (the module tree, edits), calls (operators and components),
// bind (arguments and input types), forward (bindings, static control flow), tensors (declared parameters and buffers),
// program (graphs, outputs, loss), finish (freeze, tie, lints). Internal to this folder.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "elaborate/elaborate.h"
#include "elaborate/value.h"

namespace modelc::elaborate {

using diagnostics::Sink;

inline constexpr InstanceId kNoInstance = 0xFFFFFFFF;
inline constexpr int kDepthLimit = 200;  // of components within components, and of expressions
inline constexpr std::size_t kUnrollLimit = 200000;
inline constexpr int kExpressionDepthLimit = 1200;    // of expressions within expressions, through calls too
inline constexpr std::size_t kStepLimit = 5'000'000;  // expressions evaluated for one description
inline constexpr std::size_t kInstanceLimit = 100000;

/// What a level's names mean that do not change from call to call: params, defines, components, imports.
struct Level {
  std::shared_ptr<const ast::Component> component;
  const ast::Description* file = nullptr;
  LevelPtr parent;                       // the enclosing level of the same file
  Loops outer_loops;                     // loop variables around the declaration
  std::vector<GivenArgument> arguments;  // as given by the instantiation
  std::string variant;
  Span made_at;                  // where it was instantiated
  bool symbols_missing = false;  // an input whose type is faulty would bind some
  bool incomplete = false;       // names are missing from it for a fault already reported
  struct Param {
    const ast::Item<ast::Declaration>* item = nullptr;
    std::optional<GivenArgument> given;
    std::optional<Value> value;
    bool evaluating = false;
  };
  std::map<std::string, Param> params;
  std::vector<std::string> param_order;
  struct Define {
    const ast::Definition* definition = nullptr;
    Loops loops;
    std::optional<Value> value;
    bool evaluating = false;
  };
  std::map<std::string, Define> defines;
  /// Symbols that static values read, with what they meant then: a later call must agree.
  std::map<std::string, Dim> symbols_read;
  std::map<std::string, LevelPtr> import_levels;      // documents whose components are imported
  struct Frame* active = nullptr;                     // of the call in progress, for defaults that read symbols
  std::map<std::string, DefinitionPtr> signature_of;  // module params with a signature
};

/// What changes from call to call.
struct Frame {
  std::map<std::string, Dim> symbols;
  std::map<std::string, Value> bindings;  // inputs and bindings
  std::map<std::string, Span> untaken;    // names that only an untaken branch binds
  std::set<std::string> own_inputs;
  InstanceId instance = 0;
  std::size_t began = 0;  // taps of this evaluation are not older
  bool loss = false;      // loss and metrics: targets and outputs are visible
  std::map<std::string, Value> outputs, targets;
  std::set<std::string> ambiguous;  // names that are both: `outputs.x`, `targets.x` say which
};

/// Where an expression is evaluated.
struct Scope {
  LevelPtr level;
  Frame* frame = nullptr;  // null: no call in progress
  Loops loops;
  bool is_static = false;  // sees no bindings, inputs, tensors, children
  bool tensors_allowed = true;
  bool feed = false;  // a recipe's feed: its functions go before torch's

  Scope with_loop(std::string name, Value value) const;
  Scope as_static() const {
    Scope s = *this;
    s.is_static = true;
    return s;
  }
};

/// A module of the tree while it is being made.
struct Instance {
  ir::ModuleId module = ir::kNone;
  DefinitionPtr definition;
  LevelPtr level;  // Component
  std::vector<std::pair<std::string, InstanceId>> children;
  bool built = false;   // children and tensors exist
  bool broken = false;  // its definition was faulty; calls are poison
  Span first_call;
  std::string first_call_types;
  std::map<std::string, std::pair<Dim, Span>> inferred;
  std::vector<types::Constant> arguments;  // Operator: one per Op::args, inferred ones filled at the first call
  std::vector<bool> argument_given;
  std::vector<Span> argument_spans;
  bool arguments_ok = true;
  Span argument_span(std::string_view name) const;
  bool owned = false;  // Operator: its tensors are declared
  int active_calls = 0;
  bool broken_input = false;  // something faulty was to be fed to it; lints stay quiet
};

/// An edit of the tree that waits for its place.
struct PendingEdit {
  const ast::TreeEdit* edit = nullptr;
  std::string path;    // relative to `prefix`
  Loops loops;         // loop variables around the edit
  std::string prefix;  // path of the instance whose description it stands in
  LevelPtr level;
  bool used = false;
};

/// The columns that a feed sees.
struct FeedColumns {
  Dim rows;
  const std::vector<formats::ColumnType>* columns = nullptr;
  std::map<std::string, Value> values;
  std::vector<std::uint32_t> fits;
};

/// A component whose weights, freeze, init and tie count where it (or the part `strip` of it) stands.
struct AppliedComponent {
  std::shared_ptr<const ast::Component> component;
  std::string prefix, strip;
  LevelPtr level;
};

class Elaborator {
 public:
  Elaborator(const compose::Composition& composition, const Options& options, Sink& sink);
  Elaborated run();

  // ---- evaluate.cpp
  Value evaluate(const ast::ExprPtr& expr, const Scope& scope);
  /// A condition that must be decidable; nullopt after reporting (or if poisoned).
  std::optional<bool> decide(const ast::ExprPtr& expr, const Scope& scope);
  std::optional<bool> truth(const Value& value, Span span);
  Value binary(const std::string& op, const Value& left, const Value& right, Span span, const Scope& scope);
  Value compare(const std::string& op, const Value& left, const Value& right, Span span, const Scope& scope);
  Value unary(const std::string& op, const Value& operand, Span span, const Scope& scope);
  Value member(const Value& base, const std::string& name, Span span, Span name_span, const Scope& scope);
  Value index(const Value& base, const std::vector<ast::ExprPtr>& indices, Span span, const Scope& scope);
  std::optional<std::string> text_of(const ast::ExprPtr& pattern, const Scope& scope, bool in_dict_index = false);
  std::string name_text(const ast::Name& name, const Scope& scope);
  std::optional<std::vector<Value>> elements(const Value& value, Span span, const std::string& what);
  Value call(const ast::Expr& expr, const Scope& scope);
  Value pipe(const ast::Expr& expr, const Scope& scope);
  Value call_named(const ast::Expr& callee, std::vector<GivenArgument> args, Span span, const Scope& scope);
  Value call_value(const Value& callee, std::vector<GivenArgument> args, Span span, const Scope& scope);
  std::optional<std::vector<GivenArgument>> evaluate_arguments(const ast::Expr& call, const Scope& scope);

  // ---- names.cpp
  Value lookup(const std::string& name, Span span, const Scope& scope);
  /// What a called name means; whatever cannot be called is skipped.
  struct Callable {
    enum Kind { Nothing, Poisoned, Value_, DefineFunction, Function, Operator } kind = Nothing;
    Value value;  // Value_: a module, a definition
    const Level::Define* define = nullptr;
    LevelPtr level;
    const ops::Op* op = nullptr;  // Function, Operator
  };
  Callable lookup_callable(const std::string& name, Span span, const Scope& scope);
  Value call_rearrange(std::vector<GivenArgument>& args, Span span, const Scope& scope);
  Value call_define(const Callable& callable, std::vector<GivenArgument>& args, Span span);
  /// What a name means that cannot be called, for the message.
  std::optional<Value> plain_value(const std::string& name, const Scope& scope);
  std::optional<Value> own_static(const LevelPtr& level, const std::string& name, Span span, const Scope& scope);
  Value define_value(const LevelPtr& level, const std::string& name, Span span);
  std::optional<Value> lookup_definition(const std::string& name, Span span, const LevelPtr& level);
  std::vector<std::string> known_names(const Scope& scope);
  void report_unknown(const std::string& name, Span span, const Scope& scope, bool called);
  Value param_value(const LevelPtr& level, const std::string& name, Span span);
  /// Params and derived values are checked whether anything reads them or not.
  void evaluate_statics(const LevelPtr& level);

  // ---- functions.cpp
  /// nullopt: `name` is no built-in function for these arguments.
  std::optional<Value> builtin(const std::string& name, std::vector<GivenArgument>& args, Span span,
                               const Scope& scope);
  static bool is_builtin(const std::string& name);

  // ---- taps.cpp
  /// What a module produced at one call, and the bindings of its `forward`.
  struct Tap {
    std::size_t when = 0;
    Value value;
    std::map<std::string, Value> bindings;
  };
  Value tap(const ast::Expr& call, const Scope& scope);
  std::optional<std::string> tap_path(const ast::ExprPtr& expr, const Scope& scope);
  std::optional<Value> tapped(InstanceId id, const std::string& binding, const std::optional<std::size_t>& which,
                              Span span, const Scope& scope);

  // ---- feed.cpp: functions of a recipe's feed
  /// The value of a column, or of all columns `name.…` of one part of a `zip`, as inputs of the graph in progress.
  std::optional<Value> feed_column(const std::string& name, Span span);
  std::optional<Value> feed_part(const std::string& name, Span span);
  void report_no_column(const std::string& name, Span span);
  /// Evaluates over columns: a feed, or the expression of a synthetic column.
  Value in_feed_graph(ir::Graph& graph, FeedColumns& columns, const std::function<Value(const Scope&)>& body);
  std::optional<Value> feed_function(const std::string& name, std::vector<GivenArgument>& args, Span span,
                                     const Scope& scope);

  // ---- definitions.cpp
  Value long_form_value(const ast::Expr& call, const ast::Argument& argument, const Scope& scope);
  DefinitionPtr define_module(const ast::ModuleDef& def, const Scope& scope);
  DefinitionPtr as_definition(const Value& value, Span span);
  DefinitionPtr with_arguments(const DefinitionPtr& base, std::vector<GivenArgument> args, Span span);
  DefinitionPtr part_of(const DefinitionPtr& whole, const std::string& name, Span span, const Scope& scope);
  std::vector<std::pair<std::string, std::pair<DefinitionPtr, Span>>> define_items(
      const ast::Block<ast::ModuleDef>& block, const Scope& scope, bool numbered);

  // ---- level.cpp
  LevelPtr make_level(std::shared_ptr<const ast::Component> component, const ast::Description* file, LevelPtr parent,
                      Loops outer_loops, std::vector<GivenArgument> arguments, const std::string& variant, Span span);
  const ast::Description* file_of(const ast::Component& component, const LevelPtr& parent) const;
  Value check_param(const ast::Declaration& declaration, const std::string& name, const Value& value, Span span,
                    const Scope& scope);
  Value param_from_raw(const ast::Declaration& declaration, const std::string& name, const ast::ExprPtr& raw,
                       const Scope& scope);

  // ---- instances.cpp
  InstanceId instantiate(DefinitionPtr definition, const std::string& name, InstanceId parent, Span span);
  void build_component(InstanceId id, Frame& frame);
  // ---- signatures.cpp
  void bind_signature_symbols(InstanceId id, Frame& frame);
  void try_signature(InstanceId id, const ast::TypeExpr& signature, const DefinitionPtr& definition, Frame& frame);
  DefinitionPtr edited(DefinitionPtr definition, const std::string& path);
  DefinitionPtr apply_edit(PendingEdit& pending, DefinitionPtr definition, const std::string& path);
  void register_edits(const ast::Component& component, const std::string& prefix, const LevelPtr& level);
  std::optional<InstanceId> child(InstanceId parent, const std::string& name) const;
  std::optional<InstanceId> at_path(InstanceId base, const std::string& path) const;
  ir::Module& module_of(InstanceId id) { return program_.tree.modules[instances_[id].module]; }
  std::string type_at(const std::string& path) const;

  // ---- calls.cpp
  Value call_instance(InstanceId id, std::vector<GivenArgument> args, Span span, const Scope& scope);
  void mark_called(InstanceId id);
  Value call_operator(InstanceId id, std::vector<GivenArgument>& args, Span span, const Scope& scope);
  Value call_component(InstanceId id, std::vector<GivenArgument>& args, Span span, const Scope& scope);
  Value call_function(const ops::Op& op, std::vector<GivenArgument>& args, Span span, const Scope& scope);
  Value component_as_function(const DefinitionPtr& definition, std::vector<GivenArgument>& args, Span span,
                              const Scope& scope);
  /// Matches arguments with parameters; one per parameter, defaults filled in. False after reporting.
  struct Bound {
    std::vector<Value> values;
    std::vector<bool> given;
    std::vector<Span> spans;
    bool ok = true;
    bool poisoned = false;
  };
  Bound bind_parameters(const ops::Op& op, const std::vector<ops::Param>& params, std::vector<GivenArgument>& args,
                        Span span, bool constructor);
  std::optional<Value> convert(const ops::Op& op, const ops::Param& param, const Value& value, Span span);
  ir::Operand operand(const Value& value);
  Value add_node(const ops::Op& op, ir::ModuleId module, const Bound& bound, const Type& result, Span span);

  // ---- bind.cpp
  /// Binds given arguments to a component's inputs: names to values, symbols to sizes. False after reporting.
  bool bind_inputs(const ast::Component& component, const LevelPtr& level, std::vector<GivenArgument>& args,
                   Frame& frame, Span call, const std::string& who);
  /// A declared type with formal symbols for names that begin with a capital and mean nothing else.
  std::optional<Type> resolve_type(const ast::TypeExpr& type, const Scope& scope, std::map<std::string, Dim>* formal,
                                   std::vector<Dim>* ellipsis);
  bool match_type(const ast::TypeExpr& declared, const Value& value, const Scope& scope,
                  std::map<std::string, Dim>& symbols, Span at, const std::string& what, Span declared_span);
  /// Declared types against values, all at once, so that the order of inputs does not matter.
  struct TypeMatch {
    struct Pair {
      const ast::TypeExpr* declared;
      Value value;
      Span at;
      std::string what;
      Span declared_span;
    };
    std::vector<Pair> pairs;
    std::string who;
  };
  bool match_types(TypeMatch& match, const Scope& scope, std::map<std::string, Dim>& symbols);
  /// The `where` of a level: of the outermost file it is assumed, of a component required of the call.
  bool check_where(const ast::Component& component, const Scope& scope, Span call, bool assume);
  bool check_condition(const ast::ExprPtr& condition, const Scope& scope, Span call, bool assume);
  Type type_of(const Value& value) const;

  // ---- forward.cpp
  void run_bindings(const ast::Block<ast::Binding>& block, Scope& scope, std::vector<std::string>* last);
  Value run_body(const ast::Component& component, const Scope& scope, InstanceId instance);
  void bind_targets(const ast::Binding& binding, const Value& value, Scope& scope);
  /// Unrolls a block of anything: calls `entry` for each entry that stands after `for` and `if` are decided.
  template <class T, class F>
  void unroll(const ast::Block<T>& block, const Scope& scope, F&& entry);
  struct NamedOutputs {
    std::vector<std::pair<std::string, Value>> items;
    bool single = true;
  };
  NamedOutputs last_outputs_;  // of the body run last: what the outermost level puts out
  NamedOutputs component_outputs(const ast::Component& component, const Scope& scope,
                                 const std::vector<std::string>& last, const Value& only);

  // ---- tensors.cpp
  void declare_tensors(const ast::Component& component, InstanceId id, Frame& frame);
  std::optional<ops::Init> initialiser(const ast::ExprPtr& expr, const std::vector<std::int64_t>& shape,
                                       const Scope& scope, bool report);
  Value tensor_reference(InstanceId id, std::uint32_t index);

  // ---- program.cpp
  void elaborate_root();
  void elaborate_graph(bool training, const std::set<std::string>& given,
                       const std::map<std::string, std::string>& choices);
  void elaborate_recipe_names(Frame& frame, const Scope& scope, ir::Graph& graph);
  void resolve_inputs(const ast::Block<ast::Declaration>& block, bool target);
  void check_choice_outputs(const ir::Graph& graph);

  // ---- recipe.cpp, sources.cpp
  void elaborate_recipe();

  // ---- finish.cpp
  struct Key {
    std::string name;
    ir::Tensor* tensor;
    ir::Module* module;
  };
  std::vector<Key> keys();
  /// Reports a path that is not there, and a glob that matches nothing.
  void check_pattern(const std::string& pattern, Span span, const std::vector<Key>& all);
  void lint_loss(const std::vector<Key>& all);
  void apply_ties(const AppliedComponent& applied, const std::map<std::string, const Key*>& by_name);
  void apply_init(const AppliedComponent& applied, const std::vector<Key>& all);
  void apply_freeze(const AppliedComponent& applied, const std::vector<Key>& all);
  void add_moved(const AppliedComponent& applied, const std::vector<Key>& all);
  void place();
  void add_weights(const AppliedComponent& applied);
  void check_called();
  bool certainly_absent(const std::string& path) const;
  void check_paths();
  void check_edits();
  /// `entry(scope)` for each turn of the loops around an entry of a flat list whose conditions hold.
  void guarded(const std::vector<ast::Guard>& guards, const Scope& scope,
               const std::function<void(const Scope&)>& entry, std::size_t at = 0);
  void order_modules();
  void finish();

  // ---- shared state
  const compose::Composition& composition_;
  const Options& options_;
  Sink& sink_;
  ir::Program program_;
  ir::Recipe recipe_;
  std::vector<Instance> instances_;
  ir::Graph* first_graph_ = nullptr;         // evaluation with all inputs: FLOPs are counted there
  ir::Graph* graph_ = nullptr;               // the graph being built; null where no tensor may be made
  types::Conditions* conditions_ = nullptr;  // of graph_, or scratch
  FeedColumns* feed_ = nullptr;              // while a feed is evaluated
  bool training_ = false;
  std::map<std::pair<ir::ModuleId, std::uint32_t>, ir::ValueId> tensor_values_;
  std::map<InstanceId, std::vector<Tap>> taps_;
  std::size_t tap_clock_ = 0;
  std::map<std::string, Value> last_bindings_;  // of the component that was called last
  std::vector<PendingEdit> edits_;
  struct RootInput {
    std::string name;
    const ast::Item<ast::Declaration>* item = nullptr;
    Type type;
    bool optional = false, target = false;
    Span span;
  };
  std::vector<RootInput> root_inputs_;
  bool inputs_ok_ = true;
  bool graph_broken_ = false;
  std::map<std::string, Dim> root_symbols_;
  std::vector<std::string> root_symbol_order_;
  std::map<std::string, std::string> first_graph_words_;
  std::vector<std::string> first_given_;
  std::map<std::pair<const void*, std::string>, Dim> formal_symbols_;
  std::vector<std::pair<std::string, Span>> call_chain_;
  std::size_t unrolled_ = 0;
  int depth_ = 0;
  int expression_depth_ = 0;
  std::size_t steps_ = 0;  // expressions evaluated so far
  bool exhausted_ = false;
  int runaways_ = 0;
  /// Reports that something nests without end, once; what also branches reaches the limit again and again, so that
  /// after some times nothing more is done.
  void report_runaway(Span span, int limit, const std::string& what, Span place = {}, const std::string& note = {});
  bool names_missing_ = false;  // keys or entries could not be read: what is missing may stand there
  bool partial_ = false;        // parts of the tree are missing for faults already reported
  const ast::Description* root_file_ = nullptr;
  LevelPtr root_level_;
  std::map<std::string, std::pair<Type, Span>> choice_results_;
  std::vector<std::string> replaced_;      // paths that `replace`, `append` … put there: new to a weight file
  std::vector<AppliedComponent> applied_;  // whose weights, freeze, init, tie count, outermost last
};

}  // namespace modelc::elaborate

#include "elaborate/unroll.h"
