// What the batches of an epoch feed the model, made ahead by threads of its own (`data.workers`) or when it is asked
// for. The same values either way: augmentation draws by row and epoch; a feed that draws from the generator of
// training
// (`rand`) is never made ahead.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "train/session.h"

namespace modelc::train {

class Feeder {
 public:
  using Fed = std::vector<at::Tensor>;

  explicit Feeder(Session& session);
  ~Feeder();
  Feeder(const Feeder&) = delete;
  Feeder& operator=(const Feeder&) = delete;

  /// The batches of an epoch from one on. What was made of another one is dropped.
  void begin(std::vector<data::Batch> batches, std::size_t from, std::int64_t epoch);
  /// Of the batch at a place, as often as it is asked for until a later one is released. Throws what the feed threw.
  Fed take(std::size_t at);
  /// How long all calls of take were waited for.
  std::chrono::duration<double> waited() const { return waited_; }
  /// What the feed draws from in the epoch that is on.
  const data::Drawing& drawing() const { return drawing_; }
  /// Those before a place are not asked for again.
  void release(std::size_t before);

 private:
  struct Made {
    Fed fed;
    std::exception_ptr fault;
  };
  Fed wait_for(std::size_t at);
  Fed feed(const data::Batch& batch, const data::Drawing& drawing) const;
  void work();

  Session& session_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wanted_, made_one_;
  std::vector<data::Batch> batches_;
  std::size_t next_ = 0, first_ = 0;  // to be made, still asked for
  data::Drawing drawing_;
  std::int64_t begun_ = 0;  // counts calls of begin
  bool ends_ = false;
  std::map<std::size_t, Made> made_;
  std::chrono::duration<double> waited_{0};
};

}  // namespace modelc::train
