// SPDX-License-Identifier: MIT
#pragma once

/// The one place that says which libfuse interface this is written for: 3.12 brought the loop
/// configuration that is used in session.cpp.
#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>
