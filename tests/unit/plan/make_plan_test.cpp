#include "plan/make_plan.h"

#include "plan/bind_inputs.h"
#include "planned.h"

namespace modelc::plan {

using testing::planned;

TEST_CASE("plan: slots, parameters, sizes, last uses") {
  CHECK(print(planned(R"(program two
symbol B
model: two
  fc: Linear(in_features=4, out_features=3, bias=true)
    parameter weight: float[3, 4] = zeros
    parameter bias: float[3] = zeros
graph evaluation {
  input %x: float[B, 4]
  %1.h = linear(%x, @fc.weight, @fc.bias) : float[B, 3] at fc
  %2 = relu(%1.h) : float[B, 3]
  %3.y = add(%2, %1.h) : float[B, 3]
  %4.flat = reshape(%3.y, shape=[3*B]) : float[3*B]
  output y = %3.y : float[B, 3]
  output parts = [%4.flat, [2, 0.5]] : (float[3*B], (int[], float[]))
}
)")) == R"(symbols B >= 1
sizes
  r1 = 3
  r2 = B * r1  # 3*B
inputs
  $0 = x: float[B, 4]
checks
  x[0] fixes B
  x[1] is 4
states
  $1 = weight of module 1: float[3, 4]
  $2 = bias of module 1: float[3]
steps
  $3 = linear($0, $1, $2); release $0
  $4 = relu($3, false)
  $5 = add($4, $3, 1); release $4, $3
  $6 = reshape($5, [r2])
results
  y = $5
  parts = [$6, [2, 0.5]]
)");
}

TEST_CASE("plan: what is changed and drawn; all values of a state lie in one slot; what nobody needs is not run") {
  const std::string text = print(planned(R"(program noisy
symbol B
model: noisy
  bn: BatchNorm1d(num_features=4, eps=1e-05, momentum=0.1, affine=false, track_running_stats=true)
    buffer running_mean: float[4] = zeros
    buffer running_var: float[4] = ones
graph training {
  input %x: float[B, 4]
  input %z: float[B, 4]
  target %t: int[B]
  %1, @bn.running_mean', @bn.running_var' = batch_norm(%x, @bn.running_mean, @bn.running_var, training=true) : float[B, 4] at bn
  %2, @bn.running_mean'2, @bn.running_var'2 = batch_norm(%1, @bn.running_mean', @bn.running_var', training=true) : float[B, 4] at bn
  %3.y, @rng' = dropout(%2, @rng, training=true) : float[B, 4]
  %4, @rng'2 = dropout(%z, @rng', training=true) : float[B, 4]
  %5.loss = cross_entropy(%3.y, %t) : float[]
  loss l = %5.loss : float[]
  update @bn.running_mean = @bn.running_mean'2
  update @bn.running_var = @bn.running_var'2
  update @rng = @rng'2
}
)"));
  CAPTURE(text);
  CHECK(text.find("  $0 = x: float[B, 4]\n  z: float[B, 4] not needed\n  $1 = t: int[B] target\n") !=
        std::string::npos);
  CHECK(text.find("  $2 = running_mean of module 1: float[4] written\n") != std::string::npos);
  CHECK(text.find("  $4 = batch_norm($0, $2, $3,") != std::string::npos);
  CHECK(text.find("  $5 = batch_norm($4, $2, $3,") != std::string::npos);
  CHECK(text.find("; write $2, $3; release $4\n") != std::string::npos);
  CHECK(text.find("); draw; release $5\n") != std::string::npos);
  CHECK(text.find("  $6 = dropout($5, 0.5, true") != std::string::npos);
  CHECK(text.find("$7 = cross_entropy($6, $1,") != std::string::npos);
  CHECK(text.find("$8") == std::string::npos);
}

TEST_CASE("plan: symbols that no size shows alone") {
  CHECK(print(planned(R"(program sizes
symbol B
symbol H
symbol W
model: sizes
graph evaluation {
  input %a: float[32*H, B*W]
  input %b: float[B, H**2]
  input %c: float[max(H - 3, 0), (H + 1)//2]
  %1.y = zeros([W]) : float[W]
  output a = %a : float[32*H, B*W]
  output c = %c : float[max(H - 3, 0), (H + 1)//2]
  output y = %1.y : float[W]
  where H >= 2
}
)")) == R"(symbols H >= 1, B >= 1, W >= 1
sizes
  r3 = 32
  r4 = H * r3  # 32*H
  r5 = B * W  # B*W
  r6 = H * H  # H**2
  r7 = -3
  r8 = H + r7
  r9 = max(r8, 0)  # max(H - 3, 0)
  r10 = 1
  r11 = H + r10
  r12 = 2
  r13 = r11 // r12  # (H + 1)//2
inputs
  $0 = a: float[r4, r5]
  b: float[B, r6] not needed
  $1 = c: float[r9, r13]
checks
  a[0] fixes H by 32*H + 0
  c[0] is r9
  c[1] is r13
  b[0] fixes B
  b[1] is r6
  a[1] fixes W by B*W + 0
conditions
  H >= 2: H >= 2
steps
  $2 = zeros([W], null)
results
  a = $0
  c = $1
  y = $2
)");
}

TEST_CASE("plan: an input that alone fixes a size is needed, though nothing reads it") {
  const Plan plan = planned(R"(program made
symbol B
model: made
graph evaluation {
  input %x: float[B, 3]
  input %y: float[B]
  %1.z = zeros([B, 5]) : float[B, 5]
  output z = %1.z : float[B, 5]
}
)");
  CHECK(plan.inputs[0].needed);
  CHECK(plan.inputs[0].slot == kNone);
  CHECK_FALSE(plan.inputs[1].needed);
}

TEST_CASE("plan: a step whose result has an unknown size fixes it, and computes what depends on it") {
  CHECK(print(planned(testing::kMasked)) == R"(symbols B >= 1, K >= 0
sizes
  r2 = 2
  r3 = K * r2  # 2*K
inputs
  $0 = x: float[B]
  $1 = m: bool[B]
checks
  x[0] fixes B
  m[0] fixes B
steps
  $2 = _index($0, [$1]); bind K to $2[0]; compute r3; release $0, $1
  $3 = add($2, B, 1)
  $4 = cat([$3, $2], 0); release $3, $2
  $5 = reshape($4, [K, 2]); release $4
results
  table = $5
)");
}

TEST_CASE("plan: what must hold of a size that a step fixes is checked after it, and never where the step is not run") {
  const std::string text = R"(program made
symbol B
model: made
graph evaluation {
  input %x: float[B, 3]
  size K1
  %1 = nonzero(%x) : int[K1, 2]
  %2 = sum(%1) : int[]
  output same = %SHOWN : SHOWN_TYPE
  where K1 == B
  where B >= 2
}
)";
  const auto with = [&](const std::string& value, const std::string& type) {
    std::string made = text;
    made.replace(made.find("%SHOWN"), 6, value);
    made.replace(made.find("SHOWN_TYPE"), 10, type);
    return planned(made);
  };
  const Plan run = with("%2", "int[]");
  REQUIRE(run.steps.size() == 2);
  REQUIRE(run.steps[0].conditions.size() == 1);
  CHECK(run.conditions[run.steps[0].conditions[0]].words == "K1 == B");
  CHECK(run.steps[1].conditions.empty());
  CHECK_THROWS_WITH_AS(check_condition(run, run.conditions[run.steps[0].conditions[0]], {4, 3}),
                       "`K1 == B` does not hold for K1 = 3, B = 4", Fault);
  for (const Step& step : with("%x", "float[B, 3]").steps) CHECK(step.conditions.empty());
}

}  // namespace modelc::plan
