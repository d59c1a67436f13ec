# Writes OUTPUT, a source with the examples of FOLDER: cmake -DFOLDER=… -DOUTPUT=… -P cmake/examples.cmake
file(GLOB files "${FOLDER}/*.example")
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(code "${file}" NAME_WE)
  file(READ "${file}" text)
  set(shown "")
  if(EXISTS "${FOLDER}/${code}.txt")
    file(READ "${FOLDER}/${code}.txt" shown)
  endif()
  string(APPEND rows "      {\"${code}\", R\"~(${text})~\", R\"~(${shown})~\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Made from ${FOLDER}.
#include \"diagnostics/example.h\"

namespace modelc::diagnostics {

const std::vector<EmbeddedExample>& embedded_examples() {
  static const std::vector<EmbeddedExample> all = {
${rows}  };
  return all;
}

}  // namespace modelc::diagnostics
")
