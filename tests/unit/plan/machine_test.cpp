// A machine over plain vectors: what a plan says is enough to run it, without LibTorch.
#include "plan/machine.h"

#include <atomic>
#include <thread>

#include "plan/kernel_table.h"
#include "plan/step_view.h"
#include "planned.h"

namespace modelc::plan {

namespace {

using testing::planned;
using Shape = std::vector<std::int64_t>;

struct Array {
  Shape shape;
  std::vector<double> data;  // empty and without a shape: no array
  DType dtype = DType::Float32;
  bool given = false;
};

Array array(Shape shape, std::vector<double> data, DType dtype = DType::Float32) {
  return {std::move(shape), std::move(data), dtype, true};
}

struct Arrays {
  using Tensor = Array;
  static Fed fed(const Array& a) { return {a.given, a.dtype, {}, a.shape}; }
  static std::string words(const std::exception& thrown) { return thrown.what(); }
};

using ArrayFrame = Frame<Array>;
using ArrayKernel = Kernel<Array>;
using Lowering = std::function<ArrayKernel(const StepView&)>;

Shape values(const std::vector<Size>& sizes, const ArrayFrame& f) {
  Shape out;
  for (const Size& size : sizes) out.push_back(size.value(f.sizes));
  return out;
}

/// A kernel of one result.
template <class Compute>
ArrayKernel single(const StepView& n, Compute compute) {
  return [to = n.step().results[0], compute](ArrayFrame& f) { f.slots[to] = compute(f); };
}

ArrayKernel linear(const StepView& n) {
  return single(n, [x = n.slot("input"), w = n.slot("weight"), b = n.slot("bias")](const ArrayFrame& f) {
    const Array &in = f.slots[x], &weight = f.slots[w];
    const auto rows = static_cast<std::size_t>(in.shape[0]), width = static_cast<std::size_t>(in.shape[1]);
    const auto outputs = static_cast<std::size_t>(weight.shape[0]);
    Array out = array({in.shape[0], weight.shape[0]}, std::vector<double>(rows * outputs));
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t o = 0; o < outputs; ++o) {
        double sum = b == kNone ? 0 : f.slots[b].data[o];
        for (std::size_t i = 0; i < width; ++i) sum += in.data[r * width + i] * weight.data[o * width + i];
        out.data[r * outputs + o] = sum;
      }
    return out;
  });
}

ArrayKernel relu(const StepView& n) {
  return single(n, [x = n.slot("input")](const ArrayFrame& f) {
    Array out = f.slots[x];
    for (double& v : out.data) v = std::max(v, 0.0);
    return out;
  });
}

ArrayKernel add(const StepView& n) {
  if (n.is_tensor("other"))
    return single(n, [x = n.slot("input"), y = n.slot("other")](const ArrayFrame& f) {
      Array out = f.slots[x];
      for (std::size_t i = 0; i < out.data.size(); ++i) out.data[i] += f.slots[y].data.at(i);
      return out;
    });
  return single(n, [x = n.slot("input"), number = n.sizes("other").at(0)](const ArrayFrame& f) {
    Array out = f.slots[x];
    for (double& v : out.data) v += static_cast<double>(number.value(f.sizes));
    return out;
  });
}

ArrayKernel reshape(const StepView& n) {
  return single(n, [x = n.slot("input"), shape = n.sizes("shape")](const ArrayFrame& f) {
    return array(values(shape, f), f.slots[x].data);
  });
}

ArrayKernel cat(const StepView& n) {
  return single(n, [xs = n.slots("tensors"), shape = n.result_type().shape](const ArrayFrame& f) {
    Array out = array(values(shape, f), {});
    for (const Slot x : xs) out.data.insert(out.data.end(), f.slots[x].data.begin(), f.slots[x].data.end());
    return out;
  });
}

/// x[mask].
ArrayKernel masked(const StepView& n) {
  return single(n, [x = n.slot("input"), mask = n.slots("index").at(0)](const ArrayFrame& f) {
    Array out = array({0}, {});
    for (std::size_t i = 0; i < f.slots[x].data.size(); ++i)
      if (f.slots[mask].data[i] != 0) out.data.push_back(f.slots[x].data[i]);
    out.shape[0] = static_cast<std::int64_t>(out.data.size());
    return out;
  });
}

/// Moves its state, as batch norm does its running mean.
ArrayKernel batch_norm(const StepView& n) {
  const bool moves = n.attribute("training").as_bool();
  return single(n, [x = n.slot("input"), mean = n.slot("running_mean"), moves](ArrayFrame& f) {
    if (moves)
      for (double& v : f.slots[mean].data) v += 1;
    return f.slots[x];
  });
}

/// Rows of a matrix, one in each turn.
ArrayKernel open_rows(const StepView& n) {
  return [x = n.slots("xs").at(0), h = n.slots("state").at(0), to = n.step().results,
          loop = n.step().loop](ArrayFrame& f) {
    const Array& whole = f.slots[x];
    const auto& turns = f.turns[loop];
    const std::int64_t width = whole.shape[1];
    const auto row = whole.data.begin() + turns.at * width;
    f.slots[to[0]] = array({width}, {row, row + width});
    if (turns.at == 0) f.slots[to[1]] = f.slots[h];
  };
}

ArrayKernel close_rows(const StepView& n) {
  return [y = n.slots("ys").at(0), h = n.slots("state").at(0), back = n.slots("carried").at(0), to = n.step().results,
          loop = n.step().loop](ArrayFrame& f) {
    auto& turns = f.turns[loop];
    turns.given.resize(1);
    turns.given[0].push_back(f.slots[y]);
    const bool last = turns.at + 1 == turns.count;
    f.slots[last ? to[1] : back] = Array(f.slots[h]);
    if (!last) return;
    Array all = array({turns.count, f.slots[y].shape[0]}, {});
    for (const Array& one : turns.given[0]) all.data.insert(all.data.end(), one.data.begin(), one.data.end());
    f.slots[to[0]] = std::move(all);
  };
}

ops::OpId op(std::string_view name) { return ops::Catalogue::get().id(name); }

KernelTable<Lowering> arrays() {
  KernelTable<Lowering> table({"arrays"});
  table.add("arrays", op("linear"), linear);
  table.add("arrays", op("relu"), relu);
  table.add("arrays", op("add"), add);
  table.add("arrays", op("reshape"), reshape);
  table.add("arrays", op("cat"), cat);
  table.add("arrays", op("_index"), masked);
  table.add("arrays", op("batch_norm"), batch_norm);
  table.add("arrays", op("_scan"), open_rows);
  table.add("arrays", op("_scanned"), close_rows);
  return table;
}

Machine<Arrays> machine_of(const Plan& plan, const KernelTable<Lowering>& table) {
  std::vector<ArrayKernel> kernels;
  for (const Step& step : plan.steps) {
    const StepView view(plan, step);
    kernels.push_back(table.bind(step.op, view));
  }
  return Machine<Arrays>(plan, std::move(kernels));
}

const char* const kLinear = R"(program net
symbol B
model: net
  fc: Linear(in_features=2, out_features=2, bias=true)
    parameter weight: float[2, 2] = zeros
    parameter bias: float[2] = zeros
graph evaluation {
  input %x: float[B, 2]
  %1.h = linear(%x, @fc.weight, @fc.bias) : float[B, 2] at fc
  %2 = relu(%1.h) : float[B, 2]
  %3.y = add(%2, %1.h) : float[B, 2]
  output y = %3.y : float[B, 2]
}
)";

}  // namespace

