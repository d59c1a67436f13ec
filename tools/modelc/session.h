// One FILE on its way through the compiler: what all commands that read a description do first.
#pragma once

#include <memory>

#include "modelc/output.h"
#include "pipeline/compile.h"

namespace modelc::cli {

/// Keeps texts, sizes and findings alive as long as the result is used.
class Session {
 public:
  explicit Session(const Invocation& invocation);

  /// nullptr where nothing could be compiled or there are errors; the findings tell.
  const pipeline::Compiled* compile(const std::string& file, bool recipe = true);

  /// kDone where `compile` gave a result, whose warnings are shown on standard error; else shows everything in the
  /// format asked for.
  int report();

  support::SourceManager sources;
  diagnostics::Sink sink;
  std::optional<pipeline::Compiled> compiled;
  passes::Options passes;

 private:
  const Invocation& invocation_;
  types::DimTable dims_;
  types::DimTable::Scope scope_;
};

/// Keeps the session of a command that ends the program: what a large model takes goes back with the process at once,
/// not piece by piece.
void keep_to_the_end(std::unique_ptr<Session> session);

elaborate::Options options_of(const Invocation& invocation);
/// MODELC_VERIFY in the environment has the IR checked after each pass.
passes::Options pass_options();
/// For -v: each phase's time to standard error.
pipeline::Watch watch_of(const Invocation& invocation);

}  // namespace modelc::cli
