// The runtime's test program: every TEST_CASE of tests/runtime. One program, since each start loads LibTorch.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
