// SPDX-License-Identifier: MIT
#pragma once

#include <system_error>

#include <exception>
#include <string>

namespace gpiofs {

/// Errors cross layers as std::system_error and become an errno in one place, with to_errno().
[[noreturn]] void throw_errno(int error, const std::string& what);

/// The errno of an error code of any category; EIO for what has none, 0 for no error.
int to_errno(const std::error_code& code) noexcept;

/// The errno of an exception; ENOMEM for std::bad_alloc, EIO for what has none.
int to_errno(const std::exception_ptr& error) noexcept;

/// An errno as an error code.
inline std::error_code errno_code(int error) noexcept { return {error, std::generic_category()}; }

}  // namespace gpiofs
