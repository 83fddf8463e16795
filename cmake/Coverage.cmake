# SPDX-License-Identifier: MIT
# GPIOFS_COVERAGE counts how often each line and branch of src/ is run; scripts/coverage tells.
option(GPIOFS_COVERAGE "Count what is run; needs Clang" OFF)
if(GPIOFS_COVERAGE)
  add_link_options(-fprofile-instr-generate)
endif()
