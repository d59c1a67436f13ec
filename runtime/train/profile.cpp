#include "train/profile.h"

#include <ATen/SequenceNumber.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/whole_file.h"

namespace modelc::train {
namespace {

Profile* g_active = nullptr;

double seconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace

struct Profile::Backward : at::ObserverContext {
  Clock::time_point begun = Clock::now();
};

Profile::Profile(const support::SourceManager& sources) : sources_(sources) {
  g_active = this;
  handle_ = at::addGlobalCallback(
      at::RecordFunctionCallback(backward_begins, backward_ends).scopes({at::RecordScope::BACKWARD_FUNCTION}));
}

Profile::~Profile() {
  at::removeCallback(handle_);
  g_active = nullptr;
}

// Runs within a function of autograd (what is computed anew for its gradients) are time of that function.
void Profile::begins() {
  if (depth_ > 0) return;
  forward_ = true;
  owners_.clear();
  next_ = at::sequence_number::peek();
  last_ = Clock::now();
}

// Steps of several graphs, or of a loop, that are one operation are one node.
Profile::Node& Profile::node_of(const plan::Step& step) {
  Node*& known = by_step_[&step];
  if (known) return *known;
  std::string place;
  if (step.span.valid() && sources_.contains(step.span.file)) {
    const support::SourceFile& file = sources_.file(step.span.file);
    const support::Position at = file.position(step.span.begin);
    place = fmt::format("{}:{}:{}", file.path(), at.line, at.column);
  }
  std::string what = plan::place_of(step);
  known = &nodes_[{place, what}];
  known->place = std::move(place);
  known->what = std::move(what);
  return *known;
}

void Profile::has_run(const plan::Step& step) {
  if (depth_ > 0) return;  // what is computed anew for gradients
  const double took = seconds_since(last_);
  Node& node = node_of(step);
  ++node.calls;
  node.forward += took;
  const std::uint64_t behind = at::sequence_number::peek();
  if (behind > next_) owners_[next_] = &node;
  next_ = behind;
  last_ = Clock::now();
}

void Profile::ends() {
  if (depth_ > 0) return;
  owners_[next_] = nullptr;
  forward_ = false;
}

std::unique_ptr<at::ObserverContext> Profile::backward_begins(const at::RecordFunction&) {
  if (g_active) ++g_active->depth_;
  return std::make_unique<Backward>();
}

void Profile::backward_ends(const at::RecordFunction& function, at::ObserverContext* context) {
  if (!g_active || --g_active->depth_ > 0 || g_active->forward_) return;
  const double took = seconds_since(static_cast<Backward*>(context)->begun);
  const auto& owners = g_active->owners_;
  auto owner = owners.upper_bound(static_cast<std::uint64_t>(function.seqNr()));
  Node* node = owner == owners.begin() ? nullptr : std::prev(owner)->second;
  (node ? node->backward : g_active->unowned_) += took;
}

void Profile::step_begins() { step_begun_ = Clock::now(); }

void Profile::step_ends() {
  ++steps_;
  seconds_ += seconds_since(step_begun_);
}

std::vector<const Profile::Node*> Profile::sorted() const {
  std::vector<const Node*> out;
  for (const auto& [key, node] : nodes_) out.push_back(&node);
  std::stable_sort(out.begin(), out.end(), [](const Node* a, const Node* b) { return a->total() > b->total(); });
  return out;
}

std::string Profile::text() const {
  const auto row = [&](double forward, double backward, std::int64_t calls, const std::string& place,
                       const std::string& what) {
    const double total = forward + backward;
    return fmt::format("{:>12.3f} {:>7.1f}% {:>12.3f} {:>12.3f} {:>9} {}{}{}\n", 1e3 * total,
                       seconds_ > 0 ? 100 * total / seconds_ : 0, 1e3 * forward, 1e3 * backward, calls, place,
                       place.empty() ? "" : "  ", what);
  };
  std::string out = fmt::format("{:>12} {:>8} {:>12} {:>12} {:>9} {}\n", "total ms", "share", "forward ms",
                                "backward ms", "calls", "line, operation");
  for (const Node* node : sorted()) out += row(node->forward, node->backward, node->calls, node->place, node->what);
  const auto [forward, backward] = sums();
  out += fmt::format(
      "{} steps took {:.3f} ms: operations forward {:.3f} ms, backward {:.3f} ms; gradients gathered {:.3f} "
      "ms; data, optimizer and the rest {:.3f} ms\n",
      steps_, 1e3 * seconds_, 1e3 * forward, 1e3 * backward, 1e3 * unowned_,
      1e3 * std::max(0.0, seconds_ - forward - backward - unowned_));
  return out;
}

void Profile::add_to(Results& results) const {
  support::Json nodes = support::Json::array();
  for (const Node* node : sorted())
    nodes.push_back({{"line", node->place},
                     {"operation", node->what},
                     {"calls", node->calls},
                     {"forward", node->forward},
                     {"backward", node->backward}});
  const auto [forward, backward] = sums();
  const support::Json json = {{"steps", steps_},      {"seconds", seconds_},  {"forward", forward},
                              {"backward", backward}, {"gathered", unowned_}, {"nodes", nodes}};
  results.add_table("profile", text(), json);
}

std::string Profile::write(const std::string& path) const { return support::write_atomically(path, {text()}); }

Profile::Sums Profile::sums() const {
  Sums out;
  for (const auto& [key, node] : nodes_) {
    out.forward += node.forward;
    out.backward += node.backward;
  }
  return out;
}

}  // namespace modelc::train
