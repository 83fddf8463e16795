// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "base/text.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <limits>
#include <string>

using namespace gpiofs;
using namespace std::string_view_literals;

TEST_CASE("text: a store function sees the bytes up to the first NUL") {
    CHECK(up_to_nul("in\n") == "in\n");
    CHECK(up_to_nul("1\0junk"sv) == "1");
    CHECK(up_to_nul("\0"sv).empty());
}

TEST_CASE("text: words are equal but for one newline, as sysfs_streq has it") {
    CHECK(attribute_equals("out", "out"));
    CHECK(attribute_equals("out\n", "out"));
    CHECK_FALSE(attribute_equals("out\n\n", "out"));
    CHECK_FALSE(attribute_equals("out ", "out"));
    CHECK_FALSE(attribute_equals(" out", "out"));
    CHECK_FALSE(attribute_equals("ou", "out"));
    CHECK_FALSE(attribute_equals("OUT", "out"));
    CHECK_FALSE(attribute_equals("", "out"));
}

TEST_CASE("text: numbers as kstrtol takes them with base 0") {
    struct Case {
        std::string_view text;
        std::int64_t value;
    };
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    for (const Case& c : {Case{"0", 0}, Case{"512\n", 512}, Case{"-1", -1}, Case{"+7", 7},
                          Case{"0x1f", 31}, Case{"-0X10", -16}, Case{"010", 8}, Case{"00", 0},
                          Case{"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
                          Case{"-9223372036854775808", least}}) {
        CAPTURE(c.text);
        const auto number = parse_kernel_long(c.text);
        CHECK(number);
        CHECK(number.value == c.value);
    }
    for (const auto text : {""sv, "\n"sv, "-"sv, "+-1"sv, "--1"sv, " 1"sv, "1 "sv, "1\n\n"sv,
                            "0x"sv, "08"sv, "1a"sv}) {
        CAPTURE(text);
        CHECK(parse_kernel_long(text).error == std::errc::invalid_argument);
    }
    for (const auto text :
         {"9223372036854775808"sv, "-9223372036854775809"sv, "0x1ffffffffffffffff"sv}) {
        CAPTURE(text);
        CHECK(parse_kernel_long(text).error == std::errc::result_out_of_range);
    }
}

TEST_CASE("text: numbers as kstrtouint takes them with base 0") {
    CHECK(parse_kernel_uint("4294967295\n").value == 4294967295U);
    CHECK(parse_kernel_uint("+5").value == 5);
    CHECK(parse_kernel_uint("4294967296").error == std::errc::result_out_of_range);
    CHECK(parse_kernel_uint("-1").error == std::errc::invalid_argument);
}

TEST_CASE("text: plain decimal and hexadecimal numbers take nothing else") {
    CHECK(parse_decimal("100", 100) == 100);
    for (const auto text :
         {"101"sv, ""sv, "-1"sv, "+1"sv, " 1"sv, "1\n"sv, "0x1"sv, "99999999999999999999"sv}) {
        CAPTURE(text);
        CHECK_FALSE(parse_decimal(text, 100));
    }
    CHECK(parse_hex("0403", 4) == 0x0403);
    CHECK(parse_hex("aBcD", 4) == 0xabcd);
    for (const auto text : {"403"sv, "00403"sv, "0x43"sv, "04g3"sv, ""sv}) {
        CAPTURE(text);
        CHECK_FALSE(parse_hex(text, 4));
    }
}

TEST_CASE("text: splitting keeps empty pieces") {
    CHECK(split("", ',') == std::vector{""sv});
    CHECK(split("a,,b,", ',') == std::vector{"a"sv, ""sv, "b"sv, ""sv});
}

TEST_CASE("text: control characters cannot start a line of their own") {
    CHECK(escape_control("a\nb\x7f") == "a\\x0ab\\x7f");
    CHECK(escape_control("Grüße") == "Grüße");
}

TEST_CASE("error: everything that is thrown has an errno") {
    const auto of = [](auto error) { return to_errno(std::make_exception_ptr(error)); };
    CHECK(of(std::system_error(errno_code(EBUSY))) == EBUSY);
    CHECK(of(std::system_error(std::error_code())) == EIO);
    CHECK(of(std::bad_alloc()) == ENOMEM);
    CHECK(of(std::runtime_error("")) == EIO);
    CHECK(to_errno(std::error_code()) == 0);
    CHECK(to_errno(errno_code(EPERM)) == EPERM);
    try {
        throw_errno(ENODEV, "gone");
    } catch (const std::system_error& error) {
        CHECK(error.code().value() == ENODEV);
    }
}