TEST_CASE("machine: a network on plain vectors; what is read no more is gone") {
  const Plan plan = planned(kLinear);
  const Machine<Arrays> machine = machine_of(plan, arrays());
  ArrayFrame frame = machine.start({array({2, 2}, {1, 2, 3, -4})});
  frame.slots[plan.states[0].slot] = array({2, 2}, {1, 0, 0, 1});
  frame.slots[plan.states[1].slot] = array({2}, {0.5, 0});
  std::size_t seen = 0;
  machine.run(frame, [&](const Step& step, const ArrayFrame& f) {
    CHECK(f.slots[step.results[0]].given);
    ++seen;
  });
  CHECK(seen == 3);
  CHECK(frame.slots[plan.results[0].value.slot].data == std::vector<double>{3, 4, 7, -4});
  for (const Step& step : plan.steps)
    for (const Slot slot : step.release) CHECK_FALSE(frame.slots[slot].given);
  CHECK(frame.slots[plan.states[0].slot].given);
}

TEST_CASE("machine: a size that a step fixes is there for those after it, zero included") {
  const Plan plan = planned(testing::kMasked);
  const Machine<Arrays> machine = machine_of(plan, arrays());
  const auto run = [&](std::vector<double> mask) {
    ArrayFrame frame = machine.start({array({3}, {1, 2, 3}), array({3}, std::move(mask), DType::Bool)});
    machine.run(frame);
    return frame.slots[plan.results[0].value.slot];
  };
  CHECK(run({1, 0, 1}).shape == Shape{2, 2});
  CHECK(run({1, 0, 1}).data == std::vector<double>{4, 6, 1, 3});
  CHECK(run({0, 0, 0}).shape == Shape{0, 2});
}

