# LibTorch as the target modelc_libtorch. Found by file rather than by its package config, which configures half of
# Caffe2 and takes seconds; works with Debian's packages and, by CMAKE_PREFIX_PATH, with an unpacked LibTorch.
find_path(MODELC_ATEN_INCLUDE ATen/core/Tensor.h REQUIRED)
find_path(MODELC_TORCH_API_INCLUDE torch/nn/module.h
  HINTS "${MODELC_ATEN_INCLUDE}" PATH_SUFFIXES torch/csrc/api/include include/torch/csrc/api/include REQUIRED)
find_library(MODELC_TORCH_CPU torch_cpu REQUIRED)
find_library(MODELC_C10 c10 REQUIRED)
find_library(MODELC_TORCH_CUDA torch_cuda)

add_library(modelc_libtorch INTERFACE)
target_include_directories(modelc_libtorch SYSTEM INTERFACE "${MODELC_ATEN_INCLUDE}" "${MODELC_TORCH_API_INCLUDE}")
target_link_libraries(modelc_libtorch INTERFACE "${MODELC_TORCH_CPU}" "${MODELC_C10}")
# ccache looks through a precompiled header of GCC only where the preprocessor keeps its name.
target_compile_options(modelc_libtorch INTERFACE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
if(MODELC_TORCH_CUDA)
  # Nothing of ours names a symbol of it: kernels register themselves when it is loaded.
  target_link_libraries(modelc_libtorch INTERFACE "-Wl,--no-as-needed,${MODELC_TORCH_CUDA},--as-needed")
endif()
