// Reads `data` and `train` of the outermost file into an ir::Recipe. Reports M83xx.
#pragma once

#include "catalogue/keys.h"
#include "elaborate/elaborate.h"
#include "trace/model.h"

namespace modelc::elaborate {

using namespace eval;  // NOLINT: values and scopes are all that is talked of here
using diagnostics::Sink;
using trace::Frame;
using trace::Tracer;

/// The columns that a feed sees.
struct FeedColumns : trace::Feed {
  Dim rows;
  const std::vector<formats::ColumnType>* columns = nullptr;
  std::map<std::string, Value> values;
  std::vector<std::uint32_t> fits;

  std::optional<Value> name(Tracer& tracer, const std::string& name, Span span) override;
  std::optional<Value> function(Tracer& tracer, const std::string& name, Arguments& args, Span span) override;
  std::vector<std::string> known() const override;

  /// The value of a column, or of all columns `name.…` of one part of a `zip`, as inputs of the graph in progress.
  std::optional<Value> column(Tracer& tracer, const std::string& name, Span span);
  std::optional<Value> part(Tracer& tracer, const std::string& name, Span span);
  void report_no_column(Tracer& tracer, const std::string& name, Span span);
};

class RecipeReader {
 public:
  RecipeReader(const Tracer& tracer, const trace::Model& model, const std::vector<ir::Graph>& graphs,
               const Options& options, ir::Recipe& recipe)
      : t_(tracer), model_(model), graphs_(graphs), options_(options), recipe_(recipe) {}
  /// `judged`: the model is whole, so that what is fed to it can be judged.
  void read(bool judged);
  std::optional<ir::Source> training_source();

 private:
  using Fields = std::map<std::string, ast::SettingPtr>;
  void read_data(const ast::Setting& data, bool judged);
  void read_root(const Fields& fields);
  void read_valid(const ast::SettingPtr& setting, const Scope& scope);
  void read_train(const ast::Setting& train);
  void read_groups(const ast::Setting& groups, const Scope& scope);
  void read_clip(const ast::Setting& clip, const Scope& scope);
  /// The keys that stand in a section of the recipe, `also` known beside those of `place`. Reports unknown ones, and
  /// what this program does not do yet.
  Fields fields(const ast::Setting& setting, catalogue::Place place, const Scope& scope,
                const std::vector<std::string>& also = {});
  std::optional<std::int64_t> integer(const ast::SettingPtr& setting, const std::string& key, std::int64_t least,
                                      const Scope& scope);
  std::optional<double> number(const ast::SettingPtr& setting, const std::string& key, const Scope& scope);
  std::optional<std::string> text(const ast::SettingPtr& setting, const std::string& key);
  std::optional<ir::Source> read_source(const ast::ExprPtr& expr, const Scope& scope);
  std::optional<ir::Source> read_combined(const ast::Expr& e, const Scope& scope, ir::Source source);
  std::optional<ir::Source> read_file(const ast::Expr& e, const Scope& scope, ir::Source source);
  std::optional<ir::Source> read_synthetic(const ast::Expr& e, const Scope& scope, ir::Source source);
  std::optional<ir::Draw> read_draw(const ast::Expr& e, const Scope& scope);
  std::optional<std::string> file_argument(const ast::ExprPtr& e, const Scope& scope);
  bool schema_fault(const formats::Fault& fault, Span at, ir::Source& source);
  /// The graph from the columns of one source to the model's inputs and targets.
  bool read_feed(const ir::Source& source);

  Value in_feed_graph(ir::Graph& graph, FeedColumns& columns, const std::function<Value(Tracer&, const Scope&)>& body);

  Tracer t_;  // of static values: where no call is in progress
  const trace::Model& model_;
  const std::vector<ir::Graph>& graphs_;
  const Options& options_;
  ir::Recipe& recipe_;
  std::string root_;           // where relative files are looked for
  std::set<std::string> fed_;  // names that `feed` binds
  std::map<std::string, Span> group_spans_;
  bool misspelt_ = false;  // the mapping read last has an unknown key
};

/// `data.categories(…)`, which is evaluated before the recipe is read.
bool is_categories(const ast::Expr& call);
Value categories(Tracer& tracer, const trace::Model& model, const Options& options, const ast::Expr& call,
                 const Scope& scope);

}  // namespace modelc::elaborate
