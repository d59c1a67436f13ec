#include "support/source.h"

#include <doctest/doctest.h>

using namespace modelc::support;

TEST_CASE("SourceFile: lines and columns in characters") {
  const SourceFile file("f",
                        "\xEF\xBB\xBF"
                        "aé b\r\nc\rd\n");
  CHECK(file.position(3).column == 1);
  CHECK(file.position(6).column == 3);
  CHECK(file.position(10).line == 2);
  CHECK(file.position(12).line == 3);
  CHECK(file.position(999).line == 4);
  CHECK(file.line(2) == "c");
  CHECK(file.line(3) == "d");
  CHECK(file.line(99) == "");
  CHECK(file.line_count() == 4);
}

TEST_CASE("Span: the smallest that covers both, within one file") {
  const Span a{1, 4, 6}, b{1, 1, 5}, other{2, 0, 9};
  CHECK(a.to(b) == Span{1, 1, 6});
  CHECK(a.to(other) == a);
  CHECK(Span{}.to(a) == a);
}

TEST_CASE("SourceManager: the bytes of a span") {
  SourceManager sources;
  const FileId id = sources.add("f", "hello");
  CHECK(sources.text({id, 1, 3}) == "el");
  CHECK(sources.text({}) == "");
  CHECK(sources.text({id, 9, 12}) == "");
  CHECK_FALSE(sources.contains(0));
  CHECK_FALSE(sources.contains(2));
}
