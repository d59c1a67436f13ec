#include "train/feeder.h"

#include <algorithm>

namespace modelc::train {
namespace {

constexpr std::size_t kAheadOfEach = 2;  // batches that wait for each thread at most

bool draws(const ir::Graph& feed) {
  return std::any_of(feed.nodes.begin(), feed.nodes.end(),
                     [](const ir::Node& node) { return ir::random_of(node) != ir::kNone; });
}

}  // namespace

Feeder::Feeder(Session& session) : session_(session) {
  const ir::Data& data = session.recipe().data;
  if (std::any_of(data.feeds.begin(), data.feeds.end(), draws)) return;
  for (std::int64_t i = 0; i < data.workers; ++i) threads_.emplace_back([this] { work(); });
}

Feeder::~Feeder() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  wanted_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Feeder::Fed Feeder::feed(const data::Batch& batch, const data::Drawing& drawing) const {
  return session_.feed(session_.training_parts()[batch.part], batch.part).run(batch.rows, drawing);
}

void Feeder::begin(std::vector<data::Batch> batches, std::size_t from, std::int64_t epoch) {
  {
    const std::lock_guard lock(mutex_);
    batches_ = std::move(batches);
    drawing_ = {true, session_.seed(), epoch};
    next_ = first_ = from;
    ++begun_;
    made_.clear();
  }
  wanted_.notify_all();
}

Feeder::Fed Feeder::take(std::size_t at) {
  const auto begun = std::chrono::steady_clock::now();
  Fed fed = wait_for(at);
  waited_ += std::chrono::steady_clock::now() - begun;
  return fed;
}

Feeder::Fed Feeder::wait_for(std::size_t at) {
  if (threads_.empty()) return feed(batches_[at], drawing_);
  std::unique_lock lock(mutex_);
  made_one_.wait(lock, [&] { return made_.contains(at); });
  const Made& made = made_.at(at);
  if (made.fault) std::rethrow_exception(made.fault);
  return made.fed;
}

void Feeder::release(std::size_t before) {
  {
    const std::lock_guard lock(mutex_);
    first_ = before;
    made_.erase(made_.begin(), made_.lower_bound(before));
  }
  wanted_.notify_all();
}

void Feeder::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wanted_.wait(lock,
                 [&] { return ends_ || (next_ < batches_.size() && next_ < first_ + kAheadOfEach * threads_.size()); });
    if (ends_) return;
    const std::size_t at = next_++;
    const std::int64_t begun = begun_;
    const data::Batch batch = batches_[at];
    const data::Drawing drawing = drawing_;
    lock.unlock();
    Made made;
    try {
      made.fed = feed(batch, drawing);
    } catch (...) {
      made.fault = std::current_exception();
    }
    lock.lock();
    if (begun != begun_) continue;
    made_[at] = std::move(made);
    made_one_.notify_all();
  }
}

}  // namespace modelc::train
