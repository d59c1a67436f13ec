# The examples of every page: compiled, run, compared with what is shown.
file(GLOB pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/docs/*.md")
foreach(page IN LISTS pages)
  get_filename_component(name "${page}" NAME_WE)
  add_test(NAME docs.${name}
    COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/pages_test.py" "${program}" "${PROJECT_SOURCE_DIR}" "${page}")
  modelc_label(cli docs.${name})
endforeach()
add_test(NAME docs.broken
  COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/broken_test.py" "${program}" "${PROJECT_SOURCE_DIR}")
modelc_label(cli docs.broken)
