// One forward pass becomes one graph. A Tracer is what the functions of this folder are handed: a small value that says
// which graph is built under which conditions, in which mode; it is copied where something in it is to differ (a value
// that no tensor may take part in, the initial value of a buffer, a trial). What the graph gathers on the way stands in
// a Trace.
#pragma once

#include "instantiate/context.h"

namespace modelc::trace {

using diagnostics::Sink;
using eval::Arguments;
using eval::DefinitionPtr;
using eval::find_loop;
using eval::from_constant;
using eval::GivenArgument;
using eval::InstanceId;
using eval::LevelPtr;
using eval::Loops;
using eval::LoopScope;
using eval::Scope;
using eval::static_scope;
using eval::to_constant;
using eval::Value;
using instantiate::Call;
using instantiate::Context;
using instantiate::Definition;
using instantiate::Frame;
using instantiate::Instance;
using instantiate::kNoInstance;
using instantiate::Level;
using instantiate::Tree;
using support::Span;
using types::Dim;
using types::TensorType;
using types::Type;

class Tracer;

/// What a module produced at one call, and the bindings of its `forward`.
struct Tap {
  Value value;
  std::shared_ptr<const std::map<std::string, Value>> bindings;  // null where there are none
  std::uint32_t before = ir::kNone;                              // the tap of the module's call before this one
  bool in_scan = false;                                          // there is a value at every step
};

/// The `scan` whose step is traced.
struct Scanning {
  Dim turns = 1;  // with those of the scans around it
};

/// What one graph gathers while it is traced.
struct Trace {
  std::vector<std::vector<ir::ValueId>> tensor_values;  // by module and index: tensors as they stand in the graph now
  std::vector<Tap> taps;                                // of all modules, in order
  std::vector<std::uint32_t> last_taps;                 // by instance; kNone for one that was not called
  std::size_t measured = 0;                             // sizes that data decide
  bool whole = true;                                    // see Environment

  /// kNone where the tensor does not stand in the graph yet.
  ir::ValueId& tensor_value(ir::ModuleId module, std::uint32_t index) {
    if (tensor_values.size() <= module)
      tensor_values.resize(std::max<std::size_t>(module + 1, tensor_values.size() * 2));
    std::vector<ir::ValueId>& values = tensor_values[module];
    if (values.size() <= index) values.resize(std::max<std::size_t>(index + 1, 2), ir::kNone);
    return values[index];
  }
  void tap(InstanceId instance, Tap tap);
  /// Those of an instance since `began`, in order.
  std::vector<const Tap*> taps_of(InstanceId instance, std::size_t began) const;
};

/// The names that a recipe's feed sees beside its bindings: columns, and functions that go before torch's.
class Feed {
 public:
  virtual ~Feed() = default;
  /// The value of a column, or of all columns `name.…` of one part; nullopt: there is none.
  virtual std::optional<Value> name(Tracer& tracer, const std::string& name, Span span) = 0;
  virtual std::optional<Value> function(Tracer& tracer, const std::string& name, Arguments& args, Span span) = 0;
  /// What an operator between values gives where one is a column of text, `income == ">50K"`; nullopt: torch's.
  virtual std::optional<Value> operation(Tracer& tracer, const ops::Op& op, Arguments& args, Span span) = 0;
  virtual std::vector<std::string> known() const = 0;
};

/// Asked of every call first: those of the recipe that the model's sizes depend on, `data.categories(…)`.
using SpecialCall = std::function<std::optional<Value>(Tracer&, const ast::Expr& call, const Scope&)>;

class Tracer : public instantiate::Context {
 public:
  Tracer(Sink& where_faults_go, eval::Budget& to_spend, types::Conditions* known, const instantiate::Document& read,
         Tree& made, const Call* in_progress, ir::Graph* built, Trace& gathered, const SpecialCall& first)
      : Context(where_faults_go, gathered.whole, to_spend, known, read, made, in_progress),
        graph(built),
        trace(&gathered),
        special(&first) {}

  ir::Graph* graph;  // null where no tensor may be made
  Trace* trace;
  const SpecialCall* special;
  Feed* feed = nullptr;  // while a feed is traced
  const Scanning* scanning = nullptr;
  bool training = false;
  bool counts_flops = false;

  void without_graph(const std::function<void(Context&)>& body) override;

  Value name(const std::string& name, Span span, const Scope& scope) override;
  std::optional<Value> qualified(const ast::Expr& expr, const Scope& scope) override;
  Value call(const ast::Expr& call, const Scope& scope) override;
  Value call_value(const Value& callee, Arguments args, Span span, const Scope& scope) override;
  Value pipe(const ast::Expr& pipe, const Scope& scope) override;
  Value variant(const Value& definition, const ast::Expr& variant, Span span, const Scope& scope) override;
  Value long_form(const ast::Expr& call, const ast::Argument& argument, const Scope& scope) override;
  Value member_of(const Value& module, const std::string& name, Span span, const Scope& scope) override;
  eval::Parts parts_of(const Value& module) const override;
  Value part(const Value& module, std::size_t position) const override;
  Value operate(std::string_view function, Arguments args, Span span) override;
  bool has_function(std::string_view name) const override;
  Value scan(Arguments args, Span span, const Scope& scope) override;
  Type type_of(const Value& value) const override;
  void mark_incomplete(const Scope& scope) override;
};

}  // namespace modelc::trace
