// The list of passes and what runs it.
#include "passes/passes.h"

#include <set>

#include "../ir/text_program.h"
#include "diagnostics/render_text.h"

namespace modelc::passes {
namespace {

std::string reports(const Sink& sink) {
  std::string all;
  for (const auto& d : sink.sorted()) all += std::string(d.code) + " " + d.message + "; ";
  return all;
}

const char* const kUnreached = R"(model: model
  fc: Linear(in_features=4, out_features=4, bias=false)
    parameter weight: float[4, 4] = zeros
  act: ReLU(inplace=false) uncalled
graph training {
  input %x: float[B, 4]
  %1 = relu(%x) : float[B, 4]
  %2 = relu(%x) : float[B, 4]
  %3 = linear(%2, @fc.weight) : float[B, 4] at fc
  %4 = mean(%1) : float[]
  output y = %2 : float[B, 4]
  loss loss = %4 : float[]
}
)";

TEST_CASE("passes: each has a name of its own, a sentence, and says what it keeps") {
  std::set<std::string_view> names;
  for (const Pass& pass : passes()) {
    CAPTURE(pass.name);
    CHECK(names.insert(pass.name).second);
    CHECK_FALSE(pass.sentence.empty());
    CHECK_FALSE(pass.keeps.empty());
    CHECK(pass.needs != State::Broken);
  }
  CHECK(names.size() >= 8);
}

TEST_CASE("passes: a program that is not sound is only reported about, as far as it stands") {
  const auto told = [](State state) {
    ir::TextProgram p(kUnreached);
    Sink sink;
    const std::string before = ir::print(p.program);
    run(p.program, state, {}, sink);
    CHECK((ir::print(p.program) == before) == (state != State::Sound));
    return reports(sink);
  };
  const std::string uncalled = "M4026 `act` is never called; ";
  const std::string all =
      uncalled + "M4060 the loss does not reach `fc` (1 parameter); M4061 the loss reaches no trainable parameter; ";
  CHECK(told(State::Broken) == "");
  CHECK(told(State::Traced) == uncalled);
  CHECK(told(State::Settled).size() == all.size());
  CHECK(told(State::Sound).size() == all.size());
}

TEST_CASE("passes: so many from the first") {
  ir::TextProgram p(kUnreached);
  const std::string before = ir::print(p.program);
  Sink sink;
  Options none;
  none.count = 0;
  run(p.program, State::Sound, none, sink);
  CHECK(ir::print(p.program) == before);
  CHECK(reports(sink) == "");
}

TEST_CASE("passes: under verification a broken rule is a fault of ours that names the pass") {
  ir::TextProgram p(kUnreached);
  p.graph().values[p.graph().nodes[0].results[0]].type.tensor.shape[1] = 7;
  Options verified;
  verified.verify = true;
  Sink sink;
  run(p.program, State::Sound, verified, sink);
  CHECK(sink.has_errors());
  const std::string said = reports(sink);
  CHECK(said.find("M9002 internal fault: after elaboration: graph 0: node 0 (relu) gives") != std::string::npos);
  CHECK(said.find("after order_modules: ") != std::string::npos);
  Sink quiet;
  run(p.program, State::Sound, {}, quiet);
  CHECK(reports(quiet).find("M9002") == std::string::npos);
}

TEST_CASE("passes: run again they find nothing more to do") {
  ir::TextProgram p(kUnreached);
  Sink sink;
  run(p.program, State::Sound, {}, sink);
  const std::string once = ir::print(p.program);
  run(p.program, State::Sound, {}, sink);
  CHECK(ir::print(p.program) == once);
}

}  // namespace
}  // namespace modelc::passes