TEST_CASE("machine: a loop runs its steps for each turn; what they read from outside stays until the last") {
  const Plan plan = planned(R"(program looped
symbol T
model: looped
graph evaluation {
  input %xs: float[T, 2]
  input %h: float[2]
  input %w: float[2]
  %3, %4 = _scan([%xs], [%h], 0) : float[2], float[2]
  %5.sum = add(%3, %4) : float[2]
  %6.y = add(%5.sum, %w) : float[2]
  %7, %8 = _scanned([%6.y], [%5.sum], %3, [%4], %xs, 0) : float[T, 2], float[2]
  output ys = %7 : float[T, 2]
  output last = %8 : float[2]
}
)");
  REQUIRE(plan.loops.size() == 1);
  CHECK(plan.loops[0].first == 0);
  CHECK(plan.loops[0].last == 3);
  const Machine<Arrays> machine = machine_of(plan, arrays());
  for (const std::int64_t turns : {1, 3}) {
    std::vector<double> rows;
    for (std::int64_t t = 0; t < turns; ++t) rows.insert(rows.end(), {1.0, static_cast<double>(t)});
    ArrayFrame frame = machine.start({array({turns, 2}, rows), array({2}, {10, 20}), array({2}, {0.5, 0})});
    machine.run(frame);
    const Array& ys = frame.slots[plan.results[0].value.slot];
    const Array& last = frame.slots[plan.results[1].value.slot];
    CHECK(ys.shape == Shape{turns, 2});
    CHECK(ys.data.front() == 11.5);
    CHECK(ys.data.back() == (turns == 1 ? 20 : 23));
    CHECK(last.data == (turns == 1 ? std::vector<double>{11, 20} : std::vector<double>{13, 23}));
    for (const Step& step : plan.steps)
      for (const Slot slot : step.release) CHECK_FALSE(frame.slots[slot].given);
  }
}

