# Warnings, sanitizers and compiler cache, as one interface target that every target of ours links privately.
add_library(modelc_options INTERFACE)
target_compile_options(modelc_options INTERFACE -Wall -Wextra -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlapping copies in `"a" + std::string` (its bug 105651).
  target_compile_options(modelc_options INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
  # GCC 14 loses track of a vector's buffer where it inlines its destructor, and warns of freeing what is no heap.
  target_compile_options(modelc_options INTERFACE -Wno-free-nonheap-object)
endif()
if(MODELC_WARNINGS_AS_ERRORS)
  target_compile_options(modelc_options INTERFACE -Werror)
endif()

if(MODELC_SANITIZE)
  # Instrumented code hides from GCC 12 that a variant's alternative is set before it is moved.
  target_compile_options(modelc_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_compile_options(modelc_options INTERFACE -fsanitize=${MODELC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(modelc_options INTERFACE -fsanitize=${MODELC_SANITIZE})
else()
  # A library that leaves a name open fails when it is linked, not when it is loaded.
  target_link_options(modelc_options INTERFACE $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,SHARED_LIBRARY>:-Wl,-z,defs>)
endif()

find_program(MODELC_CCACHE NAMES ccache)
if(MODELC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness is what lets precompiled headers be cached at all.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${MODELC_CCACHE}")
endif()
