// Reads `data` and `train` of the outermost file into an ir::Recipe. Reports M83xx.
#pragma once

#include "catalogue/keys.h"
#include "elaborate/elaborator.h"

namespace modelc::elaborate {

class RecipeReader {
 public:
  explicit RecipeReader(Elaborator& elaborator) : elaborator_(elaborator) {}
  void read();

  /// `data.categories(…)`, which is evaluated before the recipe is read.
  static bool is_categories(const ast::Expr& call);
  static Value categories(Elaborator& elaborator, const ast::Expr& call, const Scope& scope);

 private:
  using Fields = std::map<std::string, ast::SettingPtr>;
  void read_data(const ast::Setting& data);
  void read_root(const Fields& fields);
  std::optional<ir::Source> training_source();
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

  Elaborator& elaborator_;
  std::string root_;           // where relative files are looked for
  std::set<std::string> fed_;  // names that `feed` binds
  std::map<std::string, Span> group_spans_;
  bool misspelt_ = false;  // the mapping read last has an unknown key
};

}  // namespace modelc::elaborate