TEST_CASE("machine: a state changes where it lies") {
  const Plan plan = planned(R"(program moving
symbol B
model: moving
  bn: BatchNorm1d(num_features=1, eps=1e-05, momentum=0.1, affine=false, track_running_stats=true)
    buffer running_mean: float[1] = zeros
    buffer running_var: float[1] = ones
graph training {
  input %x: float[B, 1]
  %1, @bn.running_mean', @bn.running_var' = batch_norm(%x, @bn.running_mean, @bn.running_var, training=true) : float[B, 1] at bn
  %2, @bn.running_mean'2, @bn.running_var'2 = batch_norm(%1, @bn.running_mean', @bn.running_var', training=true) : float[B, 1] at bn
  output y = %2 : float[B, 1]
  update @bn.running_mean = @bn.running_mean'2
  update @bn.running_var = @bn.running_var'2
}
)");
  const Machine<Arrays> machine = machine_of(plan, arrays());
  ArrayFrame frame = machine.start({array({1, 1}, {5})});
  for (const State& state : plan.states) frame.slots[state.slot] = array({1}, {0});
  machine.run(frame);
  CHECK(frame.slots[plan.states[0].slot].data == std::vector<double>{2});
}

TEST_CASE("machine: a fault of a kernel names the operator and its path") {
  const Plan plan = planned(kLinear);
  KernelTable<Lowering> table({"arrays"});
  const auto broken = [](const StepView&) -> ArrayKernel {
    return [](ArrayFrame&) { throw std::runtime_error("out of luck"); };
  };
  table.add("arrays", op("linear"), broken);
  table.add("arrays", op("relu"), relu);
  table.add("arrays", op("add"), add);
  const Machine<Arrays> machine = machine_of(plan, table);
  ArrayFrame frame = machine.start({array({1, 2}, {1, 2})});
  CHECK_THROWS_WITH_AS(machine.run(frame), "Linear at fc: out of luck", Fault);
}

TEST_CASE("kernel_table: backends are asked in their order; one may decline") {
  const Plan plan = planned(kLinear);
  std::vector<std::string> asked;
  const auto named = [&](const std::string& backend, bool takes) {
    return [&asked, backend, takes](const StepView&) -> ArrayKernel {
      asked.push_back(backend);
      return takes ? ArrayKernel([](ArrayFrame&) {}) : ArrayKernel();
    };
  };
  KernelTable<Lowering> table({"fast", "plain"});
  table.add("plain", op("linear"), named("plain", true));
  table.add("fast", op("linear"), named("fast", false));
  table.add("fast", op("relu"), named("fast", true));
  const StepView linear_step(plan, plan.steps[0]), relu_step(plan, plan.steps[1]), add_step(plan, plan.steps[2]);
  CHECK(table.bind(op("linear"), linear_step));
  CHECK(asked == std::vector<std::string>{"fast", "plain"});
  asked.clear();
  CHECK(table.bind(op("relu"), relu_step));
  CHECK(asked == std::vector<std::string>{"fast"});
  CHECK(table.has(op("relu")));
  CHECK_FALSE(table.has(op("add")));
  CHECK_THROWS_WITH(table.bind(op("add"), add_step), "the operator add has no kernel");
  CHECK_THROWS_WITH(table.add("fast", op("relu"), relu), "two lowerings of relu");
  CHECK_THROWS_WITH(table.add("slow", op("relu"), relu), "no backend slow");
}

TEST_CASE("machine: threads run one machine at once") {
  const Plan plan = planned(testing::kMasked);
  const Machine<Arrays> machine = machine_of(plan, arrays());
  std::atomic<int> wrong = 0;
  const auto work = [&](std::int64_t count) {
    const std::vector<double> ones(static_cast<std::size_t>(count), 1);
    for (int i = 0; i < 200; ++i) {
      ArrayFrame frame = machine.start({array({count}, ones), array({count}, ones, DType::Bool)});
      machine.run(frame);
      const Array& table = frame.slots[plan.results[0].value.slot];
      if (table.shape != Shape{count, 2} || table.data[0] != static_cast<double>(count + 1)) ++wrong;
    }
  };
  std::thread first(work, 3), second(work, 5);
  first.join();
  second.join();
  CHECK(wrong == 0);
}

}  // namespace modelc::plan
