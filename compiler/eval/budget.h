// How much one graph may cost: a value that is handed down, spent, and begun anew for the next graph.
#pragma once

#include "diagnostics/sink.h"

namespace modelc::eval {

inline constexpr int kDepthLimit = 200;  // of components within components, and of functions within functions
inline constexpr std::size_t kUnrollLimit = 200000;
inline constexpr int kExpressionDepthLimit = 1200;    // of expressions within expressions, through calls too
inline constexpr std::size_t kStepLimit = 5'000'000;  // expressions evaluated
inline constexpr int kRunaways = 8;

struct Budget {
  std::size_t unrolled = 0;  // turns of loops
  std::size_t steps = 0;     // expressions evaluated
  int depth = 0;             // functions within functions, right now
  int expression_depth = 0;  // expressions within expressions, right now
  int runaways = 0;          // times that a limit of depth was met
  bool exhausted = false;    // nothing more is done

  /// For the next graph: what ran away in this one would do it again, so that is remembered.
  Budget renewed() const;
};

/// One level deeper for as long as it lives.
class Deeper {
 public:
  explicit Deeper(int& depth) : depth_(++depth) {}
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  int& depth_;
};

/// Reports that something nests without end, once; what also branches reaches the limit again and again, so that after
/// some times nothing more is done.
void report_runaway(Budget& budget, diagnostics::Sink& sink, support::Span span, int limit, const std::string& what,
                    support::Span place = {}, const std::string& note = {});

}  // namespace modelc::eval
