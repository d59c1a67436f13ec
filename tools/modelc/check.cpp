// `modelc check`: every FILE, all errors at once.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "diagnostics/render_json.h"
#include "modelc/fix.h"
#include "modelc/session.h"
#include "support/counted.h"

namespace modelc::cli {
namespace {

/// A fix may uncover another one; more rounds than this mean that fixes undo each other.
constexpr int kRounds = 10;

std::int64_t count_parameters(const ir::Program& program) {
  std::int64_t count = 0;
  for (const ir::Module& module : program.tree.modules) {
    for (const ir::Tensor& tensor : module.tensors) {
      const types::Dim numel = tensor.type.numel();
      if (!tensor.buffer && tensor.tied_to.empty() && numel.is_constant()) count += numel.constant();
    }
  }
  return count;
}

}  // namespace

int run_check(const Invocation& invocation) {
  int code = kDone;
  auto all = support::Json::array();  // --format json: the findings of all files
  std::unique_ptr<Session> session;
  for (const std::string& file : invocation.arguments) {
    session.reset();  // the old texts and sizes go before the new ones come
    session = std::make_unique<Session>(invocation);
    session->compile(file);
    for (int round = 0; invocation.fix && round < kRounds; ++round) {
      const Fixed fixed = apply_fixes(session->sink.sorted(), session->sources);
      if (!fixed.fault.empty()) {
        std::fprintf(stderr, "modelc: %s\n", fixed.fault.c_str());
        code = kFailed;
      }
      if (fixed.edits == 0) break;
      for (const std::string& path : fixed.files) {
        if (!invocation.quiet) std::fprintf(stderr, "%s: fixed\n", path.c_str());
      }
      session.reset();
      session = std::make_unique<Session>(invocation);
      session->compile(file);
    }
    std::vector<diagnostics::Diagnostic> found = session->sink.sorted();
    if (invocation.werror) {
      for (diagnostics::Diagnostic& d : found) d.severity = diagnostics::Severity::Error;
    }
    const int own = session->compiled ? exit_of(found) : static_cast<int>(kFaulty);
    if (own != kDone && code == kDone) code = own;
    if (invocation.format == Format::Json) {
      for (support::Json& one : diagnostics::to_json(found, session->sources)) all.push_back(std::move(one));
      continue;
    }
    if (!found.empty()) show(found, session->sources, invocation);
    if (own == kDone && !invocation.quiet) {
      print(fmt::format("{}: ok ({})\n", file,
                        support::counted(count_parameters(session->compiled->elaborated.program), "parameter")));
    }
  }
  if (invocation.format == Format::Json) print(support::json_text(all));
  keep_to_the_end(std::move(session));
  return code;
}

}  // namespace modelc::cli
