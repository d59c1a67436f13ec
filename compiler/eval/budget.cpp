#include "eval/budget.h"

namespace modelc::eval {

Budget Budget::renewed() const {
  Budget next;
  next.runaways = runaways;
  next.exhausted = exhausted;
  return next;
}

void report_runaway(Budget& budget, diagnostics::Sink& sink, support::Span span, int limit, const std::string& what,
                    support::Span place, const std::string& note) {
  if (budget.runaways++ == 0) {
    auto report = sink.report(span, diag::NestedTooDeep, limit, what);
    if (place.valid()) report.note(place, note);
    report.help("end the recursion with an `if`");
  }
  budget.exhausted = budget.exhausted || budget.runaways > kRunaways;
}

}  // namespace modelc::eval
