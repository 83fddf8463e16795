# SPDX-License-Identifier: MIT
# GPIOFS_SANITIZE is a comma separated list for -fsanitize=, for example "address,undefined".
set(GPIOFS_SANITIZE "" CACHE STRING "Sanitizers to build everything with")
option(GPIOFS_FUZZ "Build the fuzz targets; needs Clang" OFF)
set(GPIOFS_FUZZ_SECONDS 20 CACHE STRING "How long a fuzz test looks for more than its corpus")
if(GPIOFS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(GPIOFS_SANITIZE)
  add_compile_options(-fsanitize=${GPIOFS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GPIOFS_SANITIZE})
endif()
