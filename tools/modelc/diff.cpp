// `modelc diff A B`: what differs between two descriptions, and which weights of A carry over to B.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "emit/outline.h"
#include "modelc/session.h"
#include "weights/match_weights.h"

namespace modelc::cli {
namespace {

struct Side {
  emit::Outline outline;
  formats::WeightFile tensors;
};

/// What is said of one side; nullopt after showing what is wrong with it.
std::optional<Side> side_of(const Invocation& invocation) {
  Session session(invocation);
  const pipeline::Compiled* compiled = session.compile(invocation.arguments[0], false);
  if (session.report() != kDone || !compiled) return std::nullopt;
  const ir::Program& program = compiled->elaborated.program;
  return Side{emit::outline(program), weights::as_weight_file(program, invocation.arguments[0])};
}

}  // namespace

int run_diff(const Invocation& invocation) {
  Invocation one = invocation;
  one.arguments = {invocation.arguments[0]};
  const auto a = side_of(one);
  if (!a) return kFaulty;
  Session session(invocation);
  const pipeline::Compiled* compiled = session.compile(invocation.arguments[1], false);
  if (session.report() != kDone || !compiled) return kFaulty;
  const ir::Program& program = compiled->elaborated.program;
  const emit::Outline b = emit::outline(program);
  diagnostics::Sink unheard;  // that something does not carry over is the answer, no fault
  ir::WeightSource source;
  source.from = invocation.arguments[0];
  const weights::WeightMatch match = weights::match_weights(program, {source}, {a->tensors}, {}, unheard);
  if (invocation.format == Format::Json) {
    support::Json both = emit::diff_json(a->outline, b);
    both["weights"] = match.json();
    print(support::json_text(both));
    return kDone;
  }
  print(fmt::format("{}weights of {} in {}:\n{}", emit::diff_text(a->outline, b), invocation.arguments[0],
                    invocation.arguments[1], match.grouped_report()));
  return kDone;
}

}  // namespace modelc::cli
