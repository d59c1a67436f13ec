# The command line as scripts see it.
add_test(NAME cli.contract
  COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/contract_test.py" "${program}" "${PROJECT_SOURCE_DIR}/models/seeds")
modelc_label(cli cli.contract)
add_test(NAME cli.options
  COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/options_test.py" "${program}")
modelc_label(cli cli.options)
add_test(NAME cli.resolve
  COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/resolve_test.py" "${program}")
modelc_label(cli cli.resolve)
add_test(NAME cli.hostile_weights
  COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/hostile_weights_test.py" "${program}")
# Of the label that runs under the sanitizers.
modelc_label(unit cli.hostile_weights)
add_test(NAME cli.weights
  COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/weights_test.py" "${program}")
modelc_label(cli cli.weights)
# A starting point is trained too, so this one needs the runtime.
if(TARGET modelc_runtime)
  add_test(NAME cli.new
    COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/new_test.py" "${program}" "${PROJECT_SOURCE_DIR}/models/templates")
  modelc_label(cli cli.new)
endif()
add_test(NAME cli.mistakes
  COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/mistakes_test.py" "${program}")
modelc_label(cli cli.mistakes)
# The examples of `modelc explain`: those of the front end, and those that need LibTorch.
set(examples front)
if(TARGET modelc_runtime)
  list(APPEND examples runtime)
endif()
foreach(side IN LISTS examples)
  add_test(NAME cli.explain_${side}
    COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/explain_test.py" "${program}"
            "${PROJECT_SOURCE_DIR}/compiler/diagnostics/examples" ${side})
  modelc_label(cli cli.explain_${side})
endforeach()

# What each model says of itself. Blocks and heads are parts: they are checked with what uses them.
file(GLOB models CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/models/*/*.yaml")
list(FILTER models EXCLUDE REGEX "/models/(blocks|heads)/")
add_test(NAME cli.model_checks COMMAND modelc test -q ${models})
modelc_label(cli cli.model_checks)
