// covers: feed_functions.cpp initialisers.cpp metrics.cpp optimizers.cpp schedules.cpp sources.cpp static_functions.cpp
// The lists of the catalogue: complete, numbered as the ids say, findable.
#include "catalogue/entry.h"

#include <doctest/doctest.h>

#include <set>

using namespace modelc::catalogue;

TEST_CASE("every entry stands at the place its id says, with a name, a sentence and an example") {
  for (const Kind kind : kKinds) {
    std::set<std::string> seen;
    std::size_t place = 0;
    for (const Entry& entry : entries(kind)) {
      CAPTURE(entry.name);
      CHECK(entry.kind == kind);
      CHECK(entry.id == place++);
      CHECK(seen.insert(entry.name).second);
      CHECK(entry.summary.ends_with("."));
      CHECK_FALSE(entry.example.empty());
      CHECK(find(kind, entry.name) == &entry);
      std::set<std::string> arguments;
      for (const Param& param : entry.arguments) CHECK(arguments.insert(param.name).second);
    }
  }
}

TEST_CASE("an id finds the entry of its name") {
  CHECK(entry(OptimizerId::AdamW).name == "AdamW");
  CHECK(entry(OptimizerId::ASGD).name == "ASGD");
  CHECK(entries(Kind::Optimizer).size() == static_cast<std::size_t>(OptimizerId::Muon) + 1);
  CHECK(entry(ScheduleId::Epochs).name == "epochs");
  CHECK(entry(MetricId::Confusion).name == "confusion");
  CHECK(entries(Kind::Metric).size() == static_cast<std::size_t>(MetricId::Mean));
  CHECK(entry(SourceId::With).name == "with");
  CHECK(entry(DrawId::Rand).name == "rand");
  CHECK(entries(Kind::Draw).size() == static_cast<std::size_t>(DrawId::Graph));
  CHECK(entry(FeedId::Augment).name == "augment");
  CHECK(entry(InitialiserId::Dirac).name == "dirac");
  CHECK(entry(FunctionId::Rearrange).name == "rearrange");
}

TEST_CASE("a near name is offered, a far one is not") {
  CHECK(nearest(Kind::Metric, "acuracy") == "accuracy");
  CHECK(nearest(Kind::Optimizer, "Adan") == "Adam");
  CHECK(nearest(Kind::Source, "cvs") == "csv");
  CHECK_FALSE(nearest(Kind::Source, "parquet"));
}

TEST_CASE("a list of names, and the arguments by name") {
  CHECK(names(Kind::Schedule).front() == "warmup");
  const Entry& sgd = entry(OptimizerId::SGD);
  REQUIRE(sgd.argument("momentum"));
  CHECK(sgd.argument("momentum")->default_value == Constant(0.0));
  CHECK_FALSE(sgd.argument("betas"));
}
