// Files into descriptions: reads each once, follows `extends` (merging) and `import`, bounds depth and number, refuses
// circles. Knows nothing of variants and of what the command line asks for, but for bundles, which carry both.
#pragma once

#include <set>

#include "compose/bundle.h"
#include "compose/merge.h"
#include "diagnostics/sink.h"

namespace modelc::compose {

class Loader {
 public:
  static constexpr std::size_t kDepth = 50;
  static constexpr std::size_t kFiles = 1000;
  static constexpr std::size_t kBytes = std::size_t{16} << 20;

  Loader(support::SourceManager& sources, const std::map<std::string, std::string>& contents, Composition& out,
         diagnostics::Sink& sink, const Settle& settle)
      : sources_(sources), contents_(contents), out_(out), sink_(sink), settle_(settle) {}

  /// The description of a file, its bases merged in and its imports loaded; nullptr after reporting. `display` is the
  /// path as the user would write it from here, `asked` the place that asks for it.
  /// A base may leave its body to the file that extends it.
  ast::DescriptionPtr load(const std::string& display, support::Span asked, bool as_base = false);

  /// As load() for the outermost file, whose bundle's overrides are left to the caller. `asked` of the command line
  /// counts for what the file leaves undecided.
  ast::DescriptionPtr load_root(const std::string& display, Bundle& bundle, const Overrides& asked);

  /// The import's file is made canonical and loaded; reports a component that the file lacks.
  void load_import(const std::string& folder, ast::Import& import);

  /// Scopes and checks of the outermost description `root`, which was made of `loaded`. (A base is not checked by
  /// itself: it may leave a param to the file that extends it.)
  void finish_root(const ast::DescriptionPtr& loaded, const ast::DescriptionPtr& root);

  bool exists(const std::string& display) const;
  void set_folder(support::FileId file, const std::string& folder) { out_.folders[file] = folder; }
  support::SourceManager& sources() { return sources_; }
  /// Texts read so far, by canonical path.
  const std::map<std::string, std::string>& texts() const { return texts_; }

 private:
  struct Step {
    std::string key;
    std::string display;
    support::Span asked;
  };

  bool may_enter(const Step& step);
  std::optional<std::string> read(const Step& step);
  ast::DescriptionPtr parse(const Step& step, std::string text, bool as_base);
  /// `base.yaml`, or `base.yaml@small`.
  ast::DescriptionPtr load_base(const std::string& folder, const ast::Name& extends);
  ast::DescriptionPtr from_bundle(const Step& step, const std::string& text, Bundle& bundle);
  /// What the file leaves undecided; false after reporting.
  bool decide(ast::Description& own);
  void settle(const ast::ComponentPtr& component, const std::string& display, const std::string& folder);
  void finish(const ast::DescriptionPtr& description);
  bool check(const ast::DescriptionPtr& description, const ast::DescriptionPtr& loaded);
  bool check_added(const ast::Description& description, const std::vector<AddedParam>& added);

  support::SourceManager& sources_;
  std::map<std::string, std::string> contents_;
  Composition& out_;
  diagnostics::Sink& sink_;
  const Settle& settle_;
  std::vector<Overrides> outer_;  // what the outermost file is given from outside, in order
  std::map<std::string, ast::DescriptionPtr> loaded_;
  std::map<const ast::Description*, std::vector<AddedParam>> added_;
  std::vector<ast::DescriptionPtr> kept_;  // bases under a variant: `added_` knows them by their place
  std::map<std::string, std::string> texts_;
  std::set<const ast::Description*> finished_;
  std::vector<Step> steps_;
  bool full_ = false;  // as many files as may be, which was reported
};

}  // namespace modelc::compose
