#include "eval/scope.h"

namespace modelc::eval {

const LoopScope* find_loop(const Loops& loops, const std::string& name) {
  for (const LoopScope* l = loops.get(); l; l = l->outer.get()) {
    if (l->name == name) return l;
  }
  return nullptr;
}

Scope Scope::with_loop(std::string name, Value value) const {
  Scope inner = *this;
  inner.loops = std::make_shared<LoopScope>(LoopScope{std::move(name), std::move(value), loops});
  return inner;
}

Scope Scope::as_static() const {
  Scope s = *this;
  s.is_static = true;
  return s;
}

Scope static_scope(LevelPtr level, instantiate::Frame* frame, Loops loops) {
  Scope scope;
  scope.level = std::move(level);
  scope.frame = frame;
  scope.loops = std::move(loops);
  scope.is_static = true;
  return scope;
}

}  // namespace modelc::eval
