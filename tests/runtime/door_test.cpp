// The library's door: what it refuses before any command runs, and that no exception leaves it.
#include <doctest/doctest.h>

#include "api.h"

using namespace modelc;

TEST_CASE("door: a command that the runtime does not have is a fault of ours") {
  diagnostics::Sink sink;
  runtime::Request request;
  request.sink = &sink;
  CHECK(modelc_runtime_run("dance", &request) == 70);
  REQUIRE(sink.size() == 1);
  CHECK(sink.found()[0].code == diag::InternalFault.row.code);
}

TEST_CASE("door: a device that is not there ends every command") {
  for (const char* command : {"train", "eval", "predict", "build"}) {
    diagnostics::Sink sink;
    runtime::Request request;
    request.sink = &sink;
    request.device = "cuda:3";
    CHECK(modelc_runtime_run(command, &request) == 3);
    REQUIRE(sink.size() == 1);
    CHECK(sink.found()[0].code == diag::DeviceAbsent.row.code);
  }
}

TEST_CASE("door: scores need trained values") {
  diagnostics::Sink sink;
  runtime::Request request;
  request.sink = &sink;
  const ir::Program untold;  // names no weights of its own
  request.program = &untold;
  CHECK(modelc_runtime_run("eval", &request) == 2);
  REQUIRE(sink.size() == 1);
  CHECK(sink.found()[0].code == diag::WeightsNeeded.row.code);
}
