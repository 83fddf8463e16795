# SPDX-License-Identifier: MIT
# Every target of this project links gpiofs_warnings; system headers are exempt by being SYSTEM.
add_library(gpiofs_warnings INTERFACE)
target_compile_options(gpiofs_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
option(GPIOFS_WERROR "Treat warnings as errors" OFF)
if(GPIOFS_WERROR)
  target_compile_options(gpiofs_warnings INTERFACE -Werror)
endif()
