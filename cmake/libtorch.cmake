# LibTorch as the target modelc_libtorch. Found by file rather than by its package config, which configures half of
# Caffe2 and takes seconds. Works with Debian's packages and, by CMAKE_PREFIX_PATH, with a LibTorch unpacked from
# pytorch.org, whose headers lie in include/ and include/torch/csrc/api/include, its libraries in lib/.
find_path(MODELC_ATEN_INCLUDE ATen/core/Tensor.h REQUIRED)
find_path(MODELC_TORCH_API_INCLUDE torch/nn/module.h
  HINTS "${MODELC_ATEN_INCLUDE}" PATH_SUFFIXES torch/csrc/api/include include/torch/csrc/api/include REQUIRED)
find_library(MODELC_TORCH_CPU torch_cpu REQUIRED)
# The rest from where the first was found: two LibTorches in one program would not do.
get_filename_component(libtorch_folder "${MODELC_TORCH_CPU}" DIRECTORY)
find_library(MODELC_C10 c10 HINTS "${libtorch_folder}" NO_DEFAULT_PATH REQUIRED)
find_library(MODELC_TORCH_CUDA torch_cuda HINTS "${libtorch_folder}" NO_DEFAULT_PATH)

# Strings cross from our libraries and the system's to LibTorch, so all must be of one ABI.
file(STRINGS "${MODELC_C10}" libtorch_abi REGEX "__cxx11" LIMIT_COUNT 1)
if(NOT libtorch_abi)
  message(FATAL_ERROR "${MODELC_C10} is built with the old ABI of C++ strings; modelc needs the LibTorch that pytorch.org "
                      "calls `cxx11 ABI`")
endif()

add_library(modelc_libtorch INTERFACE)
target_include_directories(modelc_libtorch SYSTEM INTERFACE "${MODELC_ATEN_INCLUDE}" "${MODELC_TORCH_API_INCLUDE}")
target_link_libraries(modelc_libtorch INTERFACE "${MODELC_TORCH_CPU}" "${MODELC_C10}")
# ccache looks through a precompiled header of GCC only where the preprocessor keeps its name.
target_compile_options(modelc_libtorch INTERFACE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
if(MODELC_TORCH_CUDA)
  # Nothing of ours names a symbol of it: kernels register themselves when it is loaded.
  target_link_libraries(modelc_libtorch INTERFACE "-Wl,--no-as-needed,${MODELC_TORCH_CUDA},--as-needed")
endif()
