#include "modelc/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "passes/passes.h"
#include "support/json.h"

namespace modelc::cli {
namespace {

double median(std::vector<double> seconds) {
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle;
}

}  // namespace

// They are the last ones: a rewrite before a pass that reports settles what the model is.
std::size_t passes_before_rewrites() {
  const std::vector<passes::Pass>& all = passes::passes();
  const auto last =
      std::find_if(all.rbegin(), all.rend(), [](const passes::Pass& pass) { return pass.rewrite == nullptr; });
  return static_cast<std::size_t>(all.rend() - last);
}

std::string bench_results(const runtime::Times& with, const runtime::Times& without, bool json) {
  support::Json out = support::Json::object();
  for (const auto& [name, sizes] : with.inputs) out["input." + name] = fmt::format("{}", fmt::join(sizes, "x"));
  const auto add = [&](const std::string& what, const std::vector<double>& fast, const std::vector<double>& plain,
                       std::int64_t kernels, std::int64_t plain_kernels) {
    if (fast.empty() || plain.empty()) return;
    out[what + ".seconds"] = median(fast);
    out[what + ".seconds.without_passes"] = median(plain);
    out[what + ".runs"] = fast.size();
    out[what + ".kernels"] = kernels;
    out[what + ".kernels.without_passes"] = plain_kernels;
  };
  if (with.rows > 0) out["training.rows"] = with.rows;
  add("training", with.training, without.training, with.training_kernels, without.training_kernels);
  add("inference", with.inference, without.inference, with.inference_kernels, without.inference_kernels);
  if (json) return support::json_text(out);
  std::string text;
  for (const auto& [name, value] : out.items())
    text += value.is_number_float() ? fmt::format("{} {:.6g}\n", name, value.get<double>())
            : value.is_string()     ? fmt::format("{} {}\n", name, value.get<std::string>())
                                    : fmt::format("{} {}\n", name, value.get<std::int64_t>());
  return text;
}

}  // namespace modelc::cli
