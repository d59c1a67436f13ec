# Installs the program, its libraries, the headers of the compiler and a package config.
include(CMakePackageConfigHelpers)

install(TARGETS modelc_compiler EXPORT modelcTargets LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
if(TARGET modelc_runtime)
  install(TARGETS modelc_runtime modelc_images LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endif()
if(TARGET modelc)
  install(TARGETS modelc RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
install(DIRECTORY compiler/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/modelc"
  FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
install(EXPORT modelcTargets NAMESPACE modelc:: DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/modelc")

write_basic_package_version_file("${CMAKE_BINARY_DIR}/modelcConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
configure_package_config_file(cmake/modelcConfig.cmake.in "${CMAKE_BINARY_DIR}/modelcConfig.cmake"
  INSTALL_DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/modelc")
install(FILES "${CMAKE_BINARY_DIR}/modelcConfig.cmake" "${CMAKE_BINARY_DIR}/modelcConfigVersion.cmake"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/modelc")
