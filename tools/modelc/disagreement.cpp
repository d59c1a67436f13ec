#include "modelc/disagreement.h"

#include "modelc/session.h"
#include "passes/compare.h"

namespace modelc::cli {
namespace {

std::optional<passes::Computation> computation_of(const Invocation& invocation) {
  Session session(invocation);
  const pipeline::Compiled* compiled = session.compile(invocation.arguments[0], false);
  if (compiled == nullptr) return std::nullopt;
  return passes::computation_of(compiled->elaborated.program);
}

}  // namespace

std::optional<std::string> disagreement(const Invocation& invocation, const std::string& checkpoint) {
  Invocation quiet = invocation;
  quiet.verbose = false;
  const auto own = computation_of(quiet);
  quiet.arguments = {checkpoint};
  quiet.overrides = {};
  const auto stored = own ? computation_of(quiet) : std::nullopt;
  return stored ? passes::difference(*own, *stored) : std::nullopt;
}

}  // namespace modelc::cli
