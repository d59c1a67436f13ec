# The JSON Schema as an editor uses it; needs npm and is skipped, with a word, where that is not there.
add_test(NAME schema.language_server
  COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/schema_test.py" "${PROJECT_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/schema")
modelc_label(schema schema.language_server)
set_tests_properties(schema.language_server PROPERTIES SKIP_RETURN_CODE 77)
