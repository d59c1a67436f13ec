#include "support/late_text.h"

#include <doctest/doctest.h>

#include "support/boxed.h"

using modelc::support::Boxed;
using modelc::support::LateText;

TEST_CASE("late text: a function is called where the text is read, and no earlier") {
  int calls = 0;
  const auto make = [&] { return std::string("made ") + std::to_string(++calls); };
  const LateText text(make);
  CHECK(calls == 0);
  CHECK(text.str() == "made 1");
  CHECK(LateText("plain").str() == "plain");
}

TEST_CASE("boxed: copies are deep, and what was never made equals what was made empty") {
  Boxed<std::string> empty, made;
  CHECK(made.made() == nullptr);
  made.make();
  CHECK(made == empty);
  made.make() = "a";
  Boxed<std::string> copy = made;
  CHECK(copy == made);
  copy.make() = "b";
  CHECK(made.get() == "a");
  CHECK_FALSE(copy == made);
  made = empty;
  CHECK(made.get().empty());
}
