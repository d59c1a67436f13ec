# Seeds trained from the command line. Several at once would share the processors and take as long.
file(GLOB seed_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/models/seeds/*.yaml")
foreach(file IN LISTS seed_files)
  get_filename_component(seed "${file}" NAME_WE)
  add_test(NAME e2e.train_${seed}
    COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/seeds_test.py" "${program}" "${file}")
  modelc_label(e2e e2e.train_${seed})
endforeach()
