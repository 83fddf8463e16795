// SPDX-License-Identifier: MIT
#include "usb/sysfs.h"

#include <doctest/doctest.h>

namespace gpiofs::usb {
namespace {

TEST_CASE("printable text stays as it is") {
    CHECK(printable("FT 12-3/4~") == "FT 12-3/4~");
    CHECK(printable("\u00e9\u20ac\U0001f600") == "\u00e9\u20ac\U0001f600");
    CHECK(printable("").empty());
}

TEST_CASE("what is not printable is escaped byte by byte") {
    CHECK(printable("a\nb\x7f") == "a\\x0ab\\x7f");
    CHECK(printable("\xff\xfe") == "\\xff\\xfe");
    CHECK(printable("\xc2\x85") == "\\xc2\\x85");           // U+0085, a control character
    CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");           // an overlong slash
    CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // a surrogate
    CHECK(printable("\xef\xbf\xbf") == "\\xef\\xbf\\xbf");  // U+FFFF, an erased EEPROM
    CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
    CHECK(printable("x\xe2\x82") == "x\\xe2\\x82");  // cut short
}

TEST_CASE("what only breaks or turns round the text around it is escaped") {
    CHECK(printable("a\u2028b") == "a\\xe2\\x80\\xa8b");  // ends a line
    CHECK(printable("\u202e21TF") ==
          "\\xe2\\x80\\xae"
          "21TF");  // reads FT12 on a terminal
    CHECK(printable("\u2066\u200b") == "\\xe2\\x81\\xa6\\xe2\\x80\\x8b");
}

TEST_CASE("locations are written as the kernel does") {
    CHECK(path_of({1, 1}) == "1-1");
    CHECK(path_of({2, 1, 4, 10}) == "2-1.4.10");
}

}  // namespace
}  // namespace gpiofs::usb
