# SPDX-License-Identifier: MIT
# gpiofs_tests(label [NAME name] SOURCES ... LINK ... [MAIN target] [TIMEOUT seconds]
#              [ENVIRONMENT name=value])
# One doctest program; every TEST_CASE becomes a ctest test of its own with the label. A case that
# cannot run here prints "SKIPPED: reason" and is counted as skipped; a test that runs no case fails, as
# both halves of a name with a semicolon do. MAIN is an object library with
# doctest's main() for a program that tests_main does not suit.
function(gpiofs_tests label)
  cmake_parse_arguments(ARG "" "NAME;MAIN;TIMEOUT;ENVIRONMENT" "SOURCES;LINK" ${ARGN})
  set(target tests_${label})
  if(ARG_NAME)
    string(APPEND target _${ARG_NAME})
  endif()
  if(NOT ARG_MAIN)
    set(ARG_MAIN tests_main)
  endif()
  add_executable(${target} ${ARG_SOURCES})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE gpiofs_warnings doctest::doctest ${ARG_MAIN} ${ARG_LINK})
  # Optimizing test cases takes longer than it saves; what they test keeps the flags it ships with.
  target_compile_options(${target} PRIVATE "$<$<CONFIG:RelWithDebInfo>:-O1;-g1>")
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  set(properties LABELS ${label} TIMEOUT ${ARG_TIMEOUT} SKIP_REGULAR_EXPRESSION "SKIPPED: "
      FAIL_REGULAR_EXPRESSION "test cases: +0")
  if(ARG_ENVIRONMENT)
    list(APPEND properties ENVIRONMENT "${ARG_ENVIRONMENT}")
  endif()
  doctest_discover_tests(${target} TEST_PREFIX "${label}: " PROPERTIES ${properties})
endfunction()
