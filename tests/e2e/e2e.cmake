# Seeds trained from the command line. Several at once would share the processors and take as long.
file(GLOB seed_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/models/seeds/*.yaml")
foreach(file IN LISTS seed_files)
  get_filename_component(seed "${file}" NAME_WE)
  add_test(NAME e2e.train_${seed}
    COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/seeds_test.py" "${program}" "${file}")
  modelc_label(e2e e2e.train_${seed})
endforeach()

# Heads and wrappings of models/heads on every backbone they fit, and what is stored and trained of them.
foreach(part heads_of_features heads_of_maps heads_of_encoders maps_are_pooled_first wrappings wrappings_change_nothing_at_first
    a_small_file_goes_onto_its_base a_step_of_each_head)
  add_test(NAME e2e.heads.${part}
    COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/heads_test.py" "${program}" "${PROJECT_SOURCE_DIR}/models" Heads.test_${part})
  modelc_label(e2e e2e.heads.${part})
endforeach()

# The runtime as its user meets it: one script for each side of it, descriptions and data of its own.
foreach(side training_run training_tools sweep gan resume bad_data tables images prediction text placement hostile_files codes)
  add_test(NAME e2e.${side} COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/${side}_test.py" "${program}")
  modelc_label(e2e e2e.${side})
endforeach()
foreach(part Prediction Outputs Sources Show Feeds)
  add_test(NAME e2e.feeds.${part} COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/feeds_test.py" "${program}" ${part})
  modelc_label(e2e e2e.feeds.${part})
endforeach()
# Runs that are killed behind a checkpoint of a chosen number.
add_library(modelc_stop_at MODULE "${CMAKE_CURRENT_LIST_DIR}/stop_at.cpp")
target_link_libraries(modelc_stop_at PRIVATE ${CMAKE_DL_LIBS})
foreach(side Phases Carry Averages Rivals)
  add_test(NAME e2e.stages.${side}
    COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/stages_test.py" "${program}" ${side})
  modelc_label(e2e e2e.stages.${side})
  set_tests_properties(e2e.stages.${side} PROPERTIES
    ENVIRONMENT "MODELC_VERIFY=1;MODELC_STOP_AT_LIBRARY=$<TARGET_FILE:modelc_stop_at>")
endforeach()
add_test(NAME e2e.real_data
  COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/real_data_test.py" "${program}" "${PROJECT_SOURCE_DIR}/../shared/data")
modelc_label(e2e e2e.real_data)
# Without data it is skipped, and says so.
set_tests_properties(e2e.real_data PROPERTIES SKIP_RETURN_CODE 77)
