# Each seed model against the same model written in PyTorch.
if(EXISTS "${CMAKE_CURRENT_LIST_DIR}/gradients.cpp")
  add_executable(modelc_gradients parity/gradients.cpp)
  target_link_libraries(modelc_gradients PRIVATE modelc_runtime modelc_libtorch modelc_options)
  modelc_test_program(modelc_gradients)

  set(seeds linear_classifier preprocessor wrapped_model mock_cnn custom_classifier wrapped_cnn stream_model1
    stream_model2 combined_model image_encoder text_decoder image_to_text feature_extractor multi_feature_classifier
    decoder variant_model shared_trunk)
  foreach(seed IN LISTS seeds)
    add_test(NAME parity.${seed}
      COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/parity_test.py" ${seed}
              --program "$<TARGET_FILE:modelc>" --gradients "$<TARGET_FILE:modelc_gradients>"
              --seeds "${PROJECT_SOURCE_DIR}/models/seeds")
    modelc_label(parity parity.${seed})
  endforeach()

  add_test(NAME parity.training
    COMMAND "${MODELC_PYTHON}" -B -W ignore "${CMAKE_CURRENT_LIST_DIR}/training_test.py" --program "$<TARGET_FILE:modelc>")
  modelc_label(parity parity.training)

  # Each metric against its definition in NumPy.
  add_test(NAME parity.metrics
    COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/metrics_test.py" --program "$<TARGET_FILE:modelc>")
  modelc_label(parity parity.metrics)

  # State dicts from Python and back.
  add_test(NAME parity.weights
    COMMAND "${MODELC_PYTHON}" -B -W ignore "${CMAKE_CURRENT_LIST_DIR}/weights_test.py" --program "$<TARGET_FILE:modelc>")
  modelc_label(parity parity.weights)

  add_test(NAME parity.operators
    COMMAND "${MODELC_PYTHON}" -B -W ignore "${CMAKE_CURRENT_LIST_DIR}/operators_test.py"
            --program "$<TARGET_FILE:modelc>" --gradients "$<TARGET_FILE:modelc_gradients>")
  modelc_label(parity parity.operators)

  # The models that users bring or begin with, against the same in PyTorch.
  foreach(room IN ITEMS encoders decoders sequences images tables scans)
    add_test(NAME parity.zoo.${room}
      COMMAND "${MODELC_PYTHON}" -B -W ignore "${CMAKE_CURRENT_LIST_DIR}/zoo_test.py" ${room}
              --program "$<TARGET_FILE:modelc>" --gradients "$<TARGET_FILE:modelc_gradients>")
    modelc_label(parity parity.zoo.${room})
  endforeach()

  add_test(NAME parity.checkpoints
    COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/checkpoints_test.py" --program "$<TARGET_FILE:modelc>")
  modelc_label(parity parity.checkpoints)

  # The models of vision, most of them against torchvision's; `--all` takes every variant (an hour).
  add_test(NAME parity.vision
    COMMAND "${MODELC_PYTHON}" -B -W ignore "${CMAKE_CURRENT_LIST_DIR}/vision_test.py"
            --program "$<TARGET_FILE:modelc>" --gradients "$<TARGET_FILE:modelc_gradients>"
            --models "${PROJECT_SOURCE_DIR}/models")
  modelc_label(parity parity.vision)
  set_tests_properties(parity.vision PROPERTIES SKIP_RETURN_CODE 77)  # without torchvision, and says so

  # Images of files against Pillow's; what feeds change about them against torchvision with the same draws.
  add_executable(modelc_fed parity/fed.cpp)
  target_link_libraries(modelc_fed PRIVATE modelc_runtime modelc_libtorch modelc_options)
  modelc_test_program(modelc_fed)
  foreach(test IN ITEMS augmentation images)
    add_test(NAME parity.${test}
      COMMAND "${MODELC_PYTHON}" -B -W ignore "${CMAKE_CURRENT_LIST_DIR}/${test}_test.py" --fed "$<TARGET_FILE:modelc_fed>")
    modelc_label(parity parity.${test})
    set_tests_properties(parity.${test} PROPERTIES SKIP_RETURN_CODE 77)  # without torchvision, and says so
  endforeach()

  # Each operator of the catalogue, a family a test.
  set(families linear attention convolution pooling normalization activation embedding recurrent reshaping permuting
    joining selection padding resizing unary binary special conversion reduction sorting statistics linalg creation random loss
    transformer spectral complex coverage)
  foreach(family IN LISTS families)
    add_test(NAME parity.operators.${family}
      COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/catalogue_test.py" ${family}
              --program "$<TARGET_FILE:modelc>" --gradients "$<TARGET_FILE:modelc_gradients>")
    modelc_label(parity parity.operators.${family})
  endforeach()

  # Every rule of a derivative.
  add_test(NAME parity.derivatives
    COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/derivatives_test.py" --program "$<TARGET_FILE:modelc>"
            --gradients "$<TARGET_FILE:modelc_gradients>")
  modelc_label(parity parity.derivatives)

  # Every reduction of the catalogue with each way to keep, and to leave out, dimensions.
  add_test(NAME parity.keepdim
    COMMAND "${MODELC_PYTHON}" -B -W ignore "${CMAKE_CURRENT_LIST_DIR}/keepdim_test.py" --program "$<TARGET_FILE:modelc>")
  modelc_label(parity parity.keepdim)

  # PyTorch's names that the catalogue does not have, each with its reason.
  add_test(NAME parity.names
    COMMAND "${MODELC_PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/coverage.py" --program "$<TARGET_FILE:modelc>")
  modelc_label(parity parity.names)

  # Drawn calls of every operator: a small share here, 20,000 on demand (parity/differential/README.md); and that it finds
  # what is altered.
  foreach(test IN ITEMS differential mutated)
    add_test(NAME parity.${test}
      COMMAND "${MODELC_PYTHON}" -B -W ignore "${CMAKE_CURRENT_LIST_DIR}/differential/${test}_test.py"
              --program "$<TARGET_FILE:modelc>" --gradients "$<TARGET_FILE:modelc_gradients>")
    modelc_label(parity parity.${test})
  endforeach()
endif()
