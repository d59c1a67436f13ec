#include "instantiate/context.h"

namespace modelc::instantiate {

bool Call::is_active(const Tree& in, InstanceId id) const {
  for (const Call* call = this; call; call = call->outer) {
    if (call->tree == &in && call->instance == id) return true;
  }
  return false;
}

Frame* frame_of(const Context& context, const LevelPtr& level) {
  for (const Call* call = context.calls; call; call = call->outer) {
    if (call->level == level.get()) return call->frame;
  }
  return nullptr;
}

void report_runaway(Context& context, Span span, int limit, const std::string& what, Span place,
                    const std::string& note) {
  context.whole = false;
  eval::report_runaway(context.budget, context.sink, span, limit, what, place, note);
}

}  // namespace modelc::instantiate
