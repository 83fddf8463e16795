// SPDX-License-Identifier: MIT
#pragma once

/// GPIOFS_ASAN: whether AddressSanitizer watches this build. GCC tells by a macro, Clang by a
/// feature.
#if defined(__SANITIZE_ADDRESS__)
#define GPIOFS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GPIOFS_ASAN 1
#endif
#endif
#ifndef GPIOFS_ASAN
#define GPIOFS_ASAN 0
#endif
